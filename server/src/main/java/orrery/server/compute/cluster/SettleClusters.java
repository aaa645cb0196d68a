package orrery.server.compute.cluster;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Brings what we say of clusters and what their management clusters say together: a deployment
/// that is gone, one that is no longer ready, one that somebody changed, a region that is away.
///
/// A watch on each region tells whose deployments to look at. All are compared only at the start,
/// when the watch missed something, and now and then for safety.
@Singleton
final class SettleClusters implements Loop, AutoCloseable {
    private static final int PAGE = 200;

    /// A deployment that could not be put back is not tried again before this.
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    private final Regions regions;
    private final Management management;
    private final Lifecycle lifecycle;
    private final Database database;
    private final Runs runs;
    private final Clock clock;
    private final Map<String, RegionWatch> watches = new ConcurrentHashMap<>();

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
        var followed = new HashSet<String>();
        for (var region : regions.list(round.grant())) {
            if (region.state() != Region.State.DISABLED) {
                followed.add(region.code());
                settle(round.grant(), region.code());
            }
        }
        watches.entrySet().removeIf(one -> {
            boolean over = !followed.contains(one.getKey());
            if (over) {
                one.getValue().close();
            }
            return over;
        });
    }

    private void settle(Grant grant, String region) {
        try {
            var target = regions.target(grant, region);
            var view = management.view(target);
            view.version();
            regions.mark(grant, region, null);
            var watch = watch(region, target.key());
            if (watch.beginsAnew(clock.instant())) {
                compareAll(grant, region, view, watch);
            } else {
                lookAgain(grant, watch);
            }
        } catch (KubeFailure failure) {
            if (failure.status() != 410) {
                regions.mark(grant, region, failure.getMessage());
            }
        } catch (Problem.Failure refused) {
            regions.mark(grant, region, refused.getMessage());
        }
    }

    private RegionWatch watch(String region, String target) {
        return watches.compute(region, (code, old) -> {
            if (old != null && old.isOf(target)) {
                return old;
            }
            if (old != null) {
                old.close();
            }
            return new RegionWatch(target);
        });
    }

    /// Compares all that the region has with all that we have, a page at a time.
    private void compareAll(Grant grant, String region, KubeView view, RegionWatch watch) {
        boolean done = false;
        try {
            // Ours are read first: one that is made meanwhile is in neither list or in theirs only.
            var ours = new HashSet<>(lifecycle.alive(grant, region));
            var page = new HashMap<String, Deployed>();
            var version = view.each(ClusterDeployments.CLUSTER_DEPLOYMENT, null,
                    ClusterDeployments.CLUSTER, object -> {
                        var id = RegionWatch.label(object);
                        if (ours.remove(id)) {
                            page.put(id, Deployed.of(object));
                        }
                        if (page.size() == PAGE) {
                            compare(grant, page);
                        }
                    });
            compare(grant, page);
            for (var gone : ours) {
                look(grant, gone);
            }
            watch.compared(view, version, clock.instant());
            done = true;
        } finally {
            if (!done) {
                watch.failed();
            }
        }
    }

    private void compare(Grant grant, Map<String, Deployed> page) {
        for (var cluster : lifecycle.all(grant, page.keySet())) {
            if (page.get(cluster.id()).isNews(cluster)) {
                look(grant, cluster.id());
            }
        }
        page.clear();
    }

    /// Looks at those whose deployments changed. One that a run is changing waits for its end.
    private void lookAgain(Grant grant, RegionWatch watch) {
        var left = new LinkedHashSet<>(watch.take());
        try {
            while (!left.isEmpty()) {
                var page = left.stream().limit(PAGE).toList();
                for (var cluster : lifecycle.all(grant, page)) {
                    switch (cluster.state()) {
                        case RUNNING, DEGRADED -> look(grant, cluster.id());
                        case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING ->
                                watch.keep(List.of(cluster.id()));
                        case FAILED, DELETING, DELETE_FAILED, DELETED -> { }
                    }
                }
                page.forEach(left::remove);
            }
        } finally {
            watch.keep(left);
        }
    }

    /// Our record first, then the deployment as it is now: what a list or an event said may have
    /// been overtaken by a run.
    private void look(Grant grant, String id) {
        var cluster = lifecycle.get(grant, id);
        if (cluster.state().isSettled()) {
            settle(grant, cluster,
                    management.deployment(grant, cluster).map(Deployed::of).orElse(null));
        }
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
        database.write(grant, tx -> {
            lifecycle.said(tx, cluster, deployed.seen());
            if (deployed.isChanged(cluster)) {
                repair(tx, cluster);
            } else {
                lifecycle.settled(tx, cluster.id(), deployed.state(), deployed.reason());
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

    @Override
    @PreDestroy
    public void close() {
        watches.values().forEach(RegionWatch::close);
    }
}
