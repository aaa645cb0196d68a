package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.secret.Sealing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Starts that fail, and starts after deaths: each says why in a line, leaves no process behind,
/// and hinders no later one.
class StartTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /// Moments of a first start, by what it makes then: the programs are being unpacked, the
    /// database is being created, it is starting, its tables are there.
    private static final String UNPACKING = "postgres/unpack-*";
    private static final String CREATING = "postgres/data.new-*";
    private static final String STARTING = "postgres/data/postmaster.pid";
    private static final String SEALING = "sealing-key";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temporary;
    private Path data;
    private int starts;

    @BeforeEach
    void folder() throws IOException {
        data = temporary.toRealPath().resolve("data");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        // The kernel may need a moment to bury the last of them.
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!left().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(left()).isEmpty();
    }

    /// Every process that works in our folder.
    private List<String> left() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(data.toString()))
                .toList();
    }

    private Program start(Map<String, String> settings) {
        var all = new HashMap<>(Map.of("ORRERY_DATA", data.toString(), "ORRERY_PORT", "0"));
        all.putAll(settings);
        return Program.start(Program.SERVER, temporary.resolve("start-" + ++starts + ".log"), all);
    }

    private void startsWell() throws InterruptedException {
        try (var server = start(Map.of())) {
            server.await(line -> line.startsWith("Orrery is ready at"));
        }
    }

    /// What a start says that must fail: a few lines, no stack trace.
    private String refusal(Map<String, String> settings) throws InterruptedException {
        var server = start(settings);
        assertThat(server.join(PATIENCE)).as(server.output()).isNotZero();
        assertThat(left()).isEmpty();
        assertThat(server.output()).doesNotContain("\tat ").doesNotContain("is ready");
        return server.output();
    }

    @Test
    void namesAllWrongSettingsAtOnce() throws Exception {
        assertThat(refusal(Map.of("ORRERY_PORT", "99999", "ORRERY_HOSTS", "x",
                "ORRERY_LIMIT_REQUESTS", "many")))
                .contains("ORRERY_PORT", "ORRERY_HOSTS", "ORRERY_LIMIT_REQUESTS");
        assertThat(data).doesNotExist();
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var port = Integer.toString(taken.getLocalPort());
            assertThat(refusal(Map.of("ORRERY_PORT", port)))
                    .contains("port " + port + " is taken", "--port");
        }
        startsWell();
    }

    @Test
    void namesTheKeyThatDoesNotFit() throws Exception {
        startsWell();
        var key = data.resolve("sealing-key");
        Files.move(key, temporary.resolve("key"));
        Sealing.openOrCreate(key);
        assertThat(refusal(Map.of())).contains("sealing keys do not open");
        Files.move(temporary.resolve("key"), key, StandardCopyOption.REPLACE_EXISTING);
        startsWell();
    }

    @Test
    void stopsItsDatabaseWhenAMigrationFails() throws Exception {
        try (var postgres = EmbeddedPostgres.start(data.resolve("postgres"));
                var connection = DriverManager.getConnection(postgres.address().url(),
                        postgres.address().user(), postgres.address().password());
                var statement = connection.createStatement()) {
            // Whatever the server's tables are called, one of them is in the way.
            statement.execute("create view cluster as select 1 as one");
        }
        assertThat(refusal(Map.of())).contains("did not start", "cluster");
        try (var postgres = EmbeddedPostgres.start(data.resolve("postgres"));
                var connection = DriverManager.getConnection(postgres.address().url(),
                        postgres.address().user(), postgres.address().password());
                var statement = connection.createStatement()) {
            statement.execute("drop view cluster");
        }
        startsWell();
    }

    @Test
    void refusesAKubeconfigThatIsNotThere() throws Exception {
        assertThat(refusal(Map.of("ORRERY_KUBECONFIG", "/nowhere/kubeconfig")))
                .contains("/nowhere/kubeconfig");
        startsWell();
    }

    @Test
    void aSignalDuringTheFirstStartEndsEverything() throws Exception {
        for (var moment : List.of(CREATING, SEALING)) {
            try (var server = start(Map.of())) {
                await(moment);
            }
            assertThat(left()).as("after a signal at " + moment).isEmpty();
            forget();
        }
    }

    @Test
    void aKillDuringTheFirstStartHindersNoLaterOne() throws Exception {
        for (var moment : List.of(UNPACKING, CREATING, STARTING)) {
            var server = start(Map.of());
            await(moment);
            server.kill();
            startsWell();
            forget();
        }
    }

    /// Waits for a file, or a folder, of the data folder.
    private void await(String pattern) throws Exception {
        var wanted = data.getFileSystem().getPathMatcher("glob:" + data + "/" + pattern);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            if (Files.isDirectory(data)) {
                try (var paths = Files.walk(data, 3)) {
                    if (paths.anyMatch(wanted::matches)) {
                        return;
                    }
                } catch (UncheckedIOException e) {
                    // It was renamed or deleted under our eyes.
                }
            }
            Thread.sleep(5);
        }
        throw new AssertionError("there never was a " + pattern);
    }

    /// Makes the next start a first one.
    private void forget() throws IOException {
        Files.move(data, temporary.resolve("data-" + starts));
    }
}
