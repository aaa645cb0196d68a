package orrery.server.compute.cluster;

import java.util.ArrayList;
import java.util.List;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.platform.stack.Plan;
import orrery.server.tenancy.quota.Amounts;

/// Changes of a cluster's node pools.
final class Pools {
    private Pools() {}

    /// The pools with the sizes that were asked for.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] naming pools that are not there
    static List<NodePool> scaled(Cluster cluster, List<Clusters.Scale> scales) {
        var pools = new ArrayList<>(cluster.nodePools());
        var mistakes = new ArrayList<Mistake>();
        for (int i = 0; i < scales.size(); i++) {
            var scale = scales.get(i);
            int at = find(pools, scale);
            if (at < 0) {
                mistakes.add(new Mistake("nodePools[" + i + "].name",
                        "is no pool of this cluster; pools cannot be added later"));
            } else {
                pools.set(at, pools.get(at).scaledTo(scale.nodeCount()));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        return pools;
    }

    private static int find(List<NodePool> pools, Clusters.Scale scale) {
        for (int i = 0; i < pools.size(); i++) {
            boolean named = scale.name() == null || scale.name().equals(pools.get(i).name());
            if (named && scale.role() == pools.get(i).role()) {
                return i;
            }
        }
        return -1;
    }

    /// The pools of a cluster that another plan makes. A size that the plans differ in is the new
    /// one's; else it stays as somebody has set it.
    static List<NodePool> planned(Cluster cluster, Plan plan, Ids ids) {
        var before = cluster.plan();
        return plan.pools().stream().map(pool -> {
            var old = cluster.nodePools().stream()
                    .filter(it -> it.name().equals(pool.name())).findFirst();
            boolean same = before != null && before.pool(pool.name())
                    .filter(it -> it.standard() == pool.standard()).isPresent();
            return old.map(it -> same ? it : it.scaledTo(pool.standard()))
                    .orElseGet(() -> new NodePool(ids.next("np"), pool.name(),
                            Role.valueOf(pool.role().name()), pool.standard(), 0, null, null,
                            null));
        }).toList();
    }

    /// What a cluster with these pools takes of a quota.
    static Amounts amounts(List<NodePool> pools) {
        return pools.stream().map(NodePool::amounts).reduce(Amounts.CLUSTER, Amounts::plus);
    }

    /// The pools as ready as a cluster's nodes are.
    static List<NodePool> allReady(List<NodePool> pools) {
        return pools.stream().map(pool -> pool.ready(pool.nodeCount())).toList();
    }
}
