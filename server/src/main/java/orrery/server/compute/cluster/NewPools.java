package orrery.server.compute.cluster;

import java.util.List;
import java.util.stream.IntStream;
import orrery.kit.Ids;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.compute.network.Networks;
import orrery.server.platform.catalogue.InstanceTypes;

/// Makes pools of what was asked for: where their nodes will be, and how large they are.
final class NewPools {
    private final Networks networks;
    private final InstanceTypes types;
    private final Ids ids;

    NewPools(Networks networks, InstanceTypes types, Ids ids) {
        this.networks = networks;
        this.types = types;
        this.ids = ids;
    }

    List<NodePool> of(Tx tx, Scope project, String region, List<NewCluster.Pool> asked) {
        return IntStream.range(0, asked.size())
                .mapToObj(i -> of(tx, project, region, "nodePools[" + i + "]", asked.get(i)))
                .toList();
    }

    /// @param field path of what was asked for; empty for the body itself
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.Unprocessable] for a network that is
    ///     not there
    NodePool of(Tx tx, Scope project, String region, String field, NewCluster.Pool asked) {
        var place = asked.network() == null ? null : networks.hold(
                tx, project, region, field, asked.network(), asked.subnet());
        var size = asked.instanceType() == null ? null
                : types.find(tx, region, asked.instanceType()).map(NodePool.Size::of)
                        .orElse(null);
        return new NodePool(ids.next("np"),
                asked.name() == null ? asked.role().standardName() : asked.name(),
                asked.role(), asked.nodeCount(), 0, asked.instanceType(),
                place == null ? null : place.network(), place == null ? null : place.subnet(),
                size);
    }
}
