package orrery.server.auth.client;

import java.time.Instant;
import orrery.kit.db.Tx;

final class AssertionTable {
    private static final String INSERT = """
            insert into client_assertion (hash, expires_at)
            values (:hash, :expires)
            on conflict (hash) do nothing""";

    /// Whether it was not used before.
    boolean insert(Tx tx, byte[] hash, Instant expires) {
        return tx.handle().createUpdate(INSERT).bind("hash", hash).bind("expires", expires)
                .execute() == 1;
    }

    private static final String SWEEP = """
            delete from client_assertion
            where hash in (
                select hash from client_assertion where expires_at < :now limit 100)""";

    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
