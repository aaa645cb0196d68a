package orrery.kit.http;

import java.util.Optional;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// Keys that requests were sent with, and what was answered.
final class IdempotencyTable {
    /// Seconds after which a key without an answer belongs to a server that died.
    static final int LEASE = 60;
    private static final int SWEPT = 20;

    record Row(String fingerprint, byte @Nullable [] answer) {}

    /// Takes the key; empty when it is ours now, else the row of whoever has it. Rows older than a
    /// day go on the way, a few at a time.
    Optional<Row> take(Tx tx, String id, String fingerprint) {
        tx.handle().createUpdate("""
                delete from idempotency_key where id in (
                  select id from idempotency_key
                  where created_at < now() - interval '24 hours'
                  limit :swept for update skip locked)
                """).bind("swept", SWEPT).execute();
        var taken = tx.handle().createUpdate("""
                insert into idempotency_key (id, fingerprint) values (:id, :fingerprint)
                on conflict (id) do update
                set fingerprint = excluded.fingerprint, created_at = now(), answer = null
                where idempotency_key.created_at < now() - interval '24 hours'
                  or idempotency_key.answer is null
                  and idempotency_key.created_at < now() - make_interval(secs => :lease)
                """)
                .bind("id", id).bind("fingerprint", fingerprint).bind("lease", LEASE)
                .execute();
        if (taken == 1) {
            return Optional.empty();
        }
        return tx.handle().createQuery("""
                select fingerprint, answer from idempotency_key where id = :id
                """)
                .bind("id", id)
                .map((row, _) -> new Row(row.getString("fingerprint"), row.getBytes("answer")))
                .findOne();
    }

    void store(Tx tx, String id, byte[] answer) {
        tx.handle().createUpdate("update idempotency_key set answer = :answer where id = :id")
                .bind("answer", answer).bind("id", id).execute();
    }

    void free(Tx tx, String id) {
        tx.handle().createUpdate("delete from idempotency_key where id = :id")
                .bind("id", id).execute();
    }
}
