package orrery.server.auth.exchange;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;

final class RefreshTokenTable {
    private static final String INSERT = """
            insert into refresh_token (hash, session_id, created_at, expires_at)
            values (:hash, :session, :at, :expires)""";

    void insert(Tx tx, byte[] hash, String session, Instant at, Instant expires) {
        tx.handle().createUpdate(INSERT)
                .bind("hash", hash).bind("session", session)
                .bind("at", at).bind("expires", expires)
                .execute();
    }

    /// Of two that come with the same token at once, one takes it.
    private static final String TAKE = """
            update refresh_token token
            set used_at = :now
            from client_session family
            where token.hash = :hash and token.used_at is null and token.expires_at > :now
              and family.session_id = token.session_id and family.client_id = :client
            returning token.session_id""";

    /// The session of a token that was good until now.
    Optional<String> take(Tx tx, byte[] hash, String client, Instant now) {
        return tx.handle().createQuery(TAKE)
                .bind("hash", hash).bind("client", client).bind("now", now)
                .mapTo(String.class).findOne();
    }

    private static final String USED = """
            select token.session_id
            from refresh_token token
            join client_session family on family.session_id = token.session_id
            where token.hash = :hash and token.used_at is not null
              and family.client_id = :client""";

    /// The session of a token that its client used before.
    Optional<String> used(Tx tx, byte[] hash, String client) {
        return tx.handle().createQuery(USED).bind("hash", hash).bind("client", client)
                .mapTo(String.class).findOne();
    }

    private static final String SESSION = """
            select session_id
            from refresh_token
            where hash = :hash""";

    Optional<String> session(Tx tx, byte[] hash) {
        return tx.handle().createQuery(SESSION).bind("hash", hash)
                .mapTo(String.class).findOne();
    }

    private static final String SWEEP = """
            delete from refresh_token
            where hash in (
                select hash from refresh_token where expires_at < :now limit 100)""";

    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
