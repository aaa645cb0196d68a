package orrery.server.auth.login;

import java.time.Instant;
import orrery.kit.db.Tx;

final class InstallationTable {
    /// Of two who are first at once, the second waits here for the first, then gets nothing.
    private static final String FOUND = """
            insert into installation (founder_id, founded_at)
            values (:founder, :at)
            on conflict (one) do nothing""";

    /// Whether this is the first user.
    boolean found(Tx tx, String founder, Instant at) {
        return tx.handle().createUpdate(FOUND).bind("founder", founder).bind("at", at)
                .execute() == 1;
    }

    private static final String IS_FOUNDED = """
            select exists (select from installation)""";

    boolean isFounded(Tx tx) {
        return tx.handle().createQuery(IS_FOUNDED).mapTo(boolean.class).one();
    }
}
