package orrery.kit.http;

import java.util.Optional;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// Keys that requests were sent with, and what was answered.
final class IdempotencyTable {
    /// Seconds after which a key without an answer belongs to a server that died.
    static final int LEASE = 60;
    private static final int SWEPT = 20;

    /// @param lost it was acted on, and whoever did died before the answer was kept
    record Row(String fingerprint, byte @Nullable [] answer, boolean lost) {}

    /// Takes the key; empty when it is ours now, else the row of whoever has it. Rows older than a
    /// day go on the way, a few at a time.
    Optional<Row> take(Tx tx, String id, String fingerprint, String holder) {
        tx.handle().createUpdate("""
                delete from idempotency_key where id in (
                  select id from idempotency_key
                  where created_at < now() - interval '24 hours'
                  limit :swept for update skip locked)
                """).bind("swept", SWEPT).execute();
        var taken = tx.handle().createUpdate("""
                insert into idempotency_key (id, fingerprint, holder)
                values (:id, :fingerprint, :holder)
                on conflict (id) do update
                set fingerprint = excluded.fingerprint, holder = excluded.holder,
                  created_at = now(), answer = null, acted = false
                where idempotency_key.created_at < now() - interval '24 hours'
                  or idempotency_key.answer is null and not idempotency_key.acted
                  and idempotency_key.created_at < now() - make_interval(secs => :lease)
                """)
                .bind("id", id).bind("fingerprint", fingerprint).bind("holder", holder)
                .bind("lease", LEASE)
                .execute();
        if (taken == 1) {
            return Optional.empty();
        }
        return tx.handle().createQuery("""
                select fingerprint, answer, answer is null and acted
                  and created_at < now() - make_interval(secs => :lease) as lost
                from idempotency_key where id = :id
                """)
                .bind("id", id).bind("lease", LEASE)
                .map((row, _) -> new Row(row.getString("fingerprint"), row.getBytes("answer"),
                        row.getBoolean("lost")))
                .findOne();
    }

    /// Notes that this transaction acts on the key; false when somebody else holds it by now.
    boolean act(Tx tx, String id, String holder) {
        return tx.handle().createUpdate("""
                update idempotency_key set acted = true where id = :id and holder = :holder
                """)
                .bind("id", id).bind("holder", holder).execute() == 1;
    }

    void store(Tx tx, String id, String holder, byte[] answer) {
        tx.handle().createUpdate("""
                update idempotency_key set answer = :answer where id = :id and holder = :holder
                """)
                .bind("id", id).bind("holder", holder).bind("answer", answer).execute();
    }

    /// Frees the key, unless it was acted on; whether it is free now.
    boolean free(Tx tx, String id, String holder) {
        return tx.handle().createUpdate("""
                delete from idempotency_key where id = :id and holder = :holder and not acted
                """)
                .bind("id", id).bind("holder", holder).execute() == 1;
    }
}
