package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Keeps a StatefulSet's numbered pods and their claims: one after the other, or all at once with
/// `podManagementPolicy: Parallel`; updates from the highest number down.
final class StatefulSets implements Operator {
    static final String TYPE = "statefulsets.apps";
    private static final String REVISION = "controller-revision-hash";
    private static final String CLAIMS = "persistentvolumeclaims";

    private final Clock clock;
    private final Events events;

    StatefulSets(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "statefulset-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) || change.type().equals("pods")) {
            Owners.noticed(change, TYPE, "StatefulSet", look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())) {
            return Optional.empty();
        }
        var set = found.get();
        var spec = set.tree().path("spec");
        var revision = set.name() + "-" + Pods.hash(spec.path("template"));
        boolean moved = arrange(cluster, set, spec, revision);
        report(cluster, set, revision);
        return moved ? Optional.of(Duration.ofMillis(1)) : Optional.empty();
    }

    /// Does the next thing, and no more when the order asks for it.
    private boolean arrange(Cluster cluster, Item set, JsonNode spec, String revision) {
        int wanted = spec.path("replicas").asInt(1);
        int first = spec.path("ordinals").path("start").asInt(0);
        boolean parallel = spec.path("podManagementPolicy").asText().equals("Parallel");
        var pods = pods(cluster, set);
        boolean moved = false;
        for (int i = first; i < first + wanted; i++) {
            var pod = pods.get(i);
            if (pod == null || Pods.ended(pod) && !Pods.going(pod)) {
                replace(cluster, set, pod, i, revision);
                moved = true;
            }
            boolean steady = pod != null && Pods.ready(pod) && !Pods.going(pod);
            if (!steady && !parallel) {
                return moved;
            }
        }
        var tooMany = pods.entrySet().stream()
                .filter(e -> e.getKey() >= first + wanted || e.getKey() < first)
                .sorted(Map.Entry.<Integer, Item>comparingByKey().reversed()).toList();
        for (var extra : tooMany) {
            delete(cluster, set, extra.getValue());
            if (!parallel) {
                return moved;
            }
        }
        return update(cluster, set, spec, pods, revision, first + wanted - 1) || moved;
    }

    /// Replaces one pod of an old revision, when all are well.
    private boolean update(Cluster cluster, Item set, JsonNode spec, Map<Integer, Item> pods,
            String revision, int highest) {
        var strategy = spec.path("updateStrategy");
        if (strategy.path("type").asText().equals("OnDelete")) {
            return false;
        }
        int partition = strategy.path("rollingUpdate").path("partition").asInt(0);
        for (int i = highest; i >= partition; i--) {
            var pod = pods.get(i);
            if (pod == null || Pods.going(pod)) {
                return false;
            }
            if (!revision.equals(pod.labels().get(REVISION))) {
                delete(cluster, set, pod);
                return true;
            }
            if (!Pods.ready(pod)) {
                return false;
            }
        }
        return false;
    }

    private void replace(Cluster cluster, Item set, Item old, int ordinal, String revision) {
        if (old != null) {
            cluster.delete("pods", old.namespace(), old.name(), Deletion.BACKGROUND);
            return;
        }
        var spec = set.tree().path("spec");
        var pod = Pods.of(set, spec.path("template"));
        var name = set.name() + "-" + ordinal;
        Json.child(Json.child(pod, "metadata").put("name", name), "labels")
                .put("statefulset.kubernetes.io/pod-name", name)
                .put("apps.kubernetes.io/pod-index", Integer.toString(ordinal))
                .put(REVISION, revision);
        var inside = Json.child(pod, "spec").put("hostname", name)
                .put("subdomain", spec.path("serviceName").asText());
        for (var template : spec.path("volumeClaimTemplates")) {
            claim(cluster, set, template, name, inside);
        }
        var made = cluster.create("pods", pod, Write.by(name()));
        events.normal(cluster, set, name(), "SuccessfulCreate",
                "create Pod %s in StatefulSet %s successful".formatted(made.name(), set.name()));
    }

    /// A claim for this pod, which outlives it, and the volume that refers to it.
    private void claim(Cluster cluster, Item set, JsonNode template, String pod, ObjectNode spec) {
        var volume = template.path("metadata").path("name").asText();
        var name = volume + "-" + pod;
        if (cluster.get(CLAIMS, set.namespace(), name).isEmpty()) {
            var claim = Json.object();
            var metadata = claim.putObject("metadata").put("name", name)
                    .put("namespace", set.namespace());
            metadata.set("labels", set.tree().path("spec").path("selector").path("matchLabels")
                    .deepCopy());
            claim.set("spec", template.path("spec").deepCopy());
            cluster.create(CLAIMS, claim, Write.by(name()));
        }
        var volumes = spec.withArray("volumes");
        for (int i = volumes.size() - 1; i >= 0; i--) {
            if (volumes.get(i).path("name").asText().equals(volume)) {
                volumes.remove(i);
            }
        }
        volumes.addObject().put("name", volume).putObject("persistentVolumeClaim")
                .put("claimName", name);
    }

    private void delete(Cluster cluster, Item set, Item pod) {
        if (!Pods.going(pod)) {
            cluster.delete("pods", pod.namespace(), pod.name(), Deletion.BACKGROUND);
            events.normal(cluster, set, name(), "SuccessfulDelete",
                    "delete Pod %s in StatefulSet %s successful".formatted(
                            pod.name(), set.name()));
        }
    }

    private static Map<Integer, Item> pods(Cluster cluster, Item set) {
        var pods = new HashMap<Integer, Item>();
        for (var pod : Owners.controlled(cluster, set, "pods")) {
            var number = pod.name().substring(pod.name().lastIndexOf('-') + 1);
            if (number.matches("\\d{1,6}")) {
                pods.put(Integer.parseInt(number), pod);
            }
        }
        return pods;
    }

    private void report(Cluster cluster, Item set, String revision) {
        var pods = pods(cluster, set).values();
        int minReady = set.tree().path("spec").path("minReadySeconds").asInt(0);
        long ready = pods.stream().filter(Pods::ready).count();
        long updated = pods.stream().filter(p -> revision.equals(p.labels().get(REVISION))).count();
        int wanted = set.tree().path("spec").path("replicas").asInt(1);
        cluster.change(TYPE, set.namespace(), set.name(), Write.by(name()).onStatus(), object -> {
            var status = Json.child(object, "status");
            status.put("observedGeneration", set.tree().path("metadata").path("generation")
                    .asLong()).put("replicas", pods.size()).put("readyReplicas", ready)
                    .put("availableReplicas", pods.stream()
                            .filter(p -> Pods.available(p, minReady, clock)).count())
                    .put("updatedReplicas", updated).put("updateRevision", revision)
                    .put("collisionCount", 0);
            if (updated == wanted && pods.size() == wanted || !status.has("currentRevision")) {
                status.put("currentRevision", revision);
            }
            status.put("currentReplicas", pods.stream().filter(p -> status.path("currentRevision")
                    .asText().equals(p.labels().get(REVISION))).count());
            return object;
        });
    }
}
