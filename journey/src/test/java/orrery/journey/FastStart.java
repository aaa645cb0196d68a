package orrery.journey;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What the JVM learns from one start of the server, as `./run` has it learn once per build: the
/// dozens of starts of these tests then take half the time.
final class FastStart {
    private static final Path CACHE = Path.of("target", "server.aot").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private FastStart() {}

    /// Options to start the server with. The first test that starts one has it learn; others, in
    /// this JVM and in the one beside it, wait for that.
    static synchronized List<String> options(Path jar) {
        try (var channel = FileChannel.open(CACHE.resolveSibling("server.aot.lock"),
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (Files.notExists(CACHE) || isOlderThanAnyOf(jar.getParent())) {
                learn(jar);
            }
            return flags("-XX:AOTCache=");
        } catch (IOException e) {
            throw new IllegalStateException("learning to start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A cache of other classes than these breaks the start.
    private static boolean isOlderThanAnyOf(Path classes) throws IOException {
        var learnt = CACHE.toFile().lastModified();
        try (var files = Files.walk(classes)) {
            return files.anyMatch(file -> file.toFile().lastModified() > learnt);
        }
    }

    private static List<String> flags(String use) {
        return List.of("-Xlog:aot=off", "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-AOTReplayTraining", use + CACHE);
    }

    private static void learn(Path jar) throws IOException, InterruptedException {
        Files.deleteIfExists(CACHE);
        var folder = Files.createTempDirectory(CACHE.getParent(), "learning-");
        var start = Program.of(Program.java(flags("-XX:AOTCacheOutput="), jar, List.of()),
                folder.resolve("start.log"),
                Map.of("ORRERY_DATA", folder.resolve("data").toString(), "ORRERY_PORT", "0"));
        start.await(line -> line.startsWith("Orrery is ready at"));
        // It writes the cache at its end.
        start.stop();
        start.join(PATIENCE);
        if (Files.notExists(CACHE)) {
            throw new AssertionError("nothing learnt:\n" + start.output());
        }
    }
}
