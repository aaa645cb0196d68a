package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.secret.Sealing;
import orrery.server.compute.network.Networks;
import orrery.server.platform.stack.Plan;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;

/// The steps of a cluster's life, as sagas and loops record them: row and event together.
@Singleton
final class Lifecycle {
    private final ClusterTable table = new ClusterTable();
    private final Database database;
    private final Networks networks;
    private final Quotas quotas;
    private final Sealing sealing;
    private final Events events;
    private final Clock clock;

    Lifecycle(Database database, Networks networks, Quotas quotas, Sealing sealing, Events events,
            Clock clock) {
        this.database = database;
        this.networks = networks;
        this.quotas = quotas;
        this.sealing = sealing;
        this.events = events;
        this.clock = clock;
    }

    Cluster get(Grant grant, String id) {
        return database.read(grant, tx -> get(tx, id));
    }

    Cluster get(Tx tx, String id) {
        return table.rows.byId(tx, id).orElseThrow(
                () -> new Problem.NotFound(Clusters.KIND, id).raise());
    }

    /// Identifiers of those in a region that the management cluster should know.
    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    /// Those of these identifiers that there are, deleted ones too.
    List<Cluster> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    void provisioning(Tx tx, String id) {
        var cluster = table.rows.lock(tx, id);
        switch (cluster.state()) {
            case PENDING, PROVISIONING, FAILED -> {
                // What a failure gave back is asked for again.
                reserve(tx, cluster, Pools.amounts(cluster.nodePools()));
                if (tx.run() != null) {
                    // A retry's: a deletion must know which run it stops.
                    table.rows.begin(tx, id, Cluster.State.PROVISIONING, tx.run(), clock.instant());
                }
                mark(tx, cluster, Cluster.State.PROVISIONING, "");
            }
            case RUNNING, SCALING, UPGRADING, UPDATING, DEGRADED, DELETING, DELETE_FAILED,
                    DELETED -> throw refused(cluster, "create");
        }
    }

    /// The cluster could not be made. A deletion that was asked for meanwhile goes on.
    void failed(Tx tx, String id, String reason) {
        var cluster = table.rows.lock(tx, id);
        if (cluster.state() == Cluster.State.PROVISIONING) {
            mark(tx, cluster, Cluster.State.FAILED, reason);
            quotas.release(tx, new Subject(Clusters.KIND, id));
        }
    }

    void chose(Tx tx, String id, Template template) {
        table.choose(tx, id, template, clock.instant());
    }

    /// It is made as this plan says from now on.
    void planned(Tx tx, String id, Plan plan) {
        table.plan(tx, id, plan, clock.instant());
    }

    /// It is like that now, beside its nodes.
    void setUp(Tx tx, String id, Setup setup) {
        table.setUp(tx, id, setup, clock.instant());
    }

    /// It has these pools now, ready or not.
    void sized(Tx tx, String id, List<NodePool> pools) {
        table.pools(tx, id, pools, clock.instant());
    }

    void observed(Tx tx, String id, Observation seen) {
        table.observe(tx, id, seen, clock.instant());
    }

    /// Keeps the way in.
    void connected(Tx tx, String id, WayIn way) {
        table.connect(tx, id, way, sealing.seal(way.kubeconfig(), Clusters.SEALED.at(id)),
                clock.instant());
    }

    /// It is as it shall be. A deletion that was asked for meanwhile goes on.
    void running(Tx tx, String id, List<NodePool> pools) {
        var cluster = table.rows.lock(tx, id);
        table.pools(tx, id, pools, clock.instant());
        keepNetworks(tx, id, pools);
        if (cluster.state() != Cluster.State.DELETING) {
            mark(tx, cluster, Cluster.State.RUNNING, "");
        }
        reserve(tx, cluster, Pools.amounts(pools));
    }

    private void reserve(Tx tx, Cluster cluster, Amounts amounts) {
        quotas.reserve(tx, cluster.project(), new Subject(Clusters.KIND, cluster.id()), amounts);
    }

    /// The networks of these pools are in use, and no others.
    private void keepNetworks(Tx tx, String id, List<NodePool> pools) {
        var user = new Subject(Clusters.KIND, id);
        networks.release(tx, user);
        pools.stream().map(NodePool::network).filter(Objects::nonNull)
                .forEach(network -> networks.use(tx, network, user));
    }

    /// A run changes it, also when somebody repeats one that failed.
    ///
    /// @param state what it is meanwhile
    /// @return how it was before
    Cluster changing(Tx tx, String id, Cluster.State state, String run) {
        var cluster = table.rows.lock(tx, id);
        if (cluster.state() != state) {
            if (!cluster.state().isSettled()) {
                throw refused(cluster, "change");
            }
            begin(tx, cluster, state, run);
        }
        return cluster;
    }

    /// As above, and it gets other pools: until that ends it has as much of its quota as either
    /// takes.
    ///
    /// @throws Problem.Failure [Problem.QuotaExceeded]
    Cluster changing(Tx tx, String id, Cluster.State state, String run, List<NodePool> to) {
        var cluster = changing(tx, id, state, run);
        reserve(tx, cluster, Pools.amounts(cluster.nodePools()).most(Pools.amounts(to)));
        return cluster;
    }

    /// As [#changing], for its deletion.
    void deleting(Tx tx, String id, String run) {
        var cluster = table.rows.lock(tx, id);
        switch (cluster.state()) {
            case DELETING -> { }
            case DELETED -> throw refused(cluster, "delete");
            case PENDING, PROVISIONING, RUNNING, SCALING, UPGRADING, UPDATING, DEGRADED, FAILED,
                    DELETE_FAILED -> begin(tx, cluster, Cluster.State.DELETING, run);
        }
    }

    private void begin(Tx tx, Cluster cluster, Cluster.State state, String run) {
        table.rows.begin(tx, cluster.id(), state, run, clock.instant());
        events.append(tx, ClusterEvents.of("cluster." + ClusterEvents.text(state), cluster));
    }

    private static Problem.Failure refused(Cluster cluster, String action) {
        return new Problem.IllegalTransition(Clusters.KIND, cluster.id(),
                ClusterEvents.text(cluster.state()), action).raise();
    }

    /// A change was taken back. A deletion that was asked for meanwhile goes on.
    void unchanged(Tx tx, String id, String reason) {
        ended(tx, id, Cluster.State.RUNNING, reason);
    }

    /// A change ended, and not as it should.
    ///
    /// @param state what became of the cluster
    void ended(Tx tx, String id, Cluster.State state, String reason) {
        var cluster = table.rows.lock(tx, id);
        switch (cluster.state()) {
            case SCALING, UPGRADING, UPDATING -> {
                keepNetworks(tx, id, cluster.nodePools());
                mark(tx, cluster, state, reason);
                reserve(tx, cluster, Pools.amounts(cluster.nodePools()));
            }
            case PENDING, PROVISIONING, RUNNING, DEGRADED, FAILED, DELETING, DELETE_FAILED,
                    DELETED -> { }
        }
    }

    /// It was only to be found out whether it could be made. A deletion that was asked for
    /// meanwhile goes on.
    void tried(Tx tx, String id) {
        var cluster = table.rows.lock(tx, id);
        if (cluster.state() == Cluster.State.PROVISIONING) {
            deleted(tx, id);
        }
    }

    void deleteFailed(Tx tx, String id) {
        mark(tx, table.rows.lock(tx, id), Cluster.State.DELETE_FAILED,
                "The deletion failed; its last run says why. Delete it again to go on.");
    }

    void deleted(Tx tx, String id) {
        var cluster = table.rows.lock(tx, id);
        networks.release(tx, new Subject(Clusters.KIND, id));
        quotas.release(tx, new Subject(Clusters.KIND, id));
        table.delete(tx, id, clock.instant());
        events.append(tx, ClusterEvents.of("cluster.deleted", cluster));
    }

    /// Notes what the management cluster says, when that is news.
    void said(Tx tx, Cluster cluster, Observation seen) {
        if (isNews(cluster, seen)) {
            table.observe(tx, cluster.id(), seen, clock.instant());
        }
    }

    static boolean isNews(Cluster cluster, Observation seen) {
        var upgrades = cluster.availableUpgrades().stream().map(Upgrade::template).toList();
        boolean version = seen.kubernetesVersion().isEmpty()
                || seen.kubernetesVersion().equals(cluster.kubernetesVersion());
        return !version || !seen.conditions().equals(cluster.conditions())
                || !seen.availableUpgrades().equals(upgrades)
                || !seen.services().equals(cluster.services());
    }

    static boolean isNews(Cluster cluster, Cluster.State state, String reason) {
        return cluster.state() != state
                || !reason.equals(cluster.stateReason() == null ? "" : cluster.stateReason());
    }

    /// Somebody else deletes its deployment, so a run sees it gone.
    void leaving(Tx tx, Cluster cluster, String run) {
        table.rows.begin(tx, cluster.id(), Cluster.State.DELETING, run, clock.instant());
        events.append(tx, ClusterEvents.of("cluster.deleting", cluster,
                "Its ClusterDeployment was deleted by somebody else."));
    }

    /// A run puts back what somebody changed.
    void repairing(Tx tx, Cluster cluster, String run) {
        table.rows.begin(tx, cluster.id(), Cluster.State.SCALING, run, clock.instant());
        events.append(tx, ClusterEvents.of("cluster.repairing", cluster,
                "Its ClusterDeployment was changed; it is put back."));
    }

    /// Whether nothing changes it just now. It stays so until the transaction ends.
    boolean isSettled(Tx tx, String id) {
        return table.rows.findLocked(tx, id).filter(c -> c.state().isSettled()).isPresent();
    }

    /// What the settling loop found, unless somebody changes the cluster just now.
    ///
    /// @param reason empty when all is well
    void settled(Tx tx, String id, Cluster.State state, String reason) {
        var cluster = table.rows.lock(tx, id);
        if (cluster.state().isSettled() && isNews(cluster, state, reason)) {
            mark(tx, cluster, state, reason);
        }
    }

    private void mark(Tx tx, Cluster cluster, Cluster.State state, String reason) {
        table.rows.mark(tx, cluster.id(), state, reason, clock.instant());
        events.append(tx, ClusterEvents.of(
                "cluster." + ClusterEvents.text(state), cluster, reason));
    }
}
