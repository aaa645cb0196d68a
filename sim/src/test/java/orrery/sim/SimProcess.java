package orrery.sim;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A simulated region in a process of its own, which can be killed.
public record SimProcess(Process process) implements AutoCloseable {
    /// Starts it and waits until it is ready.
    public static SimProcess start(Path data, String... options) throws IOException {
        Path output = Files.createTempFile(data, "sim", ".out");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                "orrery.sim.Sim", "--data", data.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        await().atMost(Duration.ofSeconds(120)).until(
                () -> Files.readString(output).contains("sim1 ready https://"));
        return new SimProcess(process);
    }

    /// Ends it as `kill -9` does.
    public void kill() {
        try {
            process.destroyForcibly().waitFor(120, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
