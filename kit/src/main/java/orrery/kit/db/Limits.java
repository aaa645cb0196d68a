package orrery.kit.db;

import java.time.Duration;

/// What one process may take of the database.
///
/// @param writers           connections for transactions
/// @param readers           connections for reads, which the server refuses to write on
/// @param acquire           how long a caller waits for a free connection
/// @param statement         the longest that one statement may run
/// @param lock              the longest that one statement may wait for a lock
/// @param idleInTransaction how long an open transaction may do nothing before the server ends it:
///                          a frozen process must not keep its row locks longer than its leases
public record Limits(
        int writers,
        int readers,
        Duration acquire,
        Duration statement,
        Duration lock,
        Duration idleInTransaction) {

    public static final Limits DEFAULT = new Limits(16, 8, Duration.ofSeconds(5),
            Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(6));

    /// The same with another lease, for tests that freeze processes.
    public Limits withIdleInTransaction(Duration limit) {
        return new Limits(writers, readers, acquire, statement, lock, limit);
    }

    /// The session settings as PostgreSQL's start-up packet carries them.
    String options(boolean readOnly) {
        return "-c statement_timeout=" + statement.toMillis()
                + " -c lock_timeout=" + lock.toMillis()
                + " -c idle_in_transaction_session_timeout=" + idleInTransaction.toMillis()
                + " -c default_transaction_read_only=" + (readOnly ? "on" : "off");
    }
}
