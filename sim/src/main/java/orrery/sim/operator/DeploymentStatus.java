package orrery.sim.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes what a Deployment reports: counts, `Available` and `Progressing`.
record DeploymentStatus(Cluster cluster, Clock clock, String manager) {

    /// @return when to look again for the progress deadline
    Optional<Duration> write(Item deployment, String hash, int wanted) {
        var sets = Owners.controlled(cluster, deployment, ReplicaSets.TYPE);
        var current = sets.stream().filter(s -> hash.equals(s.labels().get(Pods.HASH))).toList();
        int updated = sum(current, "replicas");
        int total = sum(sets, "replicas");
        int available = sum(sets, "availableReplicas");
        boolean complete = updated == wanted && total == wanted && available == wanted;
        int deadline = deployment.tree().path("spec").path("progressDeadlineSeconds").asInt(600);
        cluster.change(Deployments.TYPE, deployment.namespace(), deployment.name(),
                Write.by(manager).onStatus(), object -> {
                    var status = Json.child(object, "status");
                    var before = status.deepCopy();
                    status.put("observedGeneration",
                            deployment.tree().path("metadata").path("generation").asLong());
                    put(status, "replicas", total);
                    put(status, "updatedReplicas", updated);
                    put(status, "readyReplicas", sum(sets, "readyReplicas"));
                    put(status, "availableReplicas", available);
                    put(status, "unavailableReplicas", Math.max(0, wanted - available));
                    available(deployment, status, wanted, available);
                    var set = current.isEmpty() ? deployment.name() : current.getFirst().name();
                    progressing(status, before, complete, set, deadline);
                    return object;
                });
        return complete ? Optional.empty() : Optional.of(Duration.ofSeconds(deadline + 1));
    }

    private void available(Item deployment, ObjectNode status, int wanted, int available) {
        var limits = deployment.tree().path("spec").path("strategy").path("rollingUpdate");
        int missing = limits.isMissingNode() ? 0
                : Pods.share(limits.path("maxUnavailable"), "25%", wanted, false);
        boolean enough = available >= wanted - missing;
        touch(Conditions.set(status, "Available", enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability."
                        : "Deployment does not have minimum availability.", clock), false);
    }

    private void progressing(ObjectNode status, ObjectNode before, boolean complete, String set,
            int deadline) {
        if (complete) {
            touch(Conditions.set(status, "Progressing", true, "NewReplicaSetAvailable",
                    "ReplicaSet \"" + set + "\" has successfully progressed.", clock), false);
            return;
        }
        var old = Conditions.get(before, "Progressing");
        boolean moved = List.of("updatedReplicas", "readyReplicas", "availableReplicas", "replicas")
                .stream().anyMatch(field -> !before.path(field).equals(status.path(field)));
        var since = Conditions.time(old.path("lastUpdateTime"));
        boolean late = !moved && since != null
                && Duration.between(since, clock.instant()).toSeconds() >= deadline;
        if (late) {
            touch(Conditions.set(status, "Progressing", false, "ProgressDeadlineExceeded",
                    "ReplicaSet \"" + set + "\" has timed out progressing.", clock), false);
        } else if (!old.path("reason").asText().equals("ProgressDeadlineExceeded") || moved) {
            touch(Conditions.set(status, "Progressing", true, "ReplicaSetUpdated",
                    "ReplicaSet \"" + set + "\" is progressing.", clock), moved);
        }
    }

    private void touch(ObjectNode condition, boolean moved) {
        if (moved || !condition.has("lastUpdateTime")) {
            condition.put("lastUpdateTime", Conditions.now(clock));
        }
    }

    private static void put(ObjectNode status, String field, int value) {
        if (value == 0) {
            status.remove(field);
        } else {
            status.put(field, value);
        }
    }

    private static int sum(List<Item> sets, String field) {
        ToIntFunction<Item> count = set -> set.tree().path("status").path(field).asInt();
        return sets.stream().mapToInt(count).sum();
    }
}
