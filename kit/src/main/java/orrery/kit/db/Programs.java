package orrery.kit.db;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Short-lived programs, run with an empty environment and a time limit.
final class Programs {
    private static final int SHOWN = 4_000;

    private Programs() {}

    static Running start(List<String> command, Path folder) throws IOException {
        var output = Files.createTempFile("orrery-", ".out");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        var path = builder.environment().getOrDefault("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        // PostgreSQL's programs read PG…, LC_… and TZ; what the user has set must not change ours.
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        return new Running(command, builder.start(), output);
    }

    /// Runs to the end; what it printed stands in the failure.
    static void run(List<String> command, Path folder, Duration limit) throws IOException {
        run(command, folder, limit, "");
    }

    static void run(List<String> command, Path folder, Duration limit, String input)
            throws IOException {
        var running = start(command, folder);
        try (var in = running.input()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        running.orFail(limit);
    }

    record Running(List<String> command, Process process, Path output) {
        OutputStream input() {
            return process.getOutputStream();
        }

        void orFail(Duration limit) throws IOException {
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new IOException(command.getFirst() + " took longer than " + limit);
                }
                if (process.exitValue() != 0) {
                    throw new IOException("%s ended with %d:%n%s".formatted(
                            String.join(" ", command), process.exitValue(), said()));
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IOException(command.getFirst() + " was interrupted", e);
            } finally {
                Files.deleteIfExists(output);
            }
        }

        private String said() throws IOException {
            var text = Files.readString(output, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - SHOWN));
        }
    }
}
