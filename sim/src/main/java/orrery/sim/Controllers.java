package orrery.sim;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import orrery.sim.api.PodStreams;
import orrery.sim.container.Containers;
import orrery.sim.kubelet.ContainerStreams;
import orrery.sim.kubelet.Kubelet;
import orrery.sim.kubelet.ProcessMeter;
import orrery.sim.kubelet.Tokens;
import orrery.sim.operator.Events;
import orrery.sim.operator.Meter;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Operators;
import orrery.sim.operator.Timing;
import orrery.sim.operator.Workloads;
import orrery.sim.store.Cluster;
import orrery.sim.store.Region;

/// All that stands behind the API server: the operators of every cluster, and the containers.
public final class Controllers implements AutoCloseable {
    private final Containers containers;
    private final Operators operators;
    private final Kubelet kubelet;
    private final ContainerStreams streams;
    private final Meter meter;
    private final Events events;
    private final Surroundings around;

    /// What the operators need from their surroundings.
    ///
    /// @param folder    for the files of containers and volumes; ours alone
    /// @param sandboxes whether commands of pods are run, where the host allows it
    /// @param controlPlane file in which the control plane says where it listens, if pods may
    ///        reach it
    /// @param authority the certificate authority (PEM) that pods trust their API server by
    /// @param tokens    issues the token of a pod's service account
    public record Surroundings(Path folder, boolean sandboxes, Optional<Path> controlPlane,
            Clock clock, Timing timing, Function<Cluster, String> authority, Tokens tokens) {}

    private Controllers(Containers containers, Surroundings around) {
        this.containers = containers;
        this.around = around;
        this.operators = new Operators();
        this.events = new Events(around.clock());
        this.kubelet = new Kubelet(containers, around.controlPlane(), around.tokens(),
                around.timing(), events, around.clock(), operators);
        this.streams = new ContainerStreams(kubelet, around.clock());
        this.meter = new ProcessMeter(kubelet, around.clock());
    }

    /// Prepares them; finds out which sandbox works on this host.
    public static Controllers open(Surroundings around) throws IOException {
        return new Controllers(around.sandboxes() ? Containers.open(around.folder())
                : Containers.none(around.folder()), around);
    }

    /// Begins to look after all clusters of a region, those to come too.
    ///
    /// @param more operators of one cluster's custom resources
    public void start(Region region, List<Operator> more) {
        var all = new ArrayList<Operator>(Workloads.all(around.clock(), events,
                around.authority(), kubelet::discardClaim, meter));
        all.add(kubelet);
        all.addAll(more);
        operators.start(all);
        region.listen(operators);
    }

    /// Lets pods reach their cluster's API server, which listens at that address.
    public void serve(InetSocketAddress server) {
        kubelet.serve(server);
    }

    /// Who carries logs, exec, attach and port-forward.
    public PodStreams streams() {
        return streams;
    }

    /// What the containers of pods use.
    public Meter meter() {
        return meter;
    }

    /// Which sandbox shells run in, or why there is none; one line for the log.
    public String sandbox() {
        return containers.describe();
    }

    /// Whether this host allows a sandbox at all.
    public boolean allowed() {
        return containers.allowed();
    }

    @Override
    public void close() {
        streams.close();
        operators.close();
        containers.close();
    }
}
