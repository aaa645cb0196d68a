package orrery.sim.kcm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Takes a ClusterDeployment's cluster away, step by step, and lets the object go.
record Removal(Cluster cluster, ChildClusters children, Progress progress, Clock clock) {
    private enum Phase { RELEASE, CLUSTER }

    Optional<Duration> step(Item item) {
        var conditions = new DeploymentConditions(cluster, item, clock);
        var deleting = Conditions.get(item.tree().path("status"), "Deleting");
        if (deleting.isMissingNode()) {
            conditions.deleting("WaitingForHelmReleaseDeletion",
                    "Waiting for the Helm release to be deleted");
            return Optional.empty();
        }
        if (deleting.path("reason").asText().equals("WaitingForHelmReleaseDeletion")) {
            var wait = progress.wait(item, Phase.RELEASE);
            if (wait.isEmpty()) {
                conditions.deleting("WaitingForClusterDeletion",
                        "Waiting for the cluster to be deleted");
            }
            return wait;
        }
        var wait = progress.wait(item, Phase.CLUSTER);
        if (wait.isPresent()) {
            return wait;
        }
        children.delete(item);
        ClusterDeployments.dropSecret(cluster, item);
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(Kcm.MANAGER),
                object -> {
                    var finalizers = Json.child(object, "metadata").withArray("finalizers");
                    for (int i = finalizers.size() - 1; i >= 0; i--) {
                        if (finalizers.get(i).asText().equals(Kcm.FINALIZER)) {
                            finalizers.remove(i);
                        }
                    }
                    return object;
                });
        return Optional.empty();
    }
}
