package orrery.server.auth.token;

import java.time.Instant;
import orrery.kit.db.Tx;

final class RevokedTokenTable {
    private static final String INSERT = """
            insert into revoked_token (id, expires_at)
            values (:id, :expires)
            on conflict (id) do nothing""";

    /// Whether it was not revoked before.
    boolean insert(Tx tx, String id, Instant expires) {
        return tx.handle().createUpdate(INSERT).bind("id", id).bind("expires", expires)
                .execute() == 1;
    }

    private static final String CONTAINS = """
            select exists (select from revoked_token where id = :id)""";

    boolean contains(Tx tx, String id) {
        return tx.handle().createQuery(CONTAINS).bind("id", id).mapTo(boolean.class).one();
    }

    private static final String SWEEP = """
            delete from revoked_token
            where expires_at < :now""";

    /// Forgets those that have expired anyway.
    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
