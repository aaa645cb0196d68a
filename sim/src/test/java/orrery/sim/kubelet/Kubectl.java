package orrery.sim.kubelet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Runs the real kubectl against a simulated cluster.
public record Kubectl(Path kubeconfig, Path home) {
    private static final long SECONDS = 120;

    /// What one run said.
    public record Said(int code, String output, String errors) {}

    /// @param home where kubectl keeps its caches; a folder of the test's own
    public static Kubectl with(Path kubeconfig, Path home) {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/kubectl")),
                "kubectl is not installed");
        return new Kubectl(kubeconfig, home);
    }

    public Process start(String... arguments) throws IOException {
        return start(List.of(arguments));
    }

    private Process start(List<String> arguments) throws IOException {
        var line = new ArrayList<>(List.of("/usr/bin/kubectl", "--kubeconfig=" + kubeconfig));
        line.addAll(arguments);
        var builder = new ProcessBuilder(line);
        builder.environment().put("HOME", home.toString());
        return builder.start();
    }

    /// Runs it to its end.
    public Said run(String... arguments) throws Exception {
        return feed(new byte[0], arguments);
    }

    /// Runs it with a standard input.
    public Said feed(byte[] input, String... arguments) throws Exception {
        var process = start(arguments);
        var errors = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().start(() -> errors.complete(text(process)));
        Thread.ofPlatform().daemon().start(() -> write(process.getOutputStream(), input));
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("kubectl " + List.of(arguments) + " does not end");
        }
        return new Said(process.exitValue(), output, errors.get(60, TimeUnit.SECONDS));
    }

    private static String text(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    private static void write(OutputStream to, byte[] bytes) {
        try (to) {
            to.write(bytes);
        } catch (IOException closed) {
            // kubectl did not want it all.
            return;
        }
    }
}
