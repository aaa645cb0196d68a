package orrery.kit.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/// A PostgreSQL of our own, for everybody who has none: unpacked from a jar, created in the data
/// folder at the first start, reachable on loopback only, with a random password.
///
/// It is a process of its own, in its own process group: it outlives a killed server without harm,
/// and the next start ends it before it starts its own. Commits are as durable as on any other
/// PostgreSQL. One process uses a data folder at a time; [#start] refuses a second one.
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class);
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    /// For a process to be seen at all, on a machine that is very busy.
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;
    private static final int SHOWN_BYTES = 4_000;

    private final PostgresFiles files;
    private final FileChannel lock;
    private final Address address;

    private EmbeddedPostgres(PostgresFiles files, FileChannel lock, Address address) {
        this.files = files;
        this.lock = lock;
        this.address = address;
    }

    /// Starts the database that lives in this folder, and creates it first if there is none.
    ///
    /// @throws UncheckedIOException when it does not start; the message says what to do
    public static EmbeddedPostgres start(Path folder) {
        return start(folder, folder, Map.of());
    }

    /// As [#start(Path)], with the programs unpacked elsewhere and with some settings changed, as
    /// `postgresql.conf` spells them.
    public static EmbeddedPostgres start(Path folder, Path programs, Map<String, String> changed) {
        return start(folder, programs, changed, Unprivileged::find);
    }

    static EmbeddedPostgres start(Path folder, Path programs, Map<String, String> changed,
            Asked asked) {
        FileChannel lock = null;
        try {
            Folders.create(folder);
            lock = lock(folder);
            var unprivileged = asked.how(folder);
            var binaries = PostgresBinaries.unpack(programs);
            unprivileged.letRead(binaries.home());
            var files = new PostgresFiles(folder.toRealPath(), binaries, unprivileged);
            return new EmbeddedPostgres(files, lock, start(files, changed));
        } catch (IOException e) {
            close(lock);
            throw new UncheckedIOException("the embedded PostgreSQL did not start: "
                    + e.getMessage(), e);
        }
    }

    /// Finds out how PostgreSQL can run in a folder.
    interface Asked {
        Unprivileged how(Path folder) throws IOException;
    }

    /// Where it listens.
    public Address address() {
        return address;
    }

    /// The process id, for those who measure it.
    public long pid() {
        return running(files).map(ProcessHandle::pid).orElse(-1L);
    }

    /// Ends it: open transactions are rolled back, all is written to disk.
    @Override
    public void close() {
        try {
            stop(files);
        } catch (IOException e) {
            LOG.warnf("the embedded PostgreSQL did not stop: %s", e.getMessage());
        } finally {
            close(lock);
        }
    }

    private static Address start(PostgresFiles files, Map<String, String> changed)
            throws IOException {
        files.create();
        stop(files);
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            files.configure(port, changed);
            try {
                launch(files, port);
                var url = "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresFiles.USER;
                return new Address(url, PostgresFiles.USER, files.password());
            } catch (IOException e) {
                // Somebody may have taken the port, or a dying predecessor still holds its memory.
                stop(files);
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                pause(200);
            }
        }
    }

    /// `pg_ctl` puts the server into its own session, so that a Ctrl-C meant for us does not end
    /// it under our feet. It does not wait: we poll far more often than it would.
    private static void launch(PostgresFiles files, int port) throws IOException {
        long logged = Files.exists(files.log()) ? Files.size(files.log()) : 0;
        Programs.run(files.command("pg_ctl", "start", "--no-wait", "--silent",
                "--pgdata=" + files.data(), "--log=" + files.log()), files.folder(), STOP_LIMIT);
        long end = System.nanoTime() + START_LIMIT.toNanos();
        long grace = System.nanoTime() + GRACE.toNanos();
        while (System.nanoTime() < end) {
            var lines = pidLines(files);
            if (lines.size() >= 8 && lines.get(7).strip().equals("ready")) {
                if (!lines.get(3).strip().equals(Integer.toString(port))) {
                    throw new IOException("one that a killed process began got ready first");
                }
                return;
            }
            // Crash recovery may take long, but only in a process that is alive.
            if (running(files).isEmpty() && (System.nanoTime() > grace || gaveUp(files, logged))) {
                break;
            }
            pause(10);
        }
        throw new IOException("see " + files.log() + tail(files.log()));
    }

    /// Whether it wrote the cause of its death behind what was logged before.
    private static boolean gaveUp(PostgresFiles files, long logged) throws IOException {
        if (!Files.exists(files.log())) {
            return false;
        }
        try (var log = Files.newInputStream(files.log())) {
            log.skipNBytes(Math.min(logged, Files.size(files.log())));
            var fresh = new String(log.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8);
            return fresh.contains("FATAL:") || fresh.contains("PANIC:");
        }
    }

    private static String tail(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        var lines = Files.readAllLines(log);
        return ": " + String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    /// Ends the server that uses these files, ours or one that a killed process left behind.
    private static void stop(PostgresFiles files) throws IOException {
        var server = running(files);
        if (server.isEmpty()) {
            // We hold the folder's lock, and the process it names is not a PostgreSQL of ours.
            Files.deleteIfExists(files.pidFile());
            return;
        }
        for (var mode : List.of("fast", "immediate")) {
            Programs.run(files.command("pg_ctl", "stop", "--no-wait", "--silent", "--mode=" + mode,
                    "--pgdata=" + files.data()), files.folder(), STOP_LIMIT);
            long end = System.nanoTime() + STOP_LIMIT.toNanos();
            while (System.nanoTime() < end) {
                // It removes this file last. The process itself may stay in the table for a while.
                if (!Files.exists(files.pidFile()) || !server.get().isAlive()) {
                    return;
                }
                pause(10);
            }
        }
        server.get().destroyForcibly();
    }

    /// The live postmaster of this data folder. After a reboot its number may belong to another
    /// process, which is not ours to end, so the program and its folder must match too.
    private static Optional<ProcessHandle> running(PostgresFiles files) {
        var lines = pidLines(files);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,9}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command()
                        .map(command -> command.endsWith("/postgres")).orElse(true))
                .filter(process -> process.info().arguments()
                        .map(words -> List.of(words).contains(files.data().toString()))
                        .orElse(true));
    }

    private static List<String> pidLines(PostgresFiles files) {
        try {
            return Files.readAllLines(files.pidFile());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve("lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Taken by this very process: the same answer.
        }
        channel.close();
        throw new IOException(folder + " is in use by another process; stop it, or choose another"
                + " folder with --data");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void close(FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            LOG.debug("closing the lock", e);
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
