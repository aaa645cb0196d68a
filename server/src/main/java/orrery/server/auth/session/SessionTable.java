package orrery.server.auth.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
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
            row.getString("client_id"),
            row.getString("parent_id"),
            row.getString("actor_id"),
            instant(row, "authenticated_at"),
            Proof.read(List.of((String[]) row.getArray("amr").getArray())),
            instant(row, "last_seen_at"),
            row.getString("address"),
            row.getString("user_agent"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("expires_at").toInstant(),
            row.getString("bound_to"),
            row.getString("provider_id"));

    private static final String INSERT = """
            insert into session (id, user_id, organization_id, project_id, cookie_hash, token_id,
                                 client_id, parent_id, actor_id, authenticated_at, amr,
                                 last_seen_at, address, user_agent, created_at, expires_at,
                                 bound_to, provider_id)
            values (:id, :user, :organization, :project, :cookie, :token, :client, :parent, :actor,
                    :authenticated, :amr, :seen, :address, :agent, :created, :expires, :bound,
                    :provider)""";

    void insert(Tx tx, Session session, byte @Nullable [] cookieHash) {
        tx.handle().createUpdate(INSERT)
                .bind("id", session.id())
                .bind("user", session.userId())
                .bind("organization", session.home().organization())
                .bind("project", session.home().project())
                .bind("cookie", cookieHash)
                .bind("token", session.tokenId())
                .bind("client", session.clientId())
                .bind("parent", session.parentId())
                .bind("actor", session.actorId())
                .bind("authenticated", session.authenticatedAt())
                .bindArray("amr", String.class, session.proof().amr())
                .bind("seen", session.lastSeenAt())
                .bind("address", session.address())
                .bind("agent", session.userAgent())
                .bind("created", session.createdAt())
                .bind("expires", session.expiresAt())
                .bind("bound", session.boundTo())
                .bind("provider", session.providerId())
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

    private static final String OF_USER = """
            select *
            from session
            where user_id = :user and ended_at is null and expires_at > :now
            order by created_at desc, id
            limit :limit""";

    /// The live ones, the newest first.
    List<Session> ofUser(Tx tx, String user, Instant now, int limit) {
        return tx.handle().createQuery(OF_USER).bind("user", user).bind("now", now)
                .bind("limit", limit).map(SESSION).list();
    }

    /// Of two that come with the same token at once, one gets a new one.
    private static final String RENEW = """
            update session
            set token_id = :new, expires_at = :expires, last_seen_at = :now
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

    private static final String AGAIN = """
            update session
            set cookie_hash = :cookie, authenticated_at = :now, amr = :amr, last_seen_at = :now,
                provider_id = :provider
            where id = :id
            returning *""";

    /// The session under a new cookie, after the person proved once more who they are.
    Session again(Tx tx, String id, byte[] cookieHash, Entry entry, Instant now) {
        return tx.handle().createQuery(AGAIN).bind("id", id).bind("cookie", cookieHash)
                .bindArray("amr", String.class, entry.proof().amr())
                .bind("provider", entry.providerId()).bind("now", now).map(SESSION).one();
    }

    private static final String PROVED = """
            update session
            set amr = :amr
            where id = :id""";

    void proved(Tx tx, String id, Proof proof) {
        tx.handle().createUpdate(PROVED).bind("id", id)
                .bindArray("amr", String.class, proof.amr()).execute();
    }

    /// Of two that move it with the same token at once, one does.
    private static final String MOVE = """
            update session
            set organization_id = :organization, project_id = :project, token_id = :new,
                last_seen_at = :now
            where id = :id and token_id is not distinct from :old and ended_at is null
            returning *""";

    Optional<Session> move(
            Tx tx, Session session, Scope home, @Nullable String newToken, Instant now) {
        return tx.handle().createQuery(MOVE)
                .bind("id", session.id()).bind("organization", home.organization())
                .bind("project", home.project()).bind("old", session.tokenId())
                .bind("new", newToken).bind("now", now)
                .map(SESSION).findOne();
    }

    private static final String SEEN = """
            update session
            set last_seen_at = :now
            where id = :id""";

    void seen(Tx tx, String id, Instant now) {
        tx.handle().createUpdate(SEEN).bind("id", id).bind("now", now).execute();
    }

    private static final String END = """
            update session
            set ended_at = :now
            where (id = :id or parent_id = :id) and ended_at is null
            returning id, user_id""";

    /// A session that has just ended.
    record Ended(String id, String userId) {}

    /// The session and those below it, as far as they had not ended before.
    List<Ended> end(Tx tx, String id, Instant now) {
        return tx.handle().createQuery(END).bind("id", id).bind("now", now)
                .mapTo(Ended.class).list();
    }

    private static final String END_OF_CLIENT = """
            update session
            set ended_at = :now
            where client_id = :client and (:user::text is null or user_id = :user)
              and ended_at is null
            returning id, user_id""";

    /// @param user whose alone; `null` for everybody's
    List<Ended> endOfClient(Tx tx, String client, @Nullable String user, Instant now) {
        return tx.handle().createQuery(END_OF_CLIENT)
                .bind("client", client).bind("user", user).bind("now", now)
                .mapTo(Ended.class).list();
    }

    private static final String END_OF_PROVIDER = """
            update session
            set ended_at = :now
            where provider_id = :provider and ended_at is null
            returning id, user_id""";

    List<Ended> endOfProvider(Tx tx, String provider, Instant now) {
        return tx.handle().createQuery(END_OF_PROVIDER)
                .bind("provider", provider).bind("now", now)
                .mapTo(Ended.class).list();
    }

    private static final String END_OTHERS = """
            update session
            set ended_at = :now
            where user_id = :user and ended_at is null
              and (:kept::text is null
                   or id <> :kept and parent_id is distinct from :kept)
            returning id, user_id""";

    /// @param kept goes on, with those below it; `null` for none
    List<Ended> endOthers(Tx tx, String user, @Nullable String kept, Instant now) {
        return tx.handle().createQuery(END_OTHERS)
                .bind("user", user).bind("kept", kept).bind("now", now)
                .mapTo(Ended.class).list();
    }

    private static final String END_ALL = """
            update session
            set ended_at = :now
            where user_id = :user and ended_at is null
              and (:organization::text is null or organization_id = :organization)""";

    /// @param organization whose sessions end; `null` for all
    void endAll(Tx tx, String user, @Nullable String organization, Instant now) {
        tx.handle().createUpdate(END_ALL)
                .bind("user", user).bind("organization", organization).bind("now", now)
                .execute();
    }

    private static final String END_OF_ORGANIZATION = """
            update session
            set ended_at = :now
            where organization_id = :organization and ended_at is null""";

    void endOfOrganization(Tx tx, String organization, Instant now) {
        tx.handle().createUpdate(END_OF_ORGANIZATION)
                .bind("organization", organization).bind("now", now)
                .execute();
    }

    private static final String END_SINGLE = """
            update session
            set ended_at = :now
            where organization_id = :organization and ended_at is null
              and not 'mfa' = any(amr)
            returning id, user_id""";

    /// Those in an organization for which one factor was shown.
    List<Ended> endSingle(Tx tx, String organization, Instant now) {
        return tx.handle().createQuery(END_SINGLE)
                .bind("organization", organization).bind("now", now)
                .mapTo(Ended.class).list();
    }

    private static final String SWEEP = """
            delete from session
            where id in (select id from session where expires_at < :before limit 1000)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }

    /// Sessions from before these columns were proved, and seen, when they were opened.
    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return (time == null ? row.getTimestamp("created_at") : time).toInstant();
    }
}
