package orrery.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.function.Function;
import orrery.sim.container.Containers;
import orrery.sim.kubelet.Kubelet;
import orrery.sim.kubelet.Tokens;
import orrery.sim.operator.Events;
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

    /// What the operators need from their surroundings.
    ///
    /// @param folder    for the files of containers and volumes; ours alone
    /// @param authority the certificate authority (PEM) that pods trust their API server by
    /// @param tokens    issues the token of a pod's service account
    public record Surroundings(Path folder, Clock clock, Timing timing,
            Function<Cluster, String> authority, Tokens tokens) {}

    private Controllers(Containers containers, Operators operators) {
        this.containers = containers;
        this.operators = operators;
    }

    /// Starts them for all clusters of a region, those to come too.
    public static Controllers start(Region region, Surroundings around) throws IOException {
        var containers = Containers.open(around.folder());
        var operators = new Operators();
        var events = new Events(around.clock());
        var kubelet = new Kubelet(containers, around.tokens(), around.timing(), events,
                around.clock(), operators);
        var all = new ArrayList<Operator>(Workloads.all(around.clock(), events,
                around.authority()));
        all.add(kubelet);
        operators.start(all);
        region.listen(operators);
        return new Controllers(containers, operators);
    }

    /// Which sandbox shells run in, or why there is none; one line for the log.
    public String sandbox() {
        return containers.describe();
    }

    @Override
    public void close() {
        operators.close();
        containers.close();
    }
}
