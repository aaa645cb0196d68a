package orrery.kit.db;

import java.sql.Connection;
import java.sql.SQLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// An open transaction whose end its maker decides. See [Database#begin].
public final class Transaction {
    private static final Logger LOG = Logger.getLogger(Transaction.class);

    private final Tx tx;
    private final Connection connection;
    private final Runnable ended;
    private @Nullable Runnable rest;
    private boolean over;

    Transaction(Tx tx, Connection connection, Runnable ended) {
        this.tx = tx;
        this.connection = connection;
        this.ended = ended;
    }

    public Tx tx() {
        return tx;
    }

    /// Leaves it open although its body is done, so that more may be added to the same commit.
    /// `rest` ends it as soon as this thread turns to the database again.
    public void defer(Runnable rest) {
        this.rest = rest;
    }

    boolean isDeferred() {
        return rest != null;
    }

    void settle() {
        var last = rest;
        rest = null;
        if (last != null) {
            last.run();
        }
    }

    /// Makes it happen, then runs the hooks.
    ///
    /// @throws DatabaseFailure when it did not happen, or when nobody knows whether it did
    public void commit() {
        over = true;
        try {
            tx.commit();
        } catch (SQLException e) {
            undo();
            throw new DatabaseFailure("cannot commit", e);
        }
        close();
        tx.committed();
    }

    /// Undoes it. Harmless after the end.
    public void rollback() {
        if (over) {
            return;
        }
        over = true;
        undo();
    }

    private void undo() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is broken, which undoes it as well.
            LOG.debugf("rollback: %s", e.getMessage());
        }
        close();
        tx.rolledBack();
    }

    private void close() {
        rest = null;
        ended.run();
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            LOG.debugf("end of transaction: %s", e.getMessage());
        }
        tx.close();
    }
}
