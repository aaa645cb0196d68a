package orrery.server.iam.policy;

import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

final class PolicyTable {
    /// A role's key and where somebody holds it.
    record Holding(String role, Scope place) {}

    private static final RowMapper<Holding> HOLDING = (row, context) -> new Holding(
            row.getString("role"),
            new Scope(row.getString("organization_id"), row.getString("project_id")));

    private static final String INSERT = """
            insert into policy (id, role, principal_kind, principal_id,
                                organization_id, project_id, created_by, created_at)
            values (:id, :role, :kind, :principal, :organization, :project, :by, :at)
            on conflict do nothing""";

    /// Whether it was not there yet.
    boolean insert(Tx tx, Policy policy) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", policy.id())
                .bind("role", policy.role())
                .bind("kind", kind(policy.holders()))
                .bind("principal", principal(policy.holders()))
                .bind("organization", policy.place().organization())
                .bind("project", policy.place().project())
                .bind("by", policy.createdBy())
                .bind("at", policy.createdAt())
                .execute() == 1;
    }

    private static final String DELETE = """
            delete from policy
            where principal_kind = :kind and principal_id = :principal and role = :role
              and organization_id is not distinct from :organization
              and project_id is not distinct from :project""";

    boolean delete(Tx tx, Policy.Holders holders, String role, Scope place) {
        return tx.handle().createUpdate(DELETE)
                .bind("kind", kind(holders))
                .bind("principal", principal(holders))
                .bind("role", role)
                .bind("organization", place.organization())
                .bind("project", place.project())
                .execute() == 1;
    }

    /// What the members of an organization hold together counts only for who holds something at
    /// the organization itself.
    private static final String HELD_IN = """
            with own as (
                select role, organization_id, project_id
                from policy
                where principal_kind = 'user' and principal_id = :user
                  and (organization_id is null or organization_id = :organization)
            )
            select role, organization_id, project_id
            from own
            union all
            select shared.role, shared.organization_id, shared.project_id
            from policy as shared
            where shared.principal_kind = 'members' and shared.principal_id = :organization
              and exists (
                  select from own
                  where own.organization_id = :organization and own.project_id is null)""";

    List<Holding> heldIn(Tx tx, String user, @Nullable String organization) {
        return tx.handle().createQuery(HELD_IN)
                .bind("user", user)
                .bind("organization", organization)
                .map(HOLDING).list();
    }

    private static final String HELD = """
            with own as (
                select role, organization_id, project_id
                from policy
                where principal_kind = 'user' and principal_id = :user
            )
            select role, organization_id, project_id
            from own
            union all
            select shared.role, shared.organization_id, shared.project_id
            from policy as shared
            join own on own.organization_id = shared.principal_id and own.project_id is null
            where shared.principal_kind = 'members'
            limit 10000""";

    /// Everything that somebody holds, anywhere.
    List<Holding> held(Tx tx, String user) {
        return tx.handle().createQuery(HELD).bind("user", user).map(HOLDING).list();
    }

    private static String kind(Policy.Holders holders) {
        return switch (holders) {
            case Policy.Holders.User user -> "user";
            case Policy.Holders.Members members -> "members";
        };
    }

    private static String principal(Policy.Holders holders) {
        return switch (holders) {
            case Policy.Holders.User user -> user.id();
            case Policy.Holders.Members members -> members.organization();
        };
    }
}
