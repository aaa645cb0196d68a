package orrery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The packaged server, started as a user would: by `./run`, from the repository's root.
///
/// @param ready     from the start of the script to its line
/// @param setupCode empty when somebody has registered
record Server(Process script, Path data, URI address, String setupCode, Duration ready)
        implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(
            "Orrery is ready at ([^;]+)(?:; sign up there with the setup code (\\S+))?");

    /// @param data its data folder, new or that of an earlier start
    static Server start(Path data, Map<String, String> settings, String... options)
            throws IOException {
        var command = new ArrayList<>(List.of("./run", "--port", "0", "--data", data.toString()));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(settings);
        long begin = System.nanoTime();
        var script = builder.start();
        var output = new BufferedReader(script.inputReader());
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            var match = READY.matcher(line);
            if (match.find()) {
                return new Server(script, data, URI.create(match.group(1)),
                        match.group(2) == null ? "" : match.group(2),
                        Duration.ofNanos(System.nanoTime() - begin));
            }
        }
        throw new IOException("./run ended before it was ready");
    }

    /// The server's own JVM.
    long pid() throws IOException {
        return find(script.descendants().toList(), "quarkus-run.jar");
    }

    /// The simulated region's JVM.
    long region() throws IOException {
        return Long.parseLong(Files.readString(data.resolve("sim.pid")).strip());
    }

    /// The database's first process, the parent of the others.
    long postgres() throws IOException {
        return Long.parseLong(Files.readAllLines(
                data.resolve("postgres/data/postmaster.pid")).getFirst().strip());
    }

    private static long find(List<ProcessHandle> processes, String word) throws IOException {
        for (var process : processes) {
            var line = Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            if (line.contains(word)) {
                return process.pid();
            }
        }
        throw new IOException("no process with " + word);
    }

    @Override
    public void close() throws IOException {
        script.destroy();
        try {
            if (!script.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("./run does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
