package orrery.kit.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;

/// Numbers that grow when something that processes cache has changed: policies, revocations.
///
/// A process learns of a change within milliseconds. If it may have missed one, because the
/// database has not confirmed the numbers for a second, it asks the table every time: a cut
/// connection never keeps a revoked right alive.
public final class Epochs {
    static final String TOPIC = "epoch";
    private static final Duration TRUSTED = Duration.ofSeconds(1);

    /// What may have changed since a snapshot, and how far this one reaches: whatever it does not
    /// see is of its oldest open transaction, or of a later one.
    private static final String CHANGES = """
            select name, value, pg_snapshot_xmin(pg_current_snapshot())::text
            from (values (1)) as once
            left join epoch on changed_by >= cast(? as xid8)""";
    private static final String BEGINNING = "0";

    private final Database database;
    private final Grant grant;
    private final Signals signals;
    private final Map<String, Long> known = new ConcurrentHashMap<>();
    private final AtomicLong raised = new AtomicLong();
    private String seen = BEGINNING;
    private volatile long confirmed = System.nanoTime() - Duration.ofDays(1).toNanos();

    Epochs(Database database, Grant grant, Signals signals) {
        this.database = database;
        this.grant = grant;
        this.signals = signals;
    }

    /// Raises the number in the transaction of the change itself. Transactions that raise the same
    /// number wait for each other, so this is for what changes rarely.
    public void raise(Tx tx, String name) {
        long value = tx.handle().createQuery("""
                insert into epoch (name, value) values (:name, 1)
                on conflict (name) do update
                set value = epoch.value + 1, changed_by = pg_current_xact_id()
                returning value
                """).bind("name", name).mapTo(long.class).one();
        tx.afterCommit(() -> {
            learn(name, value);
            signals.send(TOPIC);
        });
    }

    /// The number now; 0 if it was never raised. What was computed under another is old.
    public long get(String name) {
        if (confirmedWithin(TRUSTED)) {
            return known.getOrDefault(name, 0L);
        }
        return database.aside(grant, tx -> tx.handle()
                .createQuery("select value from epoch where name = :name")
                .bind("name", name).mapTo(long.class).findOne().orElse(0L));
    }

    /// A number that grows whenever any of them does, as far as this process knows.
    public long total() {
        return raised.get();
    }

    /// Whether the database has confirmed the numbers in the last `age`.
    public boolean confirmedWithin(Duration age) {
        return System.nanoTime() - confirmed < age.toNanos();
    }

    /// Reads the numbers that changed since the last time. They were true when the question left,
    /// not when the answer came. Called by one thread.
    ///
    /// @param all whether to read them all: another connection may reach another server
    /// @return how many were read
    int refresh(Connection connection, boolean all) throws SQLException {
        long asked = System.nanoTime();
        try (var statement = connection.prepareStatement(CHANGES)) {
            statement.setString(1, all ? BEGINNING : seen);
            var reached = BEGINNING;
            int read = 0;
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getString(1) != null) {
                        learn(rows.getString(1), rows.getLong(2));
                        read++;
                    }
                    reached = rows.getString(3);
                }
            }
            seen = reached;
            confirmed = asked;
            return read;
        }
    }

    private void learn(String name, long value) {
        known.compute(name, (same, old) -> {
            if (old != null && old >= value) {
                return old;
            }
            raised.incrementAndGet();
            return value;
        });
    }
}
