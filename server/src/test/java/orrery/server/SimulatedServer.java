package orrery.server;

import java.util.stream.Stream;

/// A fresh server with one region, `main`, which is a simulated one. Test classes with this very
/// profile share it, and the [Neighbours] on it.
public class SimulatedServer extends FreshServer {
    @Override
    public String[] commandLineParameters() {
        return Stream.concat(Stream.of(super.commandLineParameters()),
                Stream.of("--kubeconfig", SimulatedRegion.kubeconfig().toString()))
                .toArray(String[]::new);
    }
}
