package orrery.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The simulated region as a process, for all tests of this JVM that need a cluster on which pods
/// become ready: started by the first of them, gone with the JVM.
public final class SimulatedRegion {
    /// Quarkus loads test classes more than once; the JVM's properties are there once.
    private static final String KNOWN = "orrery.test.sim.kubeconfig.";
    private static final String QUICK = "quick";
    /// Each phase is there to be waited for, and no longer than that.
    private static final String HASTY = "quick,pull=40ms,backoff=1s,kcm=50ms,metal3=60ms,"
            + "kubevirt=40ms,kserve=50ms,training.queued=50ms,training.running=150ms";
    private static final long PATIENCE_SECONDS = 120;

    private SimulatedRegion() {}

    /// The file with the management cluster's administrator's kubeconfig. What takes time in this
    /// region takes long enough for a test to ask for something else meanwhile.
    public static Path kubeconfig() {
        return of(QUICK);
    }

    /// A region in which all that takes time is over in a moment, as kubeconfig: for checks of
    /// sagas, which make and unmake the same dozens of times.
    public static String hasty() {
        try {
            return Files.readString(of(HASTY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path of(String timing) {
        synchronized (System.getProperties()) {
            var known = System.getProperty(KNOWN + timing);
            if (known == null) {
                known = start(timing).toString();
                System.setProperty(KNOWN + timing, known);
            }
            return Path.of(known);
        }
    }

    private static Path start(String timing) {
        try {
            var root = Files.createDirectories(Path.of("target", "sim"));
            var folder = Files.createTempDirectory(root, "region").toAbsolutePath();
            var log = folder.resolve("sim.log");
            var process = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow", "-cp", classPath(),
                    "orrery.sim.Sim", "--data", folder.resolve("data").toString(),
                    "--timing", timing)
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            awaitReady(process, log);
            return folder.resolve("data").resolve("kubeconfig");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(Process process, Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(log).contains("ready https://")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new AssertionError("no simulated region:\n" + Files.readString(log));
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Surefire's own, when it has hidden the long one in a jar's manifest.
    private static String classPath() {
        return System.getProperty("surefire.test.class.path",
                System.getProperty("java.class.path"));
    }
}
