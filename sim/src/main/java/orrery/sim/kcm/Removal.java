package orrery.sim.kcm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Finalizers;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;

/// Takes a ClusterDeployment's cluster away, step by step, and lets the object go.
record Removal(Cluster cluster, ChildClusters children, Phases phases, Clock clock) {
    private static final String RELEASE = "WaitingForHelmReleaseDeletion";

    Optional<Duration> step(Item item) {
        var conditions = new DeploymentConditions(cluster, item, clock);
        var deleting = Conditions.get(item.tree().path("status"), "Deleting");
        if (deleting.isMissingNode()) {
            conditions.deleting(RELEASE, "Waiting for the Helm release to be deleted");
            return Optional.empty();
        }
        // A failure keeps the phase that it happened in as its message's first word.
        boolean release = deleting.path("reason").asText().equals(RELEASE)
                || deleting.path("message").asText().startsWith("uninstall");
        var phase = release ? "uninstall" : "teardown";
        return switch (phases.turn(cluster, item, phase)) {
            case Phases.Going going -> going.left();
            case Phases.Failed failed -> {
                conditions.deleting("Failed", phase + ": " + failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                if (release) {
                    conditions.deleting("WaitingForClusterDeletion",
                            "Waiting for the cluster to be deleted");
                } else {
                    finish(item);
                }
                yield Optional.empty();
            }
        };
    }

    private void finish(Item item) {
        children.delete(item);
        ClusterDeployments.dropSecret(cluster, item);
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(Kcm.MANAGER),
                object -> Finalizers.remove(object, Kcm.FINALIZER));
    }
}
