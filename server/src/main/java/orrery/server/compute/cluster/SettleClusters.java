package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Status;
import orrery.kit.events.Subject;
import orrery.kit.kube.KubeFailure;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Brings what we say of clusters and what their management clusters say together: a deployment
/// that is gone, one that is no longer ready, one that somebody changed, a region that is away.
@Singleton
final class SettleClusters implements Loop {
    /// A deployment that could not be put back is not tried again before this.
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    private final Regions regions;
    private final Management management;
    private final Lifecycle lifecycle;
    private final Database database;
    private final Runs runs;
    private final Clock clock;

    SettleClusters(Regions regions, Management management, Lifecycle lifecycle,
            Database database, Runs runs, Clock clock) {
        this.regions = regions;
        this.management = management;
        this.lifecycle = lifecycle;
        this.database = database;
        this.runs = runs;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "settle clusters";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void round(LoopRound round) {
        for (var region : regions.list(round.grant())) {
            if (region.state() != Region.State.DISABLED) {
                settle(round.grant(), region.code());
            }
        }
    }

    private void settle(Grant grant, String region) {
        // Ours are read first: one that is made meanwhile is in neither list or in theirs only.
        var ours = lifecycle.alive(grant, region);
        try {
            var view = management.view(grant, region);
            if (ours.isEmpty()) {
                view.version();
            }
            var theirs = new HashMap<String, Deployed>();
            if (!ours.isEmpty()) {
                view.each(ClusterDeployments.CLUSTER_DEPLOYMENT, null, ClusterDeployments.CLUSTER,
                        object -> theirs.put(label(object), Deployed.of(object)));
            }
            regions.mark(grant, region, null);
            ours.forEach(cluster -> settle(grant, cluster, theirs.get(cluster.id())));
        } catch (KubeFailure failure) {
            regions.mark(grant, region, failure.getMessage());
        } catch (Problem.Failure refused) {
            regions.mark(grant, region, refused.getMessage());
        }
    }

    private static String label(JsonNode object) {
        return object.path("metadata").path("labels").path(ClusterDeployments.CLUSTER).asText();
    }

    /// As much of a deployment as is compared: a region may have thousands.
    private record Deployed(
            Observation seen,
            String template,
            boolean dryRun,
            @Nullable Integer workers,
            @Nullable Integer controlPlanes) {

        static Deployed of(JsonNode deployment) {
            var config = deployment.at("/spec/config");
            return new Deployed(Observation.of(deployment),
                    deployment.at("/spec/template").asText(),
                    deployment.at("/spec/dryRun").asBoolean(),
                    number(config.path("workersNumber")),
                    number(config.path("controlPlaneNumber")));
        }

        private static @Nullable Integer number(JsonNode said) {
            return said.isMissingNode() ? null : said.asInt();
        }

        /// Whether somebody else set what a user asks us for.
        boolean isChanged(Cluster cluster) {
            boolean same = cluster.template() == null || cluster.template().equals(template);
            return !same || dryRun || differs(workers, cluster.nodes(NodePool.Role.WORKER))
                    || differs(controlPlanes, cluster.nodes(NodePool.Role.CONTROL_PLANE));
        }

        private static boolean differs(@Nullable Integer said, int wanted) {
            return said != null && said != wanted;
        }
    }

    private void settle(Grant grant, Cluster cluster, @Nullable Deployed deployed) {
        if (deployed == null) {
            database.write(grant, tx -> lifecycle.settled(tx, cluster.id(), Cluster.State.FAILED,
                    "Its ClusterDeployment is gone from region " + cluster.region()
                            + "; delete it and make another."));
            return;
        }
        var seen = deployed.seen();
        boolean well = seen.verdict() == Observation.Verdict.READY;
        boolean changed = well && deployed.isChanged(cluster);
        var state = well ? Cluster.State.RUNNING : Cluster.State.DEGRADED;
        var reason = well ? "" : seen.text();
        // Most have no news: a transaction for each of thousands would keep the database busy.
        if (!changed && !Lifecycle.isNews(cluster, state, reason)
                && !Lifecycle.isNews(cluster, seen)) {
            return;
        }
        database.write(grant, tx -> {
            lifecycle.said(tx, cluster, seen);
            if (changed) {
                repair(tx, cluster);
            } else {
                lifecycle.settled(tx, cluster.id(), state, reason);
            }
        });
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
