package orrery.server.compute.cluster;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// How a change of a cluster that is there begins: the cluster is held, nothing else may be
/// changing it, and a run is started in the transaction that records the wish.
final class Alterations {
    private final ClusterTable table = new ClusterTable();
    private final Quotas quotas;
    private final Runs runs;
    private final Events events;
    private final Clock clock;

    Alterations(Quotas quotas, Runs runs, Events events, Clock clock) {
        this.quotas = quotas;
        this.runs = runs;
        this.events = events;
        this.clock = clock;
    }

    Cluster find(Tx tx, Grant grant, String region, String idOrName) {
        return table.rows.get(tx, grant.scope().requireProject(), Regions.one(region), idOrName);
    }

    /// Nobody else changes it until the transaction ends.
    ///
    /// @param expected the version that the caller knows, if it cares
    Cluster lock(Tx tx, Grant grant, String region, String idOrName, OptionalLong expected) {
        var found = table.rows.lock(
                tx, grant.scope().requireProject(), Regions.one(region), idOrName);
        IfMatch.verify(Clusters.KIND, found.id(), found.version(), expected);
        return found;
    }

    static Cluster present(Optional<Cluster> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(Clusters.KIND, idOrName).raise());
    }

    /// @return `null` when the pools are so already
    /// @throws Problem.Failure [Problem.QuotaExceeded]
    @Nullable Run scale(Tx tx, Cluster cluster, List<NodePool> pools) {
        if (pools.equals(cluster.nodePools())) {
            return null;
        }
        var run = begin(tx, cluster, ScaleCluster.TYPE,
                new ScaleCluster.Input(cluster.id(), pools), Cluster.State.SCALING, "scale");
        reserve(tx, cluster, pools);
        return run;
    }

    /// Takes what a cluster needs while a run gives it other pools: as much as either takes. What
    /// is too much then is given back at the run's end.
    void reserve(Tx tx, Cluster cluster, List<NodePool> to) {
        quotas.reserve(tx, cluster.project(), new Subject(Clusters.KIND, cluster.id()),
                Pools.amounts(cluster.nodePools()).most(Pools.amounts(to)));
    }

    /// @return `null` when it has that version already
    /// @throws Problem.Failure [Problem.UpgradeNotAllowed]
    @Nullable Run upgrade(Tx tx, Cluster cluster, String version) {
        var now = cluster.kubernetesVersion() == null ? "" : cluster.kubernetesVersion();
        var wanted = KubernetesVersion.of(version);
        if (wanted.equals(KubernetesVersion.of(now))) {
            return null;
        }
        if (cluster.plan() != null) {
            throw stacksWord("kubernetesVersion", "choose another stack");
        }
        verifySettled(cluster, "upgrade");
        var to = cluster.availableUpgrades().stream().filter(it -> it.isTo(version))
                .filter(it -> wanted.compareTo(KubernetesVersion.of(now)) > 0).findFirst()
                .orElseThrow(() -> new Problem.UpgradeNotAllowed(Clusters.KIND, cluster.id(),
                        version, cluster.upgradeVersions()).raise());
        return begin(tx, cluster, UpgradeCluster.TYPE,
                new UpgradeCluster.Input(cluster.id(), to), Cluster.State.UPGRADING, "upgrade");
    }

    /// @return `null` when it is so already
    @Nullable Run update(Tx tx, Cluster cluster, Setup to) {
        if (cluster.plan() != null && !to.config().isEmpty()) {
            throw stacksWord("config", "change its parameters");
        }
        return to.equals(cluster.setup()) ? null : begin(tx, cluster, UpdateCluster.TYPE,
                UpdateCluster.Input.of(cluster, to), Cluster.State.UPDATING, "update");
    }

    private static Problem.Failure stacksWord(String field, String instead) {
        return new Problem.Unprocessable(List.of(new Mistake(field,
                "is the stack's word for a cluster made from one; " + instead))).raise();
    }

    private <I extends Record> Run begin(Tx tx, Cluster cluster, SagaType<I> type, I input,
            Cluster.State state, String action) {
        verifySettled(cluster, action);
        var run = runs.start(tx, type, input, new Subject(Clusters.KIND, cluster.id()));
        table.rows.begin(tx, cluster.id(), state, run, clock.instant());
        events.append(tx, ClusterEvents.of(
                "cluster." + ClusterEvents.text(state), cluster));
        return runs.get(tx, run);
    }

    private static void verifySettled(Cluster cluster, String action) {
        if (!cluster.state().isSettled() || cluster.origin() != Cluster.Origin.PROVISIONED) {
            throw new Problem.IllegalTransition(Clusters.KIND, cluster.id(),
                    ClusterEvents.text(cluster.state()), action).raise();
        }
    }
}
