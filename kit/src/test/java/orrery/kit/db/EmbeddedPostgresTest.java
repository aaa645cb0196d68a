package orrery.kit.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresTest {
    private static final Path PROGRAMS = Path.of("target/postgres");
    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "embedded-");
    }

    @AfterEach
    void clean() throws IOException {
        Folders.delete(folder);
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(folder, PROGRAMS, Map.of());
    }

    private static Connection connect(Address address) throws SQLException {
        return DriverManager.getConnection(address.url(), address.user(), address.password());
    }

    private static String ask(Address address, String sql) throws SQLException {
        try (var connection = connect(address); var statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            var rows = statement.getResultSet();
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void keepsWhatWasCommittedFromStartToStart() throws SQLException {
        try (var first = start()) {
            ask(first.address(), "create table kept as select 7 as n");
        }
        try (var second = start()) {
            assertThat(ask(second.address(), "select n from kept")).isEqualTo("7");
        }
    }

    @Test
    void isDurablePrivateAndNotASuperuser() throws Exception {
        try (var postgres = start()) {
            var address = postgres.address();
            assertThat(ask(address, "show fsync")).isEqualTo("on");
            assertThat(ask(address, "show synchronous_commit")).isEqualTo("on");
            assertThat(ask(address, "select rolsuper from pg_roles where rolname = current_user"))
                    .isEqualTo("f");
            var wrong = new Address(address.url(), address.user(), "wrong");
            assertThatThrownBy(() -> connect(wrong)).hasMessageContaining("password");
            var root = new Address(address.url(), "postgres", "");
            assertThatThrownBy(() -> connect(root)).hasMessageContaining("pg_hba.conf");
            assertThat(PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(folder.resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesASecondUserOfTheSameFolder() {
        try (var first = start()) {
            assertThatThrownBy(this::start).isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("in use");
            assertThat(first.pid()).isPositive();
        }
    }

    @Test
    void takesOverFromAKilledProcess() throws Exception {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var killed = new ProcessBuilder(java, "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var orphan = killed.inputReader().readLine().split(" ");
        killed.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
        var left = new Address(orphan[1], "orrery", Files.readString(folder.resolve("password")));
        assertThat(ask(left, "select n from kept")).isEqualTo("1");
        try (var next = start()) {
            assertThat(ask(next.address(), "select n from kept")).isEqualTo("1");
            assertThat(next.pid()).isNotEqualTo(Long.parseLong(orphan[0]));
            assertThatThrownBy(() -> connect(left)).hasMessageContaining("refused");
        }
    }

    /// As in a container that allows no user namespaces.
    @Test
    void asRootItRunsAsAnotherAccountWhereNamespacesAreForbidden() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "not root");
        var reachable = Files.createTempDirectory("embedded-");
        Files.setPosixFilePermissions(reachable, PosixFilePermissions.fromString("rwx--x--x"));
        var database = Folders.create(reachable.resolve("postgres"));
        try {
            // As a strict umask leaves them.
            var programs = PostgresBinaries.unpack(database).home();
            Files.setPosixFilePermissions(programs.resolve("lib"), Folders.OURS);
            for (int round = 1; round <= 2; round++) {
                try (var postgres = without(database, "unshare")) {
                    ask(postgres.address(), "create table if not exists kept as select 7 as n");
                    var process = Path.of("/proc", Long.toString(postgres.pid()));
                    assertThat(Files.getAttribute(process, "unix:uid")).isNotEqualTo(0)
                            .isEqualTo(Files.getAttribute(database.resolve("data"), "unix:uid"));
                }
            }
            // What is allowed may change between two starts.
            try (var postgres = without(database, "nothing")) {
                assertThat(ask(postgres.address(), "select n from kept")).isEqualTo("7");
            }
            try (var postgres = without(database, "unshare")) {
                assertThat(ask(postgres.address(), "select n from kept")).isEqualTo("7");
            }
            assertThatThrownBy(() -> without(database, "unshare", "setpriv"))
                    .hasMessageContaining("ORRERY_DATABASE_URL");
            Files.setPosixFilePermissions(reachable, PosixFilePermissions.fromString("rwx------"));
            assertThatThrownBy(() -> without(database, "unshare"))
                    .hasMessageContaining("chmod o+x " + reachable);
        } finally {
            Folders.delete(reachable);
        }
    }

    private static EmbeddedPostgres without(Path database, String... programs) {
        return EmbeddedPostgres.start(database, database, Map.of(), folder ->
                Unprivileged.find(folder, command -> !List.of(programs)
                        .contains(command.getFirst())));
    }

    @Test
    void aPidFileThatNamesAStrangerHindersNothing() throws Exception {
        start().close();
        Files.writeString(folder.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + folder.resolve("data") + "\n");
        try (var next = start()) {
            assertThat(ask(next.address(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aDeathDuringTheFirstStartLeavesNothingBehind() throws Exception {
        Files.createDirectories(folder.resolve("data.new-123/base"));
        try (var next = start()) {
            assertThat(ask(next.address(), "select 1")).isEqualTo("1");
        }
        assertThat(folder.resolve("data.new-123")).doesNotExist();
    }

    @Test
    void readsBothFormsOfADatabaseUrl() {
        assertThat(Address.parse("postgresql://ada:s%40fe@db:5433/orrery?sslmode=require", "", ""))
                .isEqualTo(new Address(
                        "jdbc:postgresql://db:5433/orrery?sslmode=require", "ada", "s@fe"));
        assertThat(Address.parse("jdbc:postgresql://db/x", "bob", "p").database("y"))
                .isEqualTo(new Address("jdbc:postgresql://db/y", "bob", "p"));
        assertThat(Address.parse("jdbc:postgresql://db/x", "bob", "p").toString())
                .doesNotContain("p\"");
        assertThatThrownBy(() -> Address.parse("mysql://x:secret@y/z", "", ""))
                .hasMessageNotContaining("secret");
    }

    /// Starts a database, tells its process id, and waits to be killed.
    static final class Main {
        public static void main(String[] args) throws Exception {
            var postgres = EmbeddedPostgres.start(Path.of(args[0]), PROGRAMS, Map.of());
            ask(postgres.address(), "create table kept as select 1 as n");
            System.out.println(postgres.pid() + " " + postgres.address().url());
            Thread.sleep(60_000);
        }
    }
}
