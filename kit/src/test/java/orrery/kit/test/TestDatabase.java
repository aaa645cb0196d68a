package orrery.kit.test;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.db.Limits;
import org.postgresql.ds.PGSimpleDataSource;

/// A fresh, migrated database for a test class, on the one real PostgreSQL of this JVM. It is
/// copied from a template, so that only the first class pays for the migrations.
///
/// ```java
/// @AutoClose static final TestDatabase DB = TestDatabase.create("server");
/// ```
public final class TestDatabase implements AutoCloseable {
    /// Who may do everything; for tests about something else than permissions.
    public static final Access ACCESS = new Access((principal, scope) -> Set.of("*"),
            Clock.systemUTC());

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();
    private static final String RUN = Long.toString(ProcessHandle.current().pid(), 36);

    private final Address address;
    private final Database database;

    private TestDatabase(Address address, String... owners) {
        this.address = address;
        this.database = Database.open(address, Limits.DEFAULT, owners);
    }

    /// @param owners whose migrations it has beside kit's: `"server"`
    public static TestDatabase create(String... owners) {
        var template = TEMPLATES.computeIfAbsent(String.join(",", owners), _ -> template(owners));
        var name = "test_" + RUN + "_" + COUNT.incrementAndGet();
        admin("create database " + name + " template " + template + " strategy file_copy");
        return new TestDatabase(postgres().address().database(name), owners);
    }

    /// An empty database without tables.
    public static Address empty() {
        var name = "empty_" + RUN + "_" + COUNT.incrementAndGet();
        admin("create database " + name);
        return postgres().address().database(name);
    }

    public Address address() {
        return address;
    }

    public Database database() {
        return database;
    }

    /// A user of project `prj_test` in organization `org_test`, who may do what is asked.
    public static Grant grant() {
        return grant("usr_test", Scope.project("org_test", "prj_test"));
    }

    public static Grant grant(String user, Scope scope) {
        return grant(user, scope, "req_test");
    }

    /// The same in a request of that id.
    public static Grant grant(String user, Scope scope, String request) {
        var principal = new Principal(Principal.Kind.USER, user, null, Scope.PLATFORM, null);
        var call = new Call(principal, request, null, null,
                Clock.systemUTC().instant().plus(Duration.ofMinutes(1)));
        return ACCESS.require(call, new Permission("test.things.change"), scope);
    }

    @Override
    public void close() {
        database.close();
        admin("drop database if exists " + name(address) + " with (force)");
    }

    private static String template(String... owners) {
        var address = empty();
        Database.open(address, Limits.DEFAULT, owners).close();
        return name(address);
    }

    private static String name(Address address) {
        return address.url().substring(address.url().lastIndexOf('/') + 1);
    }

    private static void admin(String sql) {
        try (var connection = connect(postgres().address());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static Connection connect(Address address) throws SQLException {
        // Not by DriverManager: whoever asks it first decides which drivers it knows for good.
        var source = new PGSimpleDataSource();
        source.setUrl(address.url());
        return source.getConnection(address.user(), address.password());
    }

    private static EmbeddedPostgres postgres() {
        return Holder.POSTGRES;
    }

    /// Started by the first test that needs it, stopped with the JVM.
    private static final class Holder {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            var target = Path.of("target").toAbsolutePath();
            try {
                return start(target.resolve("test-postgres"));
            } catch (UncheckedIOException e) {
                // Another JVM tests in this folder at the same time.
                return start(target.resolve("test-postgres-" + RUN));
            }
        }

        private static EmbeddedPostgres start(Path folder) {
            // Nobody needs these data after a power failure, and a vacuum at work, which is no
            // one's to terminate, would keep a database from being dropped. All else is as in the
            // product.
            var postgres = EmbeddedPostgres.start(folder, folder.resolveSibling("postgres"),
                    Map.of("fsync", "off", "full_page_writes", "off", "max_connections", "200",
                            "autovacuum", "off"));
            Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
            sweep(postgres.address());
            return postgres;
        }

        /// Drops what a killed test run left.
        private static void sweep(Address address) {
            try (var connection = connect(address);
                    var names = connection.createStatement();
                    var drop = connection.createStatement()) {
                var rows = names.executeQuery("""
                        select datname from pg_database
                        where datname like 'test\\_%' or datname like 'empty\\_%'
                        """);
                while (rows.next()) {
                    drop.execute("drop database if exists " + rows.getString(1) + " with (force)");
                }
            } catch (SQLException e) {
                throw new AssertionError("sweeping old test databases", e);
            }
        }
    }
}
