package orrery.server.iam.policy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Holdings.Held;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;

final class PolicyTable {
    private static final String INSERT = """
            insert into policy (id, role, principal_kind, principal_id, organization_id,
                                project_id, resource_id, created_by, created_at)
            values (:id, :role, :kind, :principal, :organization, :project, :resource, :by, :at)
            on conflict do nothing""";

    /// Whether it was not there yet.
    boolean insert(Tx tx, Policy policy) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", policy.id())
                .bind("role", policy.role())
                .bind("kind", policy.holders().kind())
                .bind("principal", policy.holders().principal())
                .bind("organization", policy.place().organization())
                .bind("project", policy.place().project())
                .bind("resource", policy.place().resource())
                .bind("by", policy.createdBy())
                .bind("at", policy.createdAt())
                .execute() == 1;
    }

    private static final String DELETE = """
            delete from policy
            where principal_kind = :kind and principal_id = :principal and role = :role
              and organization_id is not distinct from :organization
              and project_id is not distinct from :project
              and resource_id is not distinct from :resource""";

    boolean delete(Tx tx, Policy.Holders holders, String role, Scope place) {
        return tx.handle().createUpdate(DELETE)
                .bind("kind", holders.kind())
                .bind("principal", holders.principal())
                .bind("role", role)
                .bind("organization", place.organization())
                .bind("project", place.project())
                .bind("resource", place.resource())
                .execute() == 1;
    }

    /// Whose policies count for a principal: its own, its groups' and its organizations'. What an
    /// organization gives counts only while it is not suspended, and to people who belong to it.
    private static final String NAMED = """
            with belongs as (
                select organization_id
                from member
                join organization on organization.id = organization_id
                where user_id = :principal and member.state = 'active'
                  and organization.state = 'active'
                  and (:everywhere or organization_id = :organization)
            ), named as (
                select :kind as kind, :principal as id
                union all
                select 'group', group_id
                from group_member
                where user_id = :principal
                union all
                select 'members', organization_id
                from belongs
            )
            select policy.id, policy.role, policy.organization_id, policy.project_id,
                   policy.resource_id, iam_role.name, iam_role.display_name, iam_role.permissions
            from named
            join policy on policy.principal_id = named.id and policy.principal_kind = named.kind
            left join iam_role on iam_role.id = policy.role
            where policy.organization_id is null
               or :kind = 'user' and policy.organization_id in (select organization_id
                                                                from belongs)
               or :kind <> 'user' and (:everywhere or policy.organization_id = :organization)
                   and exists (select from organization
                               where id = policy.organization_id and state = 'active')
            limit 10000""";

    private static final String SUSPENDED = """
            select organization.name
            from organization
            join member on organization_id = organization.id
            where organization.id = :organization and organization.state = 'suspended'
              and user_id = :principal and member.state = 'active'""";

    /// The name of an organization that is suspended, if the person belongs to it.
    Optional<String> suspended(Tx tx, String principal, String organization) {
        return tx.handle().createQuery(SUSPENDED)
                .bind("principal", principal).bind("organization", organization)
                .mapTo(String.class).findOne();
    }

    /// What somebody holds on the platform and in one organization.
    List<Held> heldIn(Tx tx, String principal, @Nullable String organization) {
        return held(tx, principal, organization, false);
    }

    /// Everything that somebody holds, anywhere.
    List<Held> held(Tx tx, String principal) {
        return held(tx, principal, null, true);
    }

    /// Who belongs where is looked up for each row: joined, it would be a loop within a loop where
    /// the planner expects few people.
    private static final String OF_ALL = """
            with named as (
                select person, 'user' as kind, person as id
                from unnest(:users) as person
                union all
                select user_id, 'group', group_id
                from group_member
                where user_id = any(:users)
                union all
                select user_id, 'members', organization_id
                from member
                where user_id = any(:users)
            )
            select person, policy.role, policy.organization_id, policy.project_id,
                   policy.resource_id, iam_role.name, iam_role.display_name, iam_role.permissions
            from named
            join policy on policy.principal_id = named.id and policy.principal_kind = named.kind
            left join iam_role on iam_role.id = policy.role
            where policy.project_id is null and policy.resource_id is null
              and (policy.organization_id is null or exists (
                  select from member
                  join organization on organization.id = member.organization_id
                  where member.organization_id = policy.organization_id and user_id = person
                    and member.state = 'active' and organization.state = 'active'))""";

    /// What some people hold on the platform and at organizations themselves, by person.
    Map<String, List<Held>> ofAll(Tx tx, Collection<String> users) {
        var all = new HashMap<String, List<Held>>();
        tx.handle().createQuery(OF_ALL).bindArray("users", String.class, users)
                .map((row, context) -> {
                    var person = row.getString("person");
                    var place = place(row);
                    role(row).ifPresent(role -> all.computeIfAbsent(
                            person, it -> new ArrayList<>()).add(new Held(role, place)));
                    return person;
                }).list();
        return all;
    }

    /// As [#heldIn], by the identifiers of the policies that give it.
    Map<String, Held> policiesIn(Tx tx, String principal, @Nullable String organization) {
        var all = new LinkedHashMap<String, Held>();
        named(tx, principal, organization, false).map((row, context) -> {
            var id = row.getString("id");
            var place = place(row);
            role(row).ifPresent(role -> all.put(id, new Held(role, place)));
            return id;
        }).list();
        return all;
    }

    private static List<Held> held(
            Tx tx, String principal, @Nullable String organization, boolean everywhere) {
        return named(tx, principal, organization, everywhere).map((row, context) -> {
            var place = place(row);
            return role(row).map(role -> new Held(role, place));
        }).stream().flatMap(Optional::stream).toList();
    }

    private static Query named(
            Tx tx, String principal, @Nullable String organization, boolean everywhere) {
        return tx.handle().createQuery(NAMED)
                .bind("kind", principal.startsWith("sa_") ? "service_account" : "user")
                .bind("principal", principal)
                .bind("organization", organization)
                .bind("everywhere", everywhere);
    }

    /// Empty for a predefined role that a release took away.
    private static Optional<Role> role(ResultSet row) throws SQLException {
        var key = row.getString("role");
        if (row.getString("name") == null) {
            return Predefined.byKey(key);
        }
        return Optional.of(Role.custom(key, row.getString("name"), row.getString("display_name"),
                Set.copyOf(Arrays.asList(
                        (String[]) row.getArray("permissions").getArray()))));
    }

    private static Scope place(ResultSet row) throws SQLException {
        return new Scope(row.getString("organization_id"), row.getString("project_id"),
                row.getString("resource_id"));
    }

    private static final RowMapper<Policy> POLICY = (row, context) -> new Policy(
            row.getString("id"),
            row.getString("role"),
            Policy.Holders.of(row.getString("principal_kind"), row.getString("principal_id")),
            place(row),
            row.getString("created_by"),
            row.getTimestamp("created_at").toInstant());

    private static final String FIND = """
            select *
            from policy
            where id = :id""";

    Optional<Policy> find(Tx tx, String id) {
        return tx.handle().createQuery(FIND).bind("id", id).map(POLICY).findOne();
    }

    private static final String FIRST_PROJECT = """
            select project_id
            from policy
            join project on project.id = project_id and deleted_at is null
            where principal_kind = 'user' and principal_id = :user
              and policy.organization_id = :organization and resource_id is null
            order by policy.created_at, policy.id
            limit 1""";

    Optional<String> firstProject(Tx tx, String user, String organization) {
        return tx.handle().createQuery(FIRST_PROJECT)
                .bind("user", user).bind("organization", organization)
                .mapTo(String.class).findOne();
    }

    private static final String TAKE_ALL = """
            delete from policy
            where principal_kind = :kind and principal_id = :principal
              and organization_id = :organization""";

    /// How many there were.
    int deleteAll(Tx tx, Policy.Holders holders, String organization) {
        return tx.handle().createUpdate(TAKE_ALL)
                .bind("kind", holders.kind()).bind("principal", holders.principal())
                .bind("organization", organization)
                .execute();
    }

    /// How many there were.
    int deleteIn(Tx tx, String project) {
        return tx.handle().createUpdate("delete from policy where project_id = :project")
                .bind("project", project).execute();
    }

    private static final String OF = """
            select policy.role, policy.organization_id, policy.project_id, policy.resource_id,
                   iam_role.name, iam_role.display_name, iam_role.permissions
            from policy
            left join iam_role on iam_role.id = policy.role
            where principal_kind = :kind and principal_id = :principal
            limit 10000""";

    /// What was given to these by name, and to nobody else with them.
    List<Held> given(Tx tx, Policy.Holders holders) {
        return tx.handle().createQuery(OF)
                .bind("kind", holders.kind()).bind("principal", holders.principal())
                .map((row, context) -> {
                    var place = place(row);
                    return role(row).map(role -> new Held(role, place));
                })
                .stream().flatMap(Optional::stream).toList();
    }

    private static final String IS_THERE = """
            select case :kind
                when 'user' then exists (
                    select from member
                    where organization_id = :organization and user_id = :principal)
                when 'group' then exists (
                    select from iam_group
                    where organization_id = :organization and id = :principal
                      and deleted_at is null)
                when 'service_account' then exists (
                    select from service_account
                    where organization_id = :organization and id = :principal
                      and (project_id is null or project_id = :project))
                else false
            end""";

    /// Whether the organization has these, and what they are reaches to the place.
    boolean isThere(Tx tx, Policy.Holders holders, Scope place) {
        return tx.handle().createQuery(IS_THERE)
                .bind("kind", holders.kind()).bind("principal", holders.principal())
                .bind("organization", place.organization()).bind("project", place.project())
                .mapTo(boolean.class).one();
    }

    private static final String LISTED = """
            it.id, it.role, it.role_name, it.principal_kind, it.principal_id, it.organization_id,
              it.scope, it.resource, it.created_by, it.created_at""";

    private static final String FROM = """
            (select policy.id, policy.role,
                    coalesce(iam_role.name, split_part(policy.role, ':', 2)) as role_name,
                    principal_kind, principal_id, policy.organization_id, created_by,
                    policy.created_at,
                    case when resource_id is not null then 'resource'
                         when project_id is not null then 'project'
                         when policy.organization_id is not null then 'org'
                         else 'platform' end as scope,
                    coalesce(resource_id, project_id) as resource
             from policy
             left join iam_role on iam_role.id = policy.role
             where policy.organization_id is not distinct from :organization
               and (:project = '' or project_id = :project)) as it
            where true""";

    private static final Listing<Listed> LIST = Listing.of(
            Listed.class, "policies", LISTED, FROM)
            .text("roleName", "principalKind", "principalId", "scope", "resource");

    /// A policy as lists show it.
    ///
    /// @param scope `platform`, `org`, `project` or `resource`
    /// @param resource the project or the resource; `null` for the others
    record Listed(
            String id, String role, String roleName, String principalKind, String principalId,
            @Nullable String organizationId, String scope, @Nullable String resource,
            String createdBy, Instant createdAt) {}

    private static final String FIND_LISTED = """
            select %s
            from %s and it.id = :id""".formatted(LISTED, FROM);

    Optional<Listed> listed(Tx tx, String id, Scope place) {
        return tx.handle().createQuery(FIND_LISTED).bind("id", id)
                .bindMap(bound(place)).mapTo(Listed.class).findOne();
    }

    /// Those of an organization, or of one project; of the platform, where there is none.
    Page<Listed> list(Tx tx, Paging paging, PageAsk ask, Scope place) {
        return LIST.page(tx, paging, ask, bound(place));
    }

    private static Map<String, @Nullable Object> bound(Scope place) {
        var bound = new HashMap<String, @Nullable Object>();
        bound.put("organization", place.organization());
        bound.put("project", place.project() == null ? "" : place.project());
        return bound;
    }
}
