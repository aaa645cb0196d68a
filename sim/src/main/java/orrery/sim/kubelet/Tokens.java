package orrery.sim.kubelet;

import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Issues the service-account token of a pod.
@FunctionalInterface
public interface Tokens {
    String of(Cluster cluster, Item pod);
}
