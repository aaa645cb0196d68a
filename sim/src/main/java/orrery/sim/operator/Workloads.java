package orrery.sim.operator;

import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import orrery.sim.store.Cluster;

/// The operators that every Kubernetes cluster has.
public final class Workloads {
    private Workloads() {}

    /// @param authority see {@link NamespaceObjects}
    public static List<Operator> all(Clock clock, Events events,
            Function<Cluster, String> authority) {
        return List.of(
                new NamespaceObjects(authority),
                new GarbageCollector(),
                new Emptying(),
                new Deployments(clock, events),
                new ReplicaSets(clock, events),
                new Scheduler(clock, events));
    }
}
