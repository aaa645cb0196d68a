package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Status;
import orrery.kit.events.Subject;
import orrery.kit.kube.Kind;
import orrery.server.tenancy.region.Settles;
import org.jspecify.annotations.Nullable;

/// Brings what we say of clusters and what their management clusters say together: a deployment
/// that is gone, one that is no longer ready, one that somebody changed.
@Singleton
final class SettleClusters implements Settles {
    /// A deployment that could not be put back is not tried again before this.
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    private final Management management;
    private final Lifecycle lifecycle;
    private final Database database;
    private final Runs runs;
    private final Clock clock;

    SettleClusters(Management management, Lifecycle lifecycle, Database database, Runs runs,
            Clock clock) {
        this.management = management;
        this.lifecycle = lifecycle;
        this.database = database;
        this.runs = runs;
        this.clock = clock;
    }

    @Override
    public Kind kind() {
        return ClusterDeployments.CLUSTER_DEPLOYMENT;
    }

    @Override
    public String label() {
        return ClusterDeployments.CLUSTER;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return lifecycle.all(grant, objects.keySet()).stream()
                .filter(cluster -> Deployed.of(objects.get(cluster.id())).isNews(cluster))
                .map(Cluster::id).toList();
    }

    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return lifecycle.all(grant, ids).stream()
                .filter(it -> isOver(it) && it.region().equals(region))
                .collect(Collectors.toMap(Cluster::id, Cluster::updatedAt));
    }

    /// Deleted, or never made. One that ran and whose deployment was gone may come back with it.
    private static boolean isOver(Cluster cluster) {
        return cluster.state() == Cluster.State.DELETED
                || cluster.state() == Cluster.State.FAILED && cluster.connection() == 0;
    }

    /// One that we do not know bears our label: another server shares the region.
    @Override
    public boolean look(Grant grant, String id) {
        return lifecycle.all(grant, List.of(id)).stream()
                .allMatch(cluster -> switch (cluster.state()) {
                    case RUNNING, DEGRADED -> {
                        settle(grant, cluster, management.deployment(grant, cluster)
                                .map(Deployed::of).orElse(null));
                        yield true;
                    }
                    case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING -> false;
                    case FAILED, DELETING, DELETE_FAILED, DELETED -> true;
                });
    }

    private void settle(Grant grant, Cluster cluster, @Nullable Deployed deployed) {
        if (deployed == null) {
            database.write(grant, tx -> lifecycle.settled(tx, cluster.id(), Cluster.State.FAILED,
                    "Its ClusterDeployment is gone from region " + cluster.region()
                            + "; delete it and make another."));
            return;
        }
        if (!deployed.isNews(cluster)) {
            return;
        }
        var seen = management.resolved(grant, cluster, deployed.seen());
        database.write(grant, tx -> {
            lifecycle.said(tx, cluster, seen);
            if (deployed.isLeaving()) {
                leave(tx, cluster);
            } else if (deployed.isChanged(cluster)) {
                repair(tx, cluster);
            } else {
                lifecycle.settled(tx, cluster.id(), deployed.state(), deployed.reason());
            }
        });
    }

    private void leave(Tx tx, Cluster cluster) {
        if (lifecycle.isSettled(tx, cluster.id())) {
            lifecycle.leaving(tx, cluster, runs.start(tx, DeleteCluster.TYPE,
                    new DeleteCluster.Input(cluster.id(), null),
                    new Subject(Clusters.KIND, cluster.id()),
                    Scope.project(cluster.organizationId(), cluster.projectId())));
        }
    }

    private void repair(Tx tx, Cluster cluster) {
        if (!lifecycle.isSettled(tx, cluster.id())) {
            return;
        }
        if (hasJustFailed(tx, cluster)) {
            lifecycle.settled(tx, cluster.id(), Cluster.State.DEGRADED,
                    "Its ClusterDeployment was changed and could not be put back.");
            return;
        }
        var run = runs.start(tx, ScaleCluster.TYPE,
                new ScaleCluster.Input(cluster.id(), cluster.nodePools()),
                new Subject(Clusters.KIND, cluster.id()),
                Scope.project(cluster.organizationId(), cluster.projectId()));
        lifecycle.repairing(tx, cluster, run);
    }

    private boolean hasJustFailed(Tx tx, Cluster cluster) {
        if (cluster.runId() == null) {
            return false;
        }
        var last = runs.get(tx, cluster.runId());
        return last.status() == Status.FAILED && last.completedAt() != null
                && last.completedAt().plus(AFTER_FAILURE).isAfter(clock.instant());
    }
}
