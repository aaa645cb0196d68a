package orrery.kit.db;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/// A statement that PostgreSQL refused, or a connection that broke.
public final class DatabaseFailure extends RuntimeException {
    /// @param doing what was going on, in a few words
    public DatabaseFailure(String doing, SQLException cause) {
        super(doing + ": " + cause.getMessage(), cause);
    }

    /// The SQLSTATE of a failure, ours or Jdbi's; empty when no statement was to blame.
    public static String state(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    /// Another row has this unique key (23505).
    public static boolean isDuplicate(Throwable failure) {
        return state(failure).equals("23505");
    }

    /// As [#isDuplicate(Throwable)], of this index.
    public static boolean isDuplicate(Throwable failure, String index) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof PSQLException sql && sql.getServerErrorMessage() != null) {
                return isDuplicate(sql)
                        && index.equals(sql.getServerErrorMessage().getConstraint());
            }
        }
        return false;
    }

    /// PostgreSQL undid this transaction in favour of another: a serialization failure (40001) or
    /// a deadlock (40P01). Trying again is safe and usually works.
    public static boolean isConflict(Throwable failure) {
        return state(failure).equals("40001") || state(failure).equals("40P01");
    }
}
