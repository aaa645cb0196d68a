package orrery.kit.db;

import io.agroal.api.AgroalDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The only door to PostgreSQL: no SQL without a [Grant], and one transaction at a time.
public final class Database implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Database.class);
    private static final int ATTEMPTS = 4;

    private final AgroalDataSource writers;
    private final AgroalDataSource readers;
    private final Handles handles = new Handles();
    /// What this thread has open. A second transaction beside it could wait for it forever.
    private final ThreadLocal<@Nullable Transaction> open = new ThreadLocal<>();
    private volatile TxAction beforeCommit = _ -> {};

    private Database(AgroalDataSource writers, AgroalDataSource readers) {
        this.writers = writers;
        this.readers = readers;
    }

    /// Connects, and brings the tables to the newest shape.
    ///
    /// @param owners whose migrations run after kit's own: the folders below `db/`
    public static Database open(Address address, Limits limits, String... owners) {
        try {
            var database = new Database(
                    Pool.writers(address, limits), Pool.readers(address, limits));
            try {
                var all = new ArrayList<>(List.of("kit"));
                all.addAll(List.of(owners));
                Migrations.run(database.writers, all);
                return database;
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("no connection to " + address + ": "
                    + e.getMessage(), e);
        }
    }

    /// Runs `body` in one transaction: all of it happens, or, when it throws, nothing.
    ///
    /// The body does nothing but SQL: after a deadlock or a serialization failure it runs again.
    /// It is not run again when the commit itself was cut off, since that may have happened.
    ///
    /// @throws Problem.Failure what the body throws; [Problem.Unavailable] when no connection is
    ///     to be had
    public <T> T tx(Grant grant, TxBody<T> body) {
        for (int attempt = 1; ; attempt++) {
            var transaction = begin(grant, null);
            try {
                var result = body.in(transaction.tx());
                beforeCommit.in(transaction.tx());
                transaction.commit();
                return result;
            } catch (RuntimeException e) {
                transaction.rollback();
                if (attempt == ATTEMPTS || !DatabaseFailure.isConflict(e)) {
                    throw e;
                }
            } catch (Error e) {
                transaction.rollback();
                throw e;
            }
            pause(attempt);
        }
    }

    /// Has `action` run at the end of every [#tx], inside it: what it throws undoes the whole.
    public void beforeCommit(TxAction action) {
        beforeCommit = action;
    }

    /// As [#tx], without a result.
    public void write(Grant grant, TxAction body) {
        tx(grant, tx -> {
            body.in(tx);
            return true;
        });
    }

    /// Runs `body` on a connection that refuses writes. Each statement sees what is committed when
    /// it begins; there is no transaction around them.
    public <T> T read(Grant grant, TxBody<T> body) {
        settle();
        return aside(grant, body);
    }

    /// As [#read], also beside a transaction that this thread has open, whose changes it does not
    /// see. For questions that must be answered from what is committed.
    public <T> T aside(Grant grant, TxBody<T> body) {
        var tx = new Tx(handles, acquire(readers), grant, null);
        try {
            var result = body.in(tx);
            // A write has no commit to travel with here, and is refused.
            tx.flush();
            return result;
        } finally {
            tx.close();
        }
    }

    /// Opens a transaction that the caller ends. For the run engine, which writes its journal
    /// into the transaction of a step; everybody else calls [#tx].
    ///
    /// @param run the run whose step this is
    public Transaction begin(Grant grant, @Nullable String run) {
        settle();
        var connection = acquire(writers);
        var tx = new Tx(handles, connection, grant, run);
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            tx.close();
            throw new DatabaseFailure("cannot begin", e);
        }
        var transaction = new Transaction(tx, connection, open::remove);
        open.set(transaction);
        return transaction;
    }

    /// The pool itself, for libraries that bring their own SQL.
    public DataSource dataSource(Grant grant) {
        return writers;
    }

    @Override
    public void close() {
        writers.close();
        readers.close();
    }

    /// Ends a transaction that was left open for more to be added; nothing more will be.
    private void settle() {
        var transaction = open.get();
        if (transaction == null) {
            return;
        }
        if (!transaction.isDeferred()) {
            throw new IllegalStateException("this thread has a transaction open: pass its Tx on");
        }
        transaction.settle();
    }

    private static Connection acquire(AgroalDataSource pool) {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            LOG.warnf("no database connection: %s", e.getMessage());
            throw new Problem.Unavailable("the database", Duration.ofSeconds(1)).raise();
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(5L << attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Unavailable("the database", Duration.ofSeconds(1)).raise();
        }
    }
}
