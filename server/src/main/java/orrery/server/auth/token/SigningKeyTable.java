package orrery.server.auth.token;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;

final class SigningKeyTable {
    static final SealedColumn SEALED = new SealedColumn("signing_key", "id", "sealed_key");

    record Row(String id, byte[] sealedKey, Instant activeFrom) {}

    private static final String INSERT = """
            insert into signing_key (id, public_key, sealed_key, active_from, retires_at,
                                     created_at)
            values (:id, :public, :sealed, :from, :until, :at)""";

    void insert(
            Tx tx, String id, Object publicKey, byte[] sealedKey, Instant from, Instant until,
            Instant at) {
        tx.handle().createUpdate(INSERT)
                .bind("id", id)
                .bind("public", Json.of(publicKey))
                .bind("sealed", sealedKey)
                .bind("from", from)
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
            select id, sealed_key, active_from
            from signing_key
            where retires_at > :now
            order by active_from desc, id""";

    /// Those that may have signed a token that still counts, or will, the youngest first.
    List<Row> valid(Tx tx, Instant now) {
        return tx.handle().createQuery(VALID).bind("now", now)
                .map((row, context) -> new Row(row.getString(1), row.getBytes(2),
                        row.getTimestamp(3).toInstant()))
                .list();
    }
}
