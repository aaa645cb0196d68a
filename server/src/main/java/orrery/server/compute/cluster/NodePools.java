package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.network.Networks;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.tenancy.quota.Quotas;

/// The node pools of one cluster. They have no life of their own: any change of them scales the
/// cluster.
@Singleton
public final class NodePools {
    private static final String KIND = "nodepool";

    private final ClusterTable table = new ClusterTable();
    private final Database database;
    private final Networks networks;
    private final Paging paging;
    private final NewPools newPools;
    private final Alterations alterations;

    public NodePools(Database database, Networks networks, InstanceTypes types, Quotas quotas,
            Runs runs, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.networks = networks;
        this.paging = paging;
        this.newPools = new NewPools(networks, types, ids);
        this.alterations = new Alterations(quotas, runs, events, clock);
    }

    /// A pool and the cluster that it is in.
    public record Placed(Cluster cluster, NodePool pool) {}

    /// One page of a cluster's pools.
    public Page<Placed> list(Grant grant, String region, String cluster, PageAsk ask) {
        return database.read(grant, tx -> {
            var found = alterations.find(tx, grant, region, cluster);
            return table.pools(tx, paging, ask, found.id()).map(it -> new Placed(found, it));
        });
    }

    /// @param idOrName identifier or name
    public Placed get(Grant grant, String region, String cluster, String idOrName) {
        return database.read(grant, tx -> {
            var found = alterations.find(tx, grant, region, cluster);
            return new Placed(found, find(found, idOrName));
        });
    }

    /// Adds a pool.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a second one of a role, which the
    ///     templates do not know, and for a network that is not there, [Problem.QuotaExceeded]
    public Clusters.Accepted add(
            Grant grant, String region, String cluster, NewCluster.Pool asked) {
        return change(grant, region, cluster, OptionalLong.empty(), (tx, found) -> {
            verifyFree(found);
            var name = asked.name() == null ? asked.role().standardName() : asked.name();
            for (var pool : found.nodePools()) {
                if (pool.role() == asked.role()) {
                    throw new Problem.Unprocessable(List.of(new Mistake("role",
                            "has the pool " + pool.name() + " already; the templates know no"
                                    + " second one, so change its nodeCount"))).raise();
                }
                if (pool.name().equals(name)) {
                    throw new Problem.AlreadyExists(KIND, name).raise();
                }
            }
            var pools = new ArrayList<>(found.nodePools());
            var pool = newPools.of(tx, grant.scope(), found.region(), "", asked);
            if (pool.network() != null) {
                networks.use(tx, pool.network(), new Subject(Clusters.KIND, found.id()));
            }
            pools.add(pool);
            return pools;
        });
    }

    /// Which pools there are is a stack's word.
    private static void verifyFree(Cluster cluster) {
        if (cluster.plan() != null) {
            throw new Problem.Conflict(Clusters.KIND, cluster.id(), "is made from a stack, which"
                    + " says what pools it has; change their nodeCount").raise();
        }
    }

    /// Gives a pool another size.
    ///
    /// @param expected the cluster's version that the caller knows, if it cares
    public Clusters.Accepted scale(Grant grant, String region, String cluster, String idOrName,
            int nodeCount, OptionalLong expected) {
        return change(grant, region, cluster, expected, (_, found) -> {
            var pool = find(found, idOrName);
            NewCluster.checkCount("nodeCount", pool.role(), nodeCount);
            return replaced(found, pool, it -> it.scaledTo(nodeCount));
        });
    }

    /// Takes a pool away, with its nodes.
    ///
    /// @throws Problem.Failure [Problem.Conflict] for the control plane
    public Clusters.Accepted remove(Grant grant, String region, String cluster, String idOrName,
            OptionalLong expected) {
        return change(grant, region, cluster, expected, (_, found) -> {
            verifyFree(found);
            var pool = find(found, idOrName);
            if (pool.role() == Role.CONTROL_PLANE) {
                throw new Problem.Conflict(KIND, pool.id(),
                        "is the control plane, which no cluster can be without").raise();
            }
            return found.nodePools().stream().filter(it -> !it.equals(pool)).toList();
        });
    }

    private interface Reshape {
        List<NodePool> pools(Tx tx, Cluster cluster);
    }

    private Clusters.Accepted change(Grant grant, String region, String cluster,
            OptionalLong expected, Reshape to) {
        return database.tx(grant, tx -> {
            var found = alterations.lock(tx, grant, region, cluster, expected);
            var run = alterations.scale(tx, found, to.pools(tx, found));
            return new Clusters.Accepted(
                    table.rows.get(tx, found.id()), run);
        });
    }

    private static List<NodePool> replaced(
            Cluster cluster, NodePool old, UnaryOperator<NodePool> by) {
        return cluster.nodePools().stream()
                .map(it -> it.equals(old) ? by.apply(it) : it).toList();
    }

    private static NodePool find(Cluster cluster, String idOrName) {
        return cluster.nodePools().stream()
                .filter(it -> it.id().equals(idOrName) || it.name().equals(idOrName))
                .findFirst()
                .orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }
}
