package orrery.server.auth.federation;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Jsonb;
import orrery.kit.db.Tx;
import orrery.server.auth.session.Entry;

final class CodeTable {
    /// @param browser hash of the cookie of the browser that it was given to; `null` for any
    record Row(String userId, @Jsonb Entry entry, byte @Nullable [] browser, Instant expiresAt) {}

    private static final String INSERT = """
            insert into federation_code (hash, user_id, entry, browser, expires_at)
            values (:hash, :user, :entry, :browser, :expires)""";

    void insert(Tx tx, byte[] hash, Row row) {
        tx.handle().createUpdate(INSERT)
                .bind("hash", hash)
                .bind("user", row.userId())
                .bind("entry", Json.of(row.entry()))
                .bind("browser", row.browser())
                .bind("expires", row.expiresAt())
                .execute();
    }

    private static final String TAKE = """
            delete from federation_code
            where hash = :hash
            returning user_id, entry, browser, expires_at""";

    /// It is gone afterwards, whoever brought it.
    Optional<Row> take(Tx tx, byte[] hash) {
        return tx.handle().createQuery(TAKE).bind("hash", hash).mapTo(Row.class).findOne();
    }

    private static final String SWEEP = """
            delete from federation_code
            where hash in (
                select hash from federation_code where expires_at < :now limit 100)""";

    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
