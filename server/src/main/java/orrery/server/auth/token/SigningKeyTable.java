package orrery.server.auth.token;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;

final class SigningKeyTable {
    static final SealedColumn SEALED = new SealedColumn("signing_key", "id", "sealed_key");

    /// @param algorithm `ES256` or `RS256`
    record Row(String id, String algorithm, byte[] sealedKey, Instant activeFrom) {}

    private static final String INSERT = """
            insert into signing_key (id, algorithm, public_key, sealed_key, active_from, retires_at,
                                     created_at)
            values (:id, :algorithm, :public, :sealed, :from, :until, :at)""";

    void insert(
            Tx tx, Row row, Object publicKey, Instant until, Instant at) {
        tx.handle().createUpdate(INSERT)
                .bind("id", row.id())
                .bind("algorithm", row.algorithm())
                .bind("public", Json.of(publicKey))
                .bind("sealed", row.sealedKey())
                .bind("from", row.activeFrom())
                .bind("until", until)
                .bind("at", at)
                .execute();
    }

    /// Only one process at a time makes a key; the others then find it.
    private static final String LOCK = """
            lock table signing_key in share row exclusive mode""";

    void lock(Tx tx) {
        tx.handle().execute(LOCK);
    }

    private static final String VALID = """
            select id, algorithm, sealed_key, active_from
            from signing_key
            where retires_at > :now
            order by active_from desc, id""";

    /// Those that may have signed a token that still counts, or will, the youngest first.
    List<Row> valid(Tx tx, Instant now) {
        return tx.handle().createQuery(VALID).bind("now", now)
                .map((row, context) -> new Row(row.getString(1), row.getString(2),
                        row.getBytes(3), row.getTimestamp(4).toInstant()))
                .list();
    }
}
