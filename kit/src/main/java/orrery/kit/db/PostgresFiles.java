package orrery.kit.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// The files of one embedded database: its data folder, its settings, its password.
record PostgresFiles(Path folder, PostgresBinaries binaries, Unprivileged unprivileged) {
    static final String USER = "orrery";
    private static final Logger LOG = Logger.getLogger(PostgresFiles.class);
    private static final String FRESH = "data.new-";
    private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);
    private static final long LOG_LIMIT_BYTES = 10 << 20;

    /// Nothing here is about speed at the price of safety: a commit that we confirmed is on disk.
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "'127.0.0.1'"),
            Map.entry("unix_socket_directories", "''"),
            Map.entry("password_encryption", "'scram-sha-256'"),
            Map.entry("max_connections", "64"),
            Map.entry("shared_buffers", "'64MB'"),
            Map.entry("huge_pages", "off"),
            // Three helper processes for asynchronous reads are not worth their memory here.
            Map.entry("io_method", "'sync'"),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            // No replicas of an embedded database, so no log for them.
            Map.entry("wal_level", "'minimal'"),
            Map.entry("max_wal_senders", "0"),
            Map.entry("max_wal_size", "'512MB'"),
            Map.entry("checkpoint_timeout", "'15min'"),
            Map.entry("jit", "off"),
            Map.entry("timezone", "'UTC'"),
            Map.entry("log_timezone", "'UTC'"),
            // Refused statements come back to us as exceptions, and their text may hold user data.
            Map.entry("log_min_messages", "fatal"),
            Map.entry("log_min_error_statement", "panic"),
            Map.entry("log_checkpoints", "off"),
            Map.entry("tcp_keepalives_idle", "5"),
            Map.entry("tcp_keepalives_interval", "2"),
            Map.entry("tcp_keepalives_count", "3"));

    Path data() {
        return folder.resolve("data");
    }

    Path pidFile() {
        return data().resolve("postmaster.pid");
    }

    Path log() {
        return data().resolve("server.log");
    }

    String password() throws IOException {
        return Files.readString(folder.resolve("password")).strip();
    }

    /// Creates the database unless it is there. A death halfway leaves only a folder `data.new-…`,
    /// which the next start throws away.
    void create() throws IOException {
        if (Files.isDirectory(data())) {
            // Made by a start that could run PostgreSQL as somebody else, perhaps.
            unprivileged.own(data());
            return;
        }
        sweep();
        var fresh = Files.createTempDirectory(folder, FRESH);
        unprivileged.own(fresh);
        Programs.run(unprivileged.command(binaries.program("initdb"),
                "--pgdata=" + fresh, "--username=postgres", "--auth=reject", "--encoding=UTF8",
                "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                folder, INITDB_LIMIT);
        var random = new byte[32];
        new SecureRandom().nextBytes(random);
        var password = HexFormat.of().formatHex(random);
        Folders.writeSecret(folder.resolve("password"), password);
        bootstrap(fresh, password);
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /// What a killed `initdb`, or one whose parent was killed, left. The latter may still write:
    /// what cannot be deleted now waits for the next start.
    private void sweep() throws IOException {
        try (var old = Files.newDirectoryStream(folder, "data.new*")) {
            for (var path : old) {
                try {
                    Folders.delete(path);
                } catch (IOException | UncheckedIOException e) {
                    LOG.debugf("%s is still in use", path);
                }
            }
        }
    }

    /// One user, not a superuser, and its database, made without a network: nobody can ever
    /// connect as `postgres`. It may create databases, which tests and restores need.
    private void bootstrap(Path fresh, String password) throws IOException {
        var sql = """
                create role %1$s login createdb password '%2$s'
                create database %1$s owner %1$s
                """.formatted(USER, password);
        Programs.run(unprivileged.command(binaries.program("postgres"), "--single", "-D",
                fresh.toString(), "-c", "password_encryption=scram-sha-256",
                "-c", "log_min_messages=fatal", "postgres"), folder, INITDB_LIMIT, sql);
    }

    /// Writes all settings anew, so that a database made by an older release gets today's.
    void configure(int port, Map<String, String> changed) throws IOException {
        var settings = new TreeMap<>(SETTINGS);
        settings.putAll(changed);
        settings.put("port", Integer.toString(port));
        var text = new StringBuilder("# Written at every start.\n");
        settings.forEach((name, value) ->
                text.append(name).append(" = ").append(value).append('\n'));
        write("postgresql.conf", text.toString());
        write("postgresql.auto.conf", "");
        write("pg_hba.conf", "host all %s 127.0.0.1/32 scram-sha-256%n".formatted(USER));
        if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT_BYTES) {
            Files.move(log(), data().resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void write(String name, String text) throws IOException {
        var file = data().resolve(name);
        Folders.writeSecret(file, text);
        unprivileged.own(file);
    }

    List<String> command(String program, String... words) {
        var line = new ArrayList<>(unprivileged.command(binaries.program(program)));
        line.addAll(List.of(words));
        return line;
    }
}
