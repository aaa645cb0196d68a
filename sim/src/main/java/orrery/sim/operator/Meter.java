package orrery.sim.operator;

import java.time.Duration;
import java.util.List;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Quantity;

/// What running containers use.
@FunctionalInterface
public interface Meter {
    /// Over how long processor use is averaged.
    Duration WINDOW = Duration.ofSeconds(15);

    /// @param cpu    cores
    /// @param memory bytes
    record Use(String container, Quantity cpu, Quantity memory) {}

    /// The containers of a running pod; none of a pod that does not run.
    List<Use> of(Cluster cluster, Item pod);
}
