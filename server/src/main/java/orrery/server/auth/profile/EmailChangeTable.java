package orrery.server.auth.profile;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;

final class EmailChangeTable {
    /// @param hash of the secret in the link
    record Row(String userId, String email, byte[] hash, Instant expiresAt) {}

    /// A newer wish takes the place of an older one.
    private static final String SET = """
            insert into email_change (user_id, email, hash, expires_at)
            values (:user, :email, :hash, :expires)
            on conflict (user_id) do update
            set email = excluded.email, hash = excluded.hash, expires_at = excluded.expires_at""";

    void set(Tx tx, Row row) {
        tx.handle().createUpdate(SET)
                .bind("user", row.userId()).bind("email", row.email()).bind("hash", row.hash())
                .bind("expires", row.expiresAt())
                .execute();
    }

    private static final String FIND = """
            select *
            from email_change
            where hash = :hash and expires_at > :now""";

    Optional<Row> find(Tx tx, byte[] hash, Instant now) {
        return tx.handle().createQuery(FIND).bind("hash", hash).bind("now", now)
                .mapTo(Row.class).findOne();
    }

    private static final String OF = """
            select email
            from email_change
            where user_id = :user and expires_at > :now""";

    /// The address that waits for its proof.
    Optional<String> of(Tx tx, String user, Instant now) {
        return tx.handle().createQuery(OF).bind("user", user).bind("now", now)
                .mapTo(String.class).findOne();
    }

    private static final String TAKE = """
            delete from email_change
            where hash = :hash""";

    /// Whether it was there: of two who come at once, one takes it.
    boolean take(Tx tx, byte[] hash) {
        return tx.handle().createUpdate(TAKE).bind("hash", hash).execute() == 1;
    }
}
