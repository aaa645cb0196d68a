package orrery.server.auth.session;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

final class SessionTable {
    private static final RowMapper<Session> SESSION = (row, context) -> new Session(
            row.getString("id"),
            row.getString("user_id"),
            Scope.project(row.getString("organization_id"), row.getString("project_id")),
            row.getString("token_id"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("expires_at").toInstant());

    private static final String INSERT = """
            insert into session (id, user_id, organization_id, project_id, cookie_hash, token_id,
                                 address, created_at, expires_at)
            values (:id, :user, :organization, :project, :cookie, :token, :address, :created,
                    :expires)""";

    void insert(Tx tx, Session session, byte @Nullable [] cookieHash, @Nullable String address) {
        tx.handle().createUpdate(INSERT)
                .bind("id", session.id())
                .bind("user", session.userId())
                .bind("organization", session.home().organization())
                .bind("project", session.home().project())
                .bind("cookie", cookieHash)
                .bind("token", session.tokenId())
                .bind("address", address)
                .bind("created", session.createdAt())
                .bind("expires", session.expiresAt())
                .execute();
    }

    private static final String LIVE = """
            select *
            from session
            where id = :id and ended_at is null and expires_at > :now""";

    Optional<Session> live(Tx tx, String id, Instant now) {
        return tx.handle().createQuery(LIVE).bind("id", id).bind("now", now)
                .map(SESSION).findOne();
    }

    private static final String BY_COOKIE = """
            select *
            from session
            where cookie_hash = :cookie and ended_at is null and expires_at > :now""";

    Optional<Session> byCookie(Tx tx, byte[] cookieHash, Instant now) {
        return tx.handle().createQuery(BY_COOKIE).bind("cookie", cookieHash).bind("now", now)
                .map(SESSION).findOne();
    }

    /// Of two that come with the same token at once, one gets a new one.
    private static final String RENEW = """
            update session
            set token_id = :new, expires_at = :expires
            where id = :id and token_id = :old and ended_at is null and expires_at > :now""";

    boolean renew(Tx tx, Session session, String newToken, Instant expires, Instant now) {
        return tx.handle().createUpdate(RENEW)
                .bind("id", session.id())
                .bind("old", session.tokenId())
                .bind("new", newToken)
                .bind("expires", expires)
                .bind("now", now)
                .execute() == 1;
    }

    private static final String END = """
            update session
            set ended_at = :now
            where id = :id and ended_at is null
            returning user_id""";

    /// The user whose session it was; empty when it had ended before.
    Optional<String> end(Tx tx, String id, Instant now) {
        return tx.handle().createQuery(END).bind("id", id).bind("now", now)
                .mapTo(String.class).findOne();
    }

    private static final String SWEEP = """
            delete from session
            where id in (select id from session where expires_at < :before limit 1000)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }
}
