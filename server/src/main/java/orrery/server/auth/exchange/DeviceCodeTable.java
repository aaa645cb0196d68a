package orrery.server.auth.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;

final class DeviceCodeTable {
    /// @param pause seconds between two questions of the device
    /// @param parentId the browser's session that it was allowed in
    record Row(
            byte[] hash, String userCode, String clientId, List<String> scopes,
            @Nullable String address, State state, @Nullable String userId,
            @Nullable String parentId, int pause, @Nullable Instant askedAt,
            Instant createdAt, Instant expiresAt) {}

    enum State { PENDING, ALLOWED, DENIED, USED }

    private static final String INSERT = """
            insert into device_code (hash, user_code, client_id, scopes, address, pause,
                                     created_at, expires_at)
            values (:hash, :code, :client, :scopes, :address, :pause, :at, :expires)
            on conflict (user_code) do nothing""";

    /// Whether no other device has that code for its person.
    boolean insert(Tx tx, Row row) {
        return tx.handle().createUpdate(INSERT)
                .bind("hash", row.hash())
                .bind("code", row.userCode())
                .bind("client", row.clientId())
                .bindByType("scopes", row.scopes().toArray(String[]::new), String[].class)
                .bind("address", row.address())
                .bind("pause", row.pause())
                .bind("at", row.createdAt())
                .bind("expires", row.expiresAt())
                .execute() == 1;
    }

    private static final String LOCK = """
            select *
            from device_code
            where hash = :hash and client_id = :client
            for update""";

    Optional<Row> lock(Tx tx, byte[] hash, String client) {
        return tx.handle().createQuery(LOCK).bind("hash", hash).bind("client", client)
                .mapTo(Row.class).findOne();
    }

    private static final String PENDING = """
            select *
            from device_code
            where user_code = :code and state = 'pending' and expires_at > :now""";

    Optional<Row> pending(Tx tx, String userCode, Instant now) {
        return tx.handle().createQuery(PENDING).bind("code", userCode).bind("now", now)
                .mapTo(Row.class).findOne();
    }

    private static final String ANSWER = """
            update device_code
            set state = :state, user_id = :user, parent_id = :parent
            where user_code = :code and state = 'pending' and expires_at > :now""";

    /// Whether the device still waited.
    boolean answer(
            Tx tx, String userCode, boolean allowed, String user, String parent, Instant now) {
        return tx.handle().createUpdate(ANSWER)
                .bind("code", userCode)
                .bind("state", allowed ? "allowed" : "denied")
                .bind("user", user)
                .bind("parent", parent)
                .bind("now", now)
                .execute() == 1;
    }

    private static final String DENY = """
            update device_code
            set state = 'denied'
            where user_id = :user and client_id = :client and state = 'allowed'""";

    void deny(Tx tx, String user, String client) {
        tx.handle().createUpdate(DENY).bind("user", user).bind("client", client).execute();
    }

    private static final String ASKED = """
            update device_code
            set asked_at = :now, pause = :pause
            where hash = :hash""";

    void asked(Tx tx, byte[] hash, Duration pause, Instant now) {
        tx.handle().createUpdate(ASKED).bind("hash", hash)
                .bind("pause", (int) pause.toSeconds()).bind("now", now).execute();
    }

    private static final String USED = """
            update device_code
            set state = 'used'
            where hash = :hash""";

    void used(Tx tx, byte[] hash) {
        tx.handle().createUpdate(USED).bind("hash", hash).execute();
    }

    private static final String SWEEP = """
            delete from device_code
            where hash in (
                select hash from device_code where expires_at < :before limit 100)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }
}
