package orrery.server.auth.handover;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import orrery.kit.db.Tx;

final class HandoverTable {
    private static final RowMapper<Handover> HANDOVER = (row, context) -> {
        Timestamp ends = row.getTimestamp("token_ends");
        return new Handover(row.getString("address"),
                Handover.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("session_id"), ends == null ? null : ends.toInstant(),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("expires_at").toInstant());
    };

    private static final String FIND = """
            select *
            from handover
            where hash = :hash and expires_at > :now""";

    Optional<Handover> find(Tx tx, byte[] hash, Instant now) {
        return tx.handle().createQuery(FIND).bind("hash", hash).bind("now", now)
                .map(HANDOVER).findOne();
    }

    private static final String LOCK = FIND + "\nfor update";

    /// Held until the transaction ends: of two that come at once, one is first.
    Optional<Handover> lock(Tx tx, byte[] hash, Instant now) {
        return tx.handle().createQuery(LOCK).bind("hash", hash).bind("now", now)
                .map(HANDOVER).findOne();
    }

    private static final String INSERT = """
            insert into handover (hash, address, created_at, expires_at)
            values (:hash, :address, :now, :expires)
            on conflict do nothing""";

    void insert(Tx tx, byte[] hash, String address, Instant now, Instant expires) {
        tx.handle().createUpdate(INSERT).bind("hash", hash).bind("address", address)
                .bind("now", now).bind("expires", expires).execute();
    }

    /// How many there are.
    record Counted(long all, long ofAddress) {}

    private static final String COUNT = """
            select (select count(*) from handover) as all,
                   (select count(*) from handover where address = :address) as of_address""";

    Counted count(Tx tx, String address) {
        return tx.handle().createQuery(COUNT).bind("address", address)
                .mapTo(Counted.class).one();
    }

    private static final String ALLOW = """
            update handover
            set state = 'allowed', session_id = :session, token_ends = :ends
            where hash = :hash""";

    void allow(Tx tx, byte[] hash, String session, Instant ends) {
        tx.handle().createUpdate(ALLOW).bind("hash", hash).bind("session", session)
                .bind("ends", ends).execute();
    }

    private static final String CLOSE = """
            update handover
            set state = :state
            where hash = :hash""";

    void close(Tx tx, byte[] hash, Handover.State state) {
        tx.handle().createUpdate(CLOSE).bind("hash", hash)
                .bind("state", state.name().toLowerCase(Locale.ROOT)).execute();
    }

    private static final String SWEEP = """
            delete from handover
            where expires_at <= :now""";

    void sweep(Tx tx, Instant now) {
        tx.handle().createUpdate(SWEEP).bind("now", now).execute();
    }
}
