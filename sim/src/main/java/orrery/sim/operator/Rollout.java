package orrery.sim.operator;

import java.util.List;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;

/// One step of moving a Deployment's pods from its old ReplicaSets to the current one.
record Rollout(Cluster cluster, Item deployment, String manager, Events events) {

    /// All old pods end before the first new one starts.
    void recreate(Item current, List<Item> old, int wanted) {
        old.forEach(set -> resize(set, 0));
        boolean gone = old.stream().allMatch(set -> set.tree().path("status").path("replicas")
                .asInt() == 0);
        if (gone) {
            resize(current, wanted);
        }
    }

    /// Never more than `maxSurge` pods too many nor `maxUnavailable` too few.
    void roll(Item current, List<Item> old, int wanted) {
        int others = old.stream().mapToInt(Rollout::size).sum();
        if (others == 0) {
            resize(current, wanted);
            return;
        }
        if (deployment.tree().path("spec").path("paused").asBoolean()) {
            return;
        }
        var limits = deployment.tree().path("spec").path("strategy").path("rollingUpdate");
        int surge = Pods.share(limits.path("maxSurge"), "25%", wanted, true);
        int missing = Pods.share(limits.path("maxUnavailable"), "25%", wanted, false);
        missing = surge == 0 && missing == 0 ? 1 : missing;
        int size = size(current);
        if (size > wanted) {
            resize(current, wanted);
        } else {
            int room = wanted + surge - size - others;
            size += Math.clamp(room, 0, wanted - size);
            resize(current, size);
        }
        shrink(old, size + others - (wanted - missing) - (size - available(current)));
    }

    /// Takes away old pods, the oldest set's first.
    private void shrink(List<Item> old, int most) {
        int left = most;
        for (var set : old) {
            int fewer = Math.clamp(left, 0, size(set));
            resize(set, size(set) - fewer);
            left -= fewer;
        }
    }

    private void resize(Item set, int replicas) {
        if (size(set) == replicas) {
            return;
        }
        var verb = replicas > size(set) ? "up" : "down";
        cluster.change(ReplicaSets.TYPE, set.namespace(), set.name(), Write.by(manager), object -> {
            object.withObject("/spec").put("replicas", replicas);
            return object;
        });
        events.normal(cluster, deployment, manager, "ScalingReplicaSet",
                "Scaled %s replica set %s from %d to %d".formatted(
                        verb, set.name(), size(set), replicas));
    }

    private static int size(Item set) {
        return set.tree().path("spec").path("replicas").asInt(1);
    }

    private static int available(Item set) {
        return set.tree().path("status").path("availableReplicas").asInt();
    }
}
