package orrery.server.auth.invitation;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

final class InvitationTable {
    private static final String COLUMNS = """
            it.id, it.organization_id, it.project_id, it.email, it.role_key, it.role, it.status,
              it.invited_by, it.accepted_by, it.accepted_at, it.expires_at, it.version,
              it.created_at, it.updated_at""";

    private static final String ALL = """
            (select invitation.id, invitation.organization_id, project_id, email,
                    role as role_key,
                    coalesce(iam_role.name, split_part(role, ':', 2)) as role,
                    state as status, invited_by, accepted_by, accepted_at, expires_at, token_hash,
                    invitation.version, invitation.created_at, invitation.updated_at
             from invitation
             left join iam_role on iam_role.id = role) as it
            """;

    private static final Listing<Invitation> LIST = Listing.of(
            Invitation.class, "invitations", COLUMNS, ALL + """
            where it.organization_id = :organization
              and (:project = '' or it.project_id = :project)""")
            .time("updatedAt", "expiresAt").text("email", "role", "invitedBy", "projectId")
            .oneOf("status", Invitation.Status.class).searching("email");

    private static final String INSERT = """
            insert into invitation (id, organization_id, project_id, email, role, token_hash,
                                    invited_by, sent_at, expires_at, created_at, updated_at)
            values (:id, :organization, :project, :email, :role, :hash, :by, :at, :expires, :at,
                    :at)
            on conflict do nothing""";

    /// Whether nobody of that address was asked before to come there.
    boolean insert(Tx tx, Invitation invitation, byte[] tokenHash) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", invitation.id())
                .bind("organization", invitation.organizationId())
                .bind("project", invitation.projectId())
                .bind("email", invitation.email())
                .bind("role", invitation.roleKey())
                .bind("hash", tokenHash)
                .bind("by", invitation.invitedBy())
                .bind("expires", invitation.expiresAt())
                .bind("at", invitation.createdAt())
                .execute() == 1;
    }

    Page<Invitation> list(Tx tx, Paging paging, PageAsk ask, Scope place) {
        return LIST.page(tx, paging, ask, bound(place));
    }

    private static final String FIND = """
            select %s
            from %swhere it.id = :id and it.organization_id = :organization
              and (:project = '' or it.project_id = :project)""".formatted(COLUMNS, ALL);

    Optional<Invitation> find(Tx tx, String id, Scope place) {
        return tx.handle().createQuery(FIND).bind("id", id).bindMap(bound(place))
                .mapTo(Invitation.class).findOne();
    }

    private static final String BY_TOKEN = """
            select %s
            from %swhere it.token_hash = :hash and it.status = 'pending'
              and it.expires_at > :now""".formatted(COLUMNS, ALL);

    /// The one whose link somebody has, if it still counts.
    Optional<Invitation> byToken(Tx tx, byte[] tokenHash, Instant now) {
        return tx.handle().createQuery(BY_TOKEN).bind("hash", tokenHash).bind("now", now)
                .mapTo(Invitation.class).findOne();
    }

    private static final String OF = """
            select %s
            from %swhere lower(it.email) = lower(:email) and it.status = 'pending'
              and it.expires_at > :now
            order by it.created_at desc, it.id
            limit :limit""".formatted(COLUMNS, ALL);

    /// Those that wait for somebody, the newest first.
    List<Invitation> of(Tx tx, String email, Instant now, int limit) {
        return tx.handle().createQuery(OF).bind("email", email).bind("now", now)
                .bind("limit", limit).mapTo(Invitation.class).list();
    }

    private static final String EXPIRE = """
            update invitation
            set state = 'expired', token_hash = null, updated_at = :now, version = version + 1
            where organization_id = :organization and state = 'pending' and expires_at <= :now""";

    void expire(Tx tx, String organization, Instant now) {
        tx.handle().createUpdate(EXPIRE).bind("organization", organization).bind("now", now)
                .execute();
    }

    private static final String SENT = """
            select count(*)
            from invitation
            where organization_id = :organization and sent_at > :since""";

    long sent(Tx tx, String organization, Instant since) {
        return tx.handle().createQuery(SENT).bind("organization", organization)
                .bind("since", since).mapTo(long.class).one();
    }

    private static final String ACCEPT = """
            update invitation
            set state = 'accepted', token_hash = null, accepted_by = :user, accepted_at = :now,
                updated_at = :now, version = version + 1
            where id = :id and state = 'pending' and expires_at > :now""";

    /// Whether it still counted: of two at once, one does.
    boolean accept(Tx tx, String id, String user, Instant now) {
        return tx.handle().createUpdate(ACCEPT).bind("id", id).bind("user", user)
                .bind("now", now).execute() == 1;
    }

    private static final String REVOKE = """
            update invitation
            set state = 'revoked', token_hash = null, updated_at = :now, version = version + 1
            where id = :id and state = 'pending'""";

    boolean revoke(Tx tx, String id, Instant now) {
        return tx.handle().createUpdate(REVOKE).bind("id", id).bind("now", now).execute() == 1;
    }

    private static final String RENEW = """
            update invitation
            set state = 'pending', token_hash = :hash, expires_at = :expires, sent_at = :now,
                updated_at = :now, version = version + 1
            where id = :id and state in ('pending', 'expired')
              and not exists (
                select from invitation as other
                where other.organization_id = invitation.organization_id
                  and other.project_id is not distinct from invitation.project_id
                  and lower(other.email) = lower(invitation.email)
                  and other.state = 'pending' and other.id <> :id)""";

    boolean renew(Tx tx, String id, byte[] tokenHash, Instant expires, Instant now) {
        return tx.handle().createUpdate(RENEW).bind("id", id).bind("hash", tokenHash)
                .bind("expires", expires).bind("now", now).execute() == 1;
    }

    private static final String LOCK = """
            select pg_advisory_xact_lock(hashtextextended('invitations of ' || :organization, 0))
            """;

    /// Makes those who invite to one organization wait for each other, so that none is counted
    /// twice or not at all.
    void lock(Tx tx, String organization) {
        tx.handle().createQuery(LOCK).bind("organization", organization).mapToMap().list();
    }

    private static Map<String, @Nullable Object> bound(Scope place) {
        var bound = new HashMap<String, @Nullable Object>();
        bound.put("organization", place.organization());
        bound.put("project", place.project() == null ? "" : place.project());
        return bound;
    }
}
