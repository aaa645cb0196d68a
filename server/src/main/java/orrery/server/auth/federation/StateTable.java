package orrery.server.auth.federation;

import java.time.Instant;
import orrery.kit.db.Tx;

final class StateTable {
    private static final String INSERT = """
            insert into federation_state (hash, expires_at)
            values (:hash, :expires)
            on conflict (hash) do nothing""";

    /// Whether it had not come back before.
    boolean use(Tx tx, byte[] hash, Instant expires) {
        return tx.handle().createUpdate(INSERT).bind("hash", hash).bind("expires", expires)
                .execute() == 1;
    }

    private static final String SWEEP = """
            delete from federation_state
            where hash in (
                select hash from federation_state where expires_at < :now limit 100)""";

    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
