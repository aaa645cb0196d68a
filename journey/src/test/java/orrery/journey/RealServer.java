package orrery.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import orrery.kit.kube.RealCluster;
import orrery.sim.contract.Given;

/// A real API server and its controllers, for the contract. They end with this process.
public final class RealServer implements Given {
    @Override
    public Path kubeconfig() {
        try {
            var cluster = RealCluster.start();
            cluster.startControllers();
            return Files.writeString(
                    Files.createTempFile(Path.of("target"), "real", ".kubeconfig"),
                    cluster.kubeconfig()).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
