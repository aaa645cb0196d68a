package orrery.sim.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The disk side of a region: every write, in order, into one SQLite file.
///
/// One thread writes; what queued up while it committed becomes the next transaction (group
/// commit). Changes are published to followers only after their commit, so nobody ever sees a
/// change that a crash can take back. With `synchronous=normal` and WAL a committed
/// write survives the death of the process; a power cut may take the last moments.
final class Journal implements AutoCloseable {
    /// Writes that may wait for the disk before others wait for them, those that may be under
    /// way when it comes to that, and those of one transaction.
    private static final int MAX_QUEUE = 8192;
    private static final int MAX_UNDER_WAY = 4096;
    private static final int MAX_BATCH = 1024;
    private static final long DISK_SECONDS = 60;

    /// How far versions skip after a restart, so that none is given to two writes: what waited,
    /// what was being written, and one more.
    static final int SKIP = MAX_QUEUE + MAX_UNDER_WAY + MAX_BATCH + 1;

    private static final String SCHEMA = """
            create table if not exists cluster (
                id integer primary key,
                name text not null unique,
                version integer not null,
                rest integer
            );
            create table if not exists object (
                cluster integer not null,
                type text not null,
                namespace text not null,
                name text not null,
                version integer not null,
                json blob not null,
                primary key (cluster, type, namespace, name)
            ) without rowid;
            """;

    private final Connection connection;
    private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final Thread writer = Thread.ofPlatform().name("journal").unstarted(this::run);
    private final Consumer<Throwable> onFailure;

    /// One thing to do in order: what to write, and what to do once it is on disk.
    private record Entry(Cluster cluster, Change change, Action action, Runnable then) {}

    /// A statement other than an object's.
    private interface Action {
        void on(Connection connection) throws SQLException;
    }

    /// @param onFailure what to do when the disk refuses; the process must not go on
    Journal(Path file, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma journal_mode = wal");
                statement.execute("pragma synchronous = normal");
                for (String one : SCHEMA.split(";\\s*\n")) {
                    statement.execute(one);
                }
                addRest(statement);
            }
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot open the store " + file, e);
        }
    }

    /// Files that were made before clusters could rest lack the column.
    private static void addRest(Statement statement) throws SQLException {
        try (ResultSet there = statement.executeQuery(
                "select 1 from pragma_table_info('cluster') where name = 'rest'")) {
            if (there.next()) {
                return;
            }
        }
        statement.execute("alter table cluster add column rest integer");
    }

    void start() {
        writer.start();
    }

    /// Waits while the disk is far behind. Never with a cluster's lock held: whoever publishes
    /// may need it, and nothing would come off the queue.
    void awaitRoom() {
        if (queue.size() >= MAX_QUEUE) {
            flushed().orTimeout(DISK_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    void append(Cluster cluster, Change change) {
        put(new Entry(cluster, change, null, null));
    }

    void addCluster(Cluster cluster, Runnable then) {
        put(new Entry(null, null, on -> {
            try (PreparedStatement insert = on.prepareStatement(
                    "insert into cluster (id, name, version) values (?, ?, ?)")) {
                insert.setInt(1, cluster.id());
                insert.setString(2, cluster.name());
                insert.setLong(3, cluster.version());
                insert.execute();
            }
        }, then));
    }

    /// Notes that a cluster is at rest: its operators have nothing to do, so that the next start
    /// need not look at it. The next write of one of its objects takes the note away.
    ///
    /// @param next when they have work again, in milliseconds since 1970; 0 for never
    void rest(Cluster cluster, long next) {
        put(new Entry(null, null, on -> {
            try (PreparedStatement update = on.prepareStatement(
                    "update cluster set rest = ? where id = ?")) {
                update.setLong(1, next);
                update.setInt(2, cluster.id());
                update.execute();
            }
        }, null));
    }

    void dropCluster(Cluster cluster, Runnable then) {
        put(new Entry(null, null, on -> {
            for (String table : List.of("object where cluster", "cluster where id")) {
                try (PreparedStatement delete = on.prepareStatement(
                        "delete from " + table + " = ?")) {
                    delete.setInt(1, cluster.id());
                    delete.execute();
                }
            }
        }, then));
    }

    /// Done once everything appended before is on disk and published.
    CompletableFuture<Void> flushed() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        put(new Entry(null, null, null, () -> done.complete(null)));
        return done;
    }

    private void put(Entry entry) {
        queue.add(entry);
    }

    private void run() {
        try {
            List<Entry> batch = new ArrayList<>();
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, MAX_BATCH - 1);
                commit(batch);
                for (Entry entry : batch) {
                    if (entry.change() != null) {
                        entry.cluster().publish(entry.change());
                    }
                    if (entry.then() != null) {
                        entry.then().run();
                    }
                }
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException e) {
            onFailure.accept(e);
        }
    }

    private void commit(List<Entry> batch) throws SQLException {
        Map<Cluster, Long> versions = new HashMap<>();
        try (PreparedStatement upsert = connection.prepareStatement("""
                        insert or replace into object
                            (cluster, type, namespace, name, version, json)
                        values (?, ?, ?, ?, ?, ?)""");
                PreparedStatement delete = connection.prepareStatement("""
                        delete from object
                        where cluster = ? and type = ? and namespace = ? and name = ?""")) {
            for (Entry entry : batch) {
                if (entry.action() != null) {
                    entry.action().on(connection);
                } else if (entry.change() != null) {
                    write(entry, entry.change().removed() ? delete : upsert);
                    versions.put(entry.cluster(), entry.change().version());
                }
            }
        }
        if (!versions.isEmpty()) {
            noteVersions(versions);
        }
        connection.commit();
    }

    private static void write(Entry entry, PreparedStatement statement) throws SQLException {
        Change change = entry.change();
        Key key = change.item().key();
        statement.setInt(1, entry.cluster().id());
        statement.setString(2, key.type());
        statement.setString(3, key.namespace());
        statement.setString(4, key.name());
        if (!change.removed()) {
            statement.setLong(5, change.version());
            statement.setBytes(6, change.now().json());
        }
        statement.execute();
    }

    private void noteVersions(Map<Cluster, Long> versions) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update cluster set version = ?, rest = null where id = ?")) {
            for (Map.Entry<Cluster, Long> one : versions.entrySet()) {
                update.setLong(1, one.getValue());
                update.setInt(2, one.getKey().id());
                update.execute();
            }
        }
    }

    /// Writes what is queued, then stops.
    @Override
    public void close() {
        if (writer.isAlive()) {
            flushed().join();
            writer.interrupt();
        }
        try {
            writer.join();
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close the store", e);
        }
    }
}
