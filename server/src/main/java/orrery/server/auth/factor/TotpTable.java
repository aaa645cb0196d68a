package orrery.server.auth.factor;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import org.jspecify.annotations.Nullable;

final class TotpTable {
    static final SealedColumn SEALED = new SealedColumn("totp", "user_id", "sealed_secret");

    record Row(
            String userId, String id, byte[] sealedSecret, long lastStep, Instant createdAt,
            @Nullable Instant lastUsedAt) {}

    /// A new one takes the place of an old one.
    private static final String SET = """
            insert into totp (user_id, id, sealed_secret, last_step, created_at)
            values (:user, :id, :secret, :step, :at)
            on conflict (user_id) do update
            set id = excluded.id, sealed_secret = excluded.sealed_secret,
                last_step = excluded.last_step, created_at = excluded.created_at,
                last_used_at = null""";

    void set(Tx tx, Row row) {
        tx.handle().createUpdate(SET)
                .bind("user", row.userId()).bind("id", row.id())
                .bind("secret", row.sealedSecret()).bind("step", row.lastStep())
                .bind("at", row.createdAt())
                .execute();
    }

    private static final String OF = """
            select *
            from totp
            where user_id = :user""";

    Optional<Row> of(Tx tx, String user) {
        return tx.handle().createQuery(OF).bind("user", user).mapTo(Row.class).findOne();
    }

    /// Of two that come with the same code at once, one counts.
    private static final String USE = """
            update totp
            set last_step = :step, last_used_at = :now
            where user_id = :user and last_step < :step""";

    boolean use(Tx tx, String user, long step, Instant now) {
        return tx.handle().createUpdate(USE)
                .bind("user", user).bind("step", step).bind("now", now)
                .execute() == 1;
    }

    private static final String DELETE = """
            delete from totp
            where user_id = :user""";

    boolean delete(Tx tx, String user) {
        return tx.handle().createUpdate(DELETE).bind("user", user).execute() == 1;
    }
}
