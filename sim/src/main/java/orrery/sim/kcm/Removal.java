package orrery.sim.kcm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Finalizers;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Write;

/// Takes a ClusterDeployment's cluster away, step by step, and lets the object go: services
/// first, then what the cluster has at its provider, the Helm release, the cluster itself.
record Removal(Cluster cluster, ChildClusters children, ClusterSecrets secrets, Phases phases,
        Clock clock) {
    private static final String SETS = "WaitingForServiceSetsDeletion";
    private static final String RELEASE = "WaitingForHelmReleaseDeletion";

    /// @param adopted whether others made the cluster, so that it stays
    Optional<Duration> step(Item item, boolean adopted) {
        var conditions = new DeploymentConditions(cluster, item, clock);
        var sets = Services.sets(cluster, item.namespace(), item.name());
        sets.stream().filter(set -> !set.going()).forEach(set -> cluster.delete(
                set.type(), set.namespace(), set.name(), Deletion.BACKGROUND));
        if (!Services.sets(cluster, item.namespace(), item.name()).isEmpty()) {
            conditions.deleting(SETS,
                    "Waiting for %d ServiceSets to be deleted".formatted(sets.size()));
            return Optional.empty();
        }
        var deleting = Conditions.get(item.tree().path("status"), "Deleting");
        var reason = deleting.path("reason").asText();
        if (deleting.isMissingNode() || reason.equals(SETS)) {
            clean(item, conditions);
            conditions.deleting(RELEASE, "Waiting for the Helm release to be deleted");
            return Optional.empty();
        }
        // A failure keeps the phase that it happened in as its message's first word.
        boolean release = reason.equals(RELEASE)
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
                    finish(item, adopted);
                }
                yield Optional.empty();
            }
        };
    }

    /// What the cluster's users left at the provider, if that was asked for.
    private void clean(Item item, DeploymentConditions conditions) {
        if (!item.tree().path("spec").path("cleanupOnDeletion").asBoolean()) {
            return;
        }
        children.find(item).ifPresent(child -> {
            child.list("services", "").stream().filter(service -> service.tree().path("spec")
                    .path("type").asText().equals("LoadBalancer")).forEach(one -> drop(child, one));
            child.list("persistentvolumeclaims", "").forEach(one -> drop(child, one));
        });
        conditions.cleaned(true);
    }

    private static void drop(Cluster child, Item item) {
        child.delete(item.type(), item.namespace(), item.name(), Deletion.BACKGROUND);
    }

    private void finish(Item item, boolean adopted) {
        if (!adopted) {
            children.delete(item);
            secrets.drop(cluster, item);
        }
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(Kcm.MANAGER),
                object -> Finalizers.remove(object, Kcm.FINALIZER));
    }
}
