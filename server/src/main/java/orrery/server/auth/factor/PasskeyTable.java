package orrery.server.auth.factor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;

final class PasskeyTable {
    record Row(
            String id, String userId, String name, byte[] credentialId, byte[] publicKey,
            long signatures, Instant createdAt, @Nullable Instant lastUsedAt) {
        Factor factor() {
            return new Factor(id, Factor.Kind.PASSKEY, name, createdAt, lastUsedAt);
        }
    }

    private static final String INSERT = """
            insert into passkey (id, user_id, name, credential_id, public_key, signatures,
                                 created_at)
            values (:id, :user, :name, :credential, :key, :signatures, :at)
            on conflict do nothing""";

    /// Whether nobody has it yet.
    boolean insert(Tx tx, Row row) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", row.id()).bind("user", row.userId()).bind("name", row.name())
                .bind("credential", row.credentialId()).bind("key", row.publicKey())
                .bind("signatures", row.signatures()).bind("at", row.createdAt())
                .execute() == 1;
    }

    private static final String OF = """
            select *
            from passkey
            where user_id = :user
            order by created_at, id""";

    List<Row> of(Tx tx, String user) {
        return tx.handle().createQuery(OF).bind("user", user).mapTo(Row.class).list();
    }

    private static final String BY_CREDENTIAL = """
            select *
            from passkey
            where credential_id = :credential
            for update""";

    /// Of two that come with the same one at once, one waits for the other.
    Optional<Row> byCredential(Tx tx, byte[] credential) {
        return tx.handle().createQuery(BY_CREDENTIAL).bind("credential", credential)
                .mapTo(Row.class).findOne();
    }

    private static final String USED = """
            update passkey
            set signatures = :signatures, last_used_at = :now
            where id = :id""";

    void used(Tx tx, String id, long signatures, Instant now) {
        tx.handle().createUpdate(USED).bind("id", id).bind("signatures", signatures)
                .bind("now", now).execute();
    }

    private static final String DELETE = """
            delete from passkey
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static final String SWEEP = """
            delete from passkey_answer
            where hash in (
                select hash from passkey_answer where expires_at < :now limit 100
                for update skip locked)""";

    private static final String ANSWER = """
            insert into passkey_answer (hash, expires_at)
            values (:hash, :expires)
            on conflict do nothing""";

    /// Whether a challenge was not answered before.
    boolean answer(Tx tx, byte[] hash, Instant now, Instant expires) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
        return tx.handle().createUpdate(ANSWER).bind("hash", hash).bind("expires", expires)
                .execute() == 1;
    }
}
