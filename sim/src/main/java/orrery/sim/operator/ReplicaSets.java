package orrery.sim.operator;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Keeps as many pods as a ReplicaSet asks for.
final class ReplicaSets implements Operator {
    static final String TYPE = "replicasets.apps";

    /// Pods made or deleted in one look; the rest follows in the next.
    private static final int BURST = 500;

    private final Clock clock;
    private final Events events;

    ReplicaSets(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "replicaset-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) || change.type().equals("pods")) {
            Owners.noticed(change, TYPE, "ReplicaSet", look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var set = found.get();
        var pods = active(cluster, set);
        int wanted = set.tree().path("spec").path("replicas").asInt(1);
        Optional<Duration> again = Optional.empty();
        if (!Pods.going(set) && pods.size() != wanted) {
            try {
                scale(cluster, set, pods, wanted);
            } catch (Refusal refused) {
                // What was made before the refusal counts; then it is tried again, later.
                report(cluster, set, active(cluster, set), refused.getMessage());
                throw refused;
            }
            pods = active(cluster, set);
            again = pods.size() == wanted ? again : Optional.of(Duration.ofMillis(1));
        }
        var waiting = report(cluster, set, pods, "");
        return again.or(() -> waiting);
    }

    private static List<Item> active(Cluster cluster, Item set) {
        return Owners.controlled(cluster, set, "pods").stream().filter(Pods::active).toList();
    }

    private void scale(Cluster cluster, Item set, List<Item> pods, int wanted) {
        for (int i = pods.size(); i < Math.min(wanted, pods.size() + BURST); i++) {
            var pod = Pods.of(set, set.tree().path("spec").path("template"));
            Json.child(pod, "metadata").put("generateName", set.name() + "-");
            try {
                var made = cluster.create("pods", pod, Write.by(name()));
                if (wanted <= 20) {
                    events.normal(cluster, set, name(), "SuccessfulCreate",
                            "Created pod: " + made.name());
                }
            } catch (Refusal refused) {
                events.warning(cluster, set, name(), "FailedCreate",
                        "Error creating: " + refused.getMessage());
                throw refused;
            }
        }
        pods.stream().sorted(LEAST_WORTH_FIRST).limit(Math.clamp(pods.size() - wanted, 0, BURST))
                .forEach(pod -> {
                    cluster.delete("pods", pod.namespace(), pod.name(), Deletion.BACKGROUND);
                    events.normal(cluster, set, name(), "SuccessfulDelete",
                            "Deleted pod: " + pod.name());
                });
    }

    /// Unscheduled before scheduled, not ready before ready, young before old.
    private static final Comparator<Item> LEAST_WORTH_FIRST = Comparator
            .comparing((Item pod) -> pod.tree().path("spec").path("nodeName").asText().isEmpty()
                    ? 0 : 1)
            .thenComparing(pod -> Pods.ready(pod) ? 1 : 0)
            .thenComparing((Item pod) -> pod.tree().path("metadata").path("creationTimestamp")
                    .asText(), Comparator.reverseOrder());

    /// @param failure why pods could not be made; empty when they could
    private Optional<Duration> report(
            Cluster cluster, Item set, List<Item> pods, String failure) {
        int minReady = set.tree().path("spec").path("minReadySeconds").asInt(0);
        long ready = pods.stream().filter(Pods::ready).count();
        long available = pods.stream().filter(p -> Pods.available(p, minReady, clock)).count();
        cluster.change(TYPE, set.namespace(), set.name(), Write.by(name()).onStatus(), object -> {
            var status = Json.child(object, "status");
            status.put("replicas", pods.size()).put("fullyLabeledReplicas", pods.size());
            status.put("readyReplicas", ready).put("availableReplicas", available);
            status.put("observedGeneration",
                    object.path("metadata").path("generation").asLong());
            if (failure.isEmpty()) {
                status.remove("conditions");
            } else {
                Conditions.set(status, "ReplicaFailure", true, "FailedCreate", failure, clock);
            }
            return object;
        });
        return ready == available ? Optional.empty() : Optional.of(Duration.ofSeconds(1));
    }
}
