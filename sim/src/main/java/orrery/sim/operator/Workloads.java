package orrery.sim.operator;

import java.time.Clock;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import orrery.sim.store.Cluster;

/// The operators that every Kubernetes cluster has.
public final class Workloads {
    private Workloads() {}

    /// @param authority see {@link NamespaceObjects}
    /// @param discard   removes the files of the claim with that uid
    /// @param meter     what autoscalers go by
    public static List<Operator> all(Clock clock, Events events,
            Function<Cluster, String> authority, BiConsumer<Cluster, String> discard,
            Meter meter) {
        return List.of(
                new NamespaceObjects(authority),
                new GarbageCollector(),
                new Emptying(),
                new Deployments(clock, events),
                new ReplicaSets(clock, events),
                new StatefulSets(clock, events),
                new DaemonSets(),
                new Jobs(clock, events),
                new CronJobs(clock, events),
                new Endpoints(),
                new Claims(discard),
                new LoadBalancers(),
                new ResourceQuotas(),
                new DisruptionBudgets(clock),
                new Autoscalers(clock, events, meter),
                new LostNodes(),
                new Scheduler(clock, events));
    }
}
