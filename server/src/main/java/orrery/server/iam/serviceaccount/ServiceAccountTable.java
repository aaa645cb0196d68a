package orrery.server.iam.serviceaccount;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

final class ServiceAccountTable {
    private static final String COLUMNS = """
            it.id, it.organization_id, it.project_id, it.name, it.display_name, it.description,
              it.client_id, it.state,
              array(select coalesce(iam_role.name, split_part(policy.role, ':', 2))
                    from policy
                    left join iam_role on iam_role.id = policy.role
                    where principal_kind = 'service_account' and principal_id = it.id
                      and policy.organization_id = it.organization_id
                      and policy.project_id is not distinct from it.project_id
                      and resource_id is null
                    order by 1) as roles,
              (select count(*)
               from service_account_credential
               where service_account_id = it.id
                 and (expires_at is null or expires_at > now())) as active_credential_count,
              it.created_by, it.version, it.created_at, it.updated_at""";

    private static final String FROM = """
            (select *, state as status,
                    case when project_id is null then 'organization' else 'project' end as scope,
                    coalesce(project_id, organization_id) as scope_id
             from service_account
             where organization_id = :organization
               and (:project = '' or project_id = :project)) as it
            where true""";

    private static final Listing<ServiceAccount> LIST = Listing.of(
            ServiceAccount.class, "service accounts", COLUMNS, FROM)
            .time("updatedAt").text("name", "displayName", "scope", "scopeId", "createdBy")
            .oneOf("status", ServiceAccount.State.class).searching("name", "displayName");

    private static final String INSERT = """
            insert into service_account (id, organization_id, project_id, name, display_name,
                                         description, client_id, created_by, created_at,
                                         updated_at)
            values (:id, :organization, :project, :name, :displayName, :description, :client, :by,
                    :at, :at)
            on conflict do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, ServiceAccount account) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", account.id())
                .bind("organization", account.organizationId())
                .bind("project", account.projectId())
                .bind("name", account.name())
                .bind("displayName", account.displayName())
                .bind("description", account.description())
                .bind("client", account.clientId())
                .bind("by", account.createdBy())
                .bind("at", account.createdAt())
                .execute() == 1;
    }

    private static final String ORGANIZATION = """
            select name
            from organization
            where id = :id""";

    /// The organization's name, which is part of its clients'.
    String organization(Tx tx, String id) {
        return tx.handle().createQuery(ORGANIZATION).bind("id", id).mapTo(String.class).one();
    }

    private static final String FIND = """
            select %s
            from %s and (it.id = :key or it.name = :key)""".formatted(COLUMNS, FROM);

    /// @param place the organization, or one project's alone
    /// @param key identifier or name; no text is both
    Optional<ServiceAccount> find(Tx tx, Scope place, String key) {
        return tx.handle().createQuery(FIND).bindMap(bound(place)).bind("key", key)
                .mapTo(ServiceAccount.class).findOne();
    }

    private static final String IN = """
            select %s
            from %s and it.project_id = :project""".formatted(COLUMNS, FROM);

    /// Those that are for one project alone.
    List<ServiceAccount> in(Tx tx, Scope project) {
        return tx.handle().createQuery(IN).bindMap(bound(project))
                .mapTo(ServiceAccount.class).list();
    }

    private static final String LOCK = """
            select id
            from service_account
            where id = :id
            for update""";

    void lock(Tx tx, String id) {
        tx.handle().createQuery(LOCK).bind("id", id).mapTo(String.class).list();
    }

    private static final String BY_CLIENT = """
            select id, organization_id, project_id
            from service_account
            where client_id = :client and state = 'active'""";

    record Place(String id, String organizationId, @Nullable String projectId) {
        Scope scope() {
            return new Scope(organizationId, projectId);
        }
    }

    Optional<Place> byClient(Tx tx, String clientId) {
        return tx.handle().createQuery(BY_CLIENT).bind("client", clientId)
                .mapTo(Place.class).findOne();
    }

    private static final String BY_ID = """
            select id, organization_id, project_id
            from service_account
            where id = :id""";

    Optional<Place> byId(Tx tx, String id) {
        return tx.handle().createQuery(BY_ID).bind("id", id).mapTo(Place.class).findOne();
    }

    Page<ServiceAccount> list(Tx tx, Paging paging, PageAsk ask, Scope place) {
        return LIST.page(tx, paging, ask, bound(place));
    }

    private static final String CHANGE = """
            update service_account
            set display_name = :displayName, description = :description, state = :state,
                updated_at = :at, version = version + 1
            where id = :id""";

    void change(Tx tx, String id, ServiceAccount.Change change, Instant at) {
        tx.handle().createUpdate(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("state", change.state().name().toLowerCase(Locale.ROOT))
                .bind("at", at)
                .execute();
    }

    private static final String DELETE = """
            delete from service_account
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static Map<String, @Nullable Object> bound(Scope place) {
        var bound = new HashMap<String, @Nullable Object>();
        bound.put("organization", place.organization());
        bound.put("project", place.project() == null ? "" : place.project());
        return bound;
    }
}
