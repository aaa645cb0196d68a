package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Works out how many pods of each PodDisruptionBudget may be evicted now.
final class DisruptionBudgets implements Operator {
    private static final String TYPE = "poddisruptionbudgets.policy";
    /// How long a pod that was evicted, and is not gone, counts as disrupted.
    private static final Duration TRUSTED = Duration.ofMinutes(2);
    private static final Map<String, String> SCALED = Map.of("ReplicaSet", "replicasets.apps",
            "StatefulSet", "statefulsets.apps", "ReplicationController",
            "replicationcontrollers");

    private final Clock clock;

    DisruptionBudgets(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "disruption-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        Item item = change.item();
        if (item.type().equals(TYPE) && !change.removed()) {
            look.accept(item.key());
        } else if (item.type().equals("pods") && moves(change)) {
            cluster.list(TYPE, item.namespace()).forEach(budget -> look.accept(budget.key()));
        }
    }

    private static boolean moves(Change change) {
        return change.created() || change.removed() || Pods.going(change.now())
                || Pods.ready(change.old()) != Pods.ready(change.now())
                || Pods.ended(change.old()) != Pods.ended(change.now())
                || !change.old().labels().equals(change.now().labels());
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        if (cluster.get(TYPE, key.namespace(), key.name()).isEmpty()) {
            return Optional.empty();
        }
        var pods = cluster.list("pods", key.namespace());
        var now = cluster.change(TYPE, key.namespace(), key.name(),
                Write.by(name()).onStatus(), budget -> counted(cluster, budget, pods));
        return now.tree().path("status").path("disruptedPods").isEmpty()
                ? Optional.empty() : Optional.of(TRUSTED);
    }

    private ObjectNode counted(Cluster cluster, ObjectNode budget, List<Item> all) {
        var spec = budget.path("spec");
        var selector = spec.path("selector");
        var pods = !selector.isObject() ? List.<Item>of() : all.stream()
                .filter(pod -> selector.isEmpty() || new Selector(selector).matches(pod.labels()))
                .filter(pod -> !Pods.ended(pod)).toList();
        int expected = expected(cluster, spec, pods);
        int desired = spec.has("maxUnavailable")
                ? Math.max(0, expected - Pods.share(
                        spec.path("maxUnavailable"), "0", expected, true))
                : Pods.share(spec.path("minAvailable"), "1", expected, true);
        var status = Json.child(budget, "status");
        var disrupted = disrupted(status.path("disruptedPods"), pods);
        int healthy = (int) pods.stream()
                .filter(pod -> Pods.ready(pod) && !Pods.going(pod))
                .filter(pod -> !disrupted.containsKey(pod.name())).count();
        int allowed = expected == 0 ? 0 : Math.max(0, healthy - desired);
        status.remove("disruptedPods");
        if (!disrupted.isEmpty()) {
            var kept = status.putObject("disruptedPods");
            disrupted.forEach(kept::put);
        }
        status.put("currentHealthy", healthy).put("desiredHealthy", desired)
                .put("disruptionsAllowed", allowed).put("expectedPods", expected)
                .put("observedGeneration", budget.path("metadata").path("generation").asLong());
        var condition = Conditions.set(status, "DisruptionAllowed", allowed > 0,
                allowed > 0 ? "SufficientPods" : "InsufficientPods", "", clock);
        condition.put("message", "").put("observedGeneration",
                budget.path("metadata").path("generation").asLong());
        return budget;
    }

    /// A whole number counts the pods that are there; a share, and a bound on how many may be
    /// away, goes by how many their controllers want.
    private static int expected(Cluster cluster, JsonNode spec, List<Item> pods) {
        if (spec.path("minAvailable").isInt()) {
            return pods.size();
        }
        var wanted = new HashMap<String, Integer>();
        for (var pod : pods) {
            var owner = Owners.controller(pod.tree());
            var type = owner.map(o -> SCALED.get(o.path("kind").asText())).orElse(null);
            if (type == null) {
                wanted.put(pod.uid(), 1);
            } else {
                wanted.put(owner.get().path("uid").asText(), cluster
                        .get(type, pod.namespace(), owner.get().path("name").asText())
                        .map(set -> set.tree().path("spec").path("replicas").asInt(1)).orElse(0));
            }
        }
        return wanted.values().stream().mapToInt(Integer::intValue).sum();
    }

    private Map<String, String> disrupted(JsonNode before, List<Item> pods) {
        var kept = new HashMap<String, String>();
        for (var pod : pods) {
            var since = before.path(pod.name()).asText();
            if (!since.isEmpty() && !Pods.going(pod)
                    && Instant.parse(since).plus(TRUSTED).isAfter(clock.instant())) {
                kept.put(pod.name(), since);
            }
        }
        return kept;
    }
}
