package orrery.sim.kubelet;

import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Issues the service-account token of a pod.
@FunctionalInterface
public interface Tokens {
    /// @param audience whom it is for; empty for the API server
    String of(Cluster cluster, Item pod, String audience);
}
