package orrery.server.iam.user;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Expression;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

final class MemberTable {
    private static final String COLUMNS = """
            it.id, it.name, it.email, it.display_name, it.organization_id, it.status,
              array(select coalesce(iam_role.name, split_part(policy.role, ':', 2))
                    from policy
                    left join iam_role on iam_role.id = policy.role
                    where principal_kind = 'user' and principal_id = it.id
                      and policy.organization_id is not distinct from it.organization_id
                      and project_id is null
                    order by 1) as roles,
              it.version, it.created_at, it.updated_at""";

    private static final String MEMBERS = """
            (select iam_user.id, username as name, email, iam_user.name as display_name,
                    organization_id,
                    case when iam_user.state = 'active' then member.state
                         else iam_user.state end as status,
                    member.version, member.created_at, member.updated_at
             from member
             join iam_user on iam_user.id = user_id
             where organization_id = :organization) as it
            where true""";

    private static final String ACCOUNTS = """
            (select id, username as name, email, name as display_name, null as organization_id,
                    state as status, version, created_at, updated_at
             from iam_user) as it
            where true""";

    private static final Listing<Member> IN_ORGANIZATION = listing(MEMBERS);
    private static final Listing<Member> EVERYWHERE = listing(ACCOUNTS);

    private static Listing<Member> listing(String from) {
        return Listing.of(Member.class, "users", COLUMNS, from)
                .time("updatedAt").text("name", "email", "displayName")
                .oneOf("status", User.State.class).searching("name", "email", "displayName");
    }

    Page<Member> list(Tx tx, Paging paging, PageAsk ask, String organization,
            @Nullable Expression which) {
        return IN_ORGANIZATION.page(
                tx, paging, ask, Map.of("organization", organization), which);
    }

    Page<Member> listEverywhere(Tx tx, Paging paging, PageAsk ask, @Nullable Expression which) {
        return EVERYWHERE.page(tx, paging, ask, Map.of(), which);
    }

    private static final String FIND = """
            select %s
            from %s and (it.id = :key or it.name = :key)""".formatted(COLUMNS, MEMBERS);

    /// @param key identifier or username
    Optional<Member> find(Tx tx, String organization, String key) {
        return tx.handle().createQuery(FIND)
                .bind("organization", organization).bind("key", key)
                .mapTo(Member.class).findOne();
    }

    private static final String FIND_EVERYWHERE = """
            select %s
            from %s and (it.id = :key or it.name = :key)""".formatted(COLUMNS, ACCOUNTS);

    Optional<Member> findEverywhere(Tx tx, String key) {
        return tx.handle().createQuery(FIND_EVERYWHERE).bind("key", key)
                .mapTo(Member.class).findOne();
    }

    private static final String LOCK = """
            select pg_advisory_xact_lock(hashtextextended('members of ' || :organization, 0))""";

    /// Makes changes of an organization's people wait for each other, so that each sees who is
    /// left.
    void lock(Tx tx, String organization) {
        tx.handle().createQuery(LOCK).bind("organization", organization)
                .mapToMap().list();
    }

    private static final String INSERT = """
            insert into member (organization_id, user_id, created_at, updated_at)
            values (:organization, :user, :at, :at)
            on conflict do nothing""";

    /// Whether the person did not belong to it yet.
    boolean insert(Tx tx, String organization, String user, Instant at) {
        return tx.handle().createUpdate(INSERT)
                .bind("organization", organization).bind("user", user).bind("at", at)
                .execute() == 1;
    }

    private static final String CHANGE = """
            update member
            set state = :state, updated_at = :at, version = version + 1
            where organization_id = :organization and user_id = :user""";

    void change(Tx tx, String organization, String user, String state, Instant at) {
        tx.handle().createUpdate(CHANGE)
                .bind("organization", organization).bind("user", user)
                .bind("state", state).bind("at", at)
                .execute();
    }

    private static final String CHANGE_ACCOUNT = """
            update iam_user
            set state = :state, updated_at = :at, version = version + 1
            where id = :user""";

    void changeAccount(Tx tx, String user, String state, Instant at) {
        tx.handle().createUpdate(CHANGE_ACCOUNT)
                .bind("user", user).bind("state", state).bind("at", at)
                .execute();
    }

    private static final String DELETE = """
            delete from member
            where organization_id = :organization and user_id = :user""";

    void delete(Tx tx, String organization, String user) {
        tx.handle().createUpdate(DELETE)
                .bind("organization", organization).bind("user", user).execute();
    }

    private static final String IS_ACTIVE = """
            select exists (
                select from member
                join iam_user on iam_user.id = user_id
                join organization on organization.id = organization_id
                where organization_id = :organization and user_id = :user
                  and member.state = 'active' and iam_user.state = 'active'
                  and organization.state = 'active')""";

    boolean isActive(Tx tx, String organization, String user) {
        return tx.handle().createQuery(IS_ACTIVE)
                .bind("organization", organization).bind("user", user)
                .mapTo(boolean.class).one();
    }

    private static final String HAS_OWNER = """
            select exists (
                select from policy
                join member on member.organization_id = policy.organization_id
                    and user_id = principal_id
                where principal_kind = 'user' and role = 'organization:owner'
                  and policy.organization_id = :organization and project_id is null
                  and member.state = 'active')""";

    /// Whether somebody is left who may do everything there.
    boolean hasOwner(Tx tx, String organization) {
        return tx.handle().createQuery(HAS_OWNER).bind("organization", organization)
                .mapTo(boolean.class).one();
    }

    private static final String HAS_OPERATOR = """
            select exists (
                select from policy
                join iam_user on iam_user.id = principal_id
                where principal_kind = 'user' and role = 'platform:super_admin'
                  and organization_id is null and state = 'active')""";

    boolean hasOperator(Tx tx) {
        return tx.handle().createQuery(HAS_OPERATOR).mapTo(boolean.class).one();
    }
}
