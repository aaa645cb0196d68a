package orrery.kit.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import orrery.kit.access.Grant;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// One open transaction (or read), and the proof that its caller may be here. It is passed on to
/// tables, events and runs, never kept.
public final class Tx {
    private static final Logger LOG = Logger.getLogger(Tx.class);

    private final Handles handles;
    private final Connection connection;
    private final Grant grant;
    private final @Nullable String run;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Runnable> afterRollback = new ArrayList<>();
    private final List<Sql> waiting = new ArrayList<>();
    private @Nullable Handle handle;

    Tx(Handles handles, Connection connection, Grant grant, @Nullable String run) {
        this.handles = handles;
        this.connection = connection;
        this.grant = grant;
        this.run = run;
    }

    /// Jdbi on this transaction. Committing and closing it is not the body's business.
    public Handle handle() {
        flush();
        if (handle == null) {
            handle = handles.on(connection);
        }
        return handle;
    }

    /// Plain JDBC on this transaction, for the few statements that run thousands of times a second.
    public Connection connection() {
        flush();
        return connection;
    }

    public Grant grant() {
        return grant;
    }

    /// The run whose step this is; null outside runs.
    public @Nullable String run() {
        return run;
    }

    /// Writes this together with the commit, in one exchange with the database: for what the
    /// caller needs no answer to. Whatever is asked of this transaction later still sees it.
    public void withCommit(Sql sql) {
        waiting.add(sql);
    }

    void flush() {
        try {
            send("");
        } catch (SQLException e) {
            throw new DatabaseFailure("writing", e);
        }
    }

    /// Sends what waits, if anything does, and `last` behind it.
    private void send(String last) throws SQLException {
        if (!waiting.isEmpty()) {
            var all = List.copyOf(waiting);
            waiting.clear();
            Sql.run(connection, all, last);
        }
    }

    void commit() throws SQLException {
        send("; commit");
        connection.commit();
    }

    /// Done once the transaction is on disk, in order; never if it is not. What it throws is
    /// logged: the change has happened, whatever comes after.
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /// Done if the transaction did not happen, or may not have happened.
    public void afterRollback(Runnable action) {
        afterRollback.add(action);
    }

    /// Gives the connection back.
    void close() {
        try {
            if (handle != null) {
                handle.close();
            } else {
                connection.close();
            }
        } catch (SQLException | JdbiException e) {
            LOG.debugf("closing a connection: %s", e.getMessage());
        }
    }

    void committed() {
        all(afterCommit);
    }

    void rolledBack() {
        all(afterRollback);
    }

    private static void all(List<Runnable> actions) {
        for (var action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("after a transaction", e);
            }
        }
    }
}
