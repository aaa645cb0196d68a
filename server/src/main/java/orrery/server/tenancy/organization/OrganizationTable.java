package orrery.server.tenancy.organization;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;

final class OrganizationTable {
    private static final String COLUMNS = """
            id, name, display_name, description, owner_id, state, primary_domain, settings,
              deletion, version, created_at, updated_at, deleted_at""";

    private static final Listing<Organization> LIST = Listing.of(
            Organization.class, "organizations", COLUMNS, """
            organization
            where deleted_at is null
              and (:everywhere or id = any(:organizations))""")
            .time("updatedAt").text("name", "ownerId")
            .oneOf("state", Organization.State.class).searching("name", "displayName");

    private static final String INSERT = """
            insert into organization (id, name, display_name, description, owner_id,
                                      created_at, updated_at)
            values (:id, :name, :displayName, :description, :owner, :at, :at)
            on conflict (name) where deleted_at is null do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, Organization organization) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", organization.id())
                .bind("name", organization.name())
                .bind("displayName", organization.displayName())
                .bind("description", organization.description())
                .bind("owner", organization.ownerId())
                .bind("at", organization.createdAt())
                .execute() == 1;
    }

    private static final String FIND = """
            select *
            from organization
            where (id = :key or name = :key) and deleted_at is null""";

    /// @param key identifier or name; no text is both
    Optional<Organization> find(Tx tx, String key) {
        return tx.handle().createQuery(FIND).bind("key", key).mapTo(Organization.class).findOne();
    }

    private static final String LOCK = """
            select *
            from organization
            where id = :id and deleted_at is null
            for update""";

    Optional<Organization> lock(Tx tx, String id) {
        return tx.handle().createQuery(LOCK).bind("id", id).mapTo(Organization.class).findOne();
    }

    private static final String SHARE = """
            select deletion is null
            from organization
            where id = :id and deleted_at is null
            for share""";

    /// Whether nobody deletes it; empty when it is gone. It stays so until the transaction ends.
    Optional<Boolean> share(Tx tx, String id) {
        return tx.handle().createQuery(SHARE).bind("id", id).mapTo(Boolean.class).findOne();
    }

    Page<Organization> list(Tx tx, Paging paging, PageAsk ask, Reach reach) {
        return LIST.page(tx, paging, ask, Map.of(
                "everywhere", reach.everywhere(), "organizations", reach.organizations()));
    }

    private static final String CHANGE = """
            update organization
            set display_name = :displayName, description = :description,
                primary_domain = :domain, settings = :settings, state = :state,
                updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    Organization change(Tx tx, String id, Organization.Change change, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("domain", change.primaryDomain())
                .bind("settings", Json.of(change.settings()))
                .bind("state", change.state().name().toLowerCase(Locale.ROOT))
                .bind("at", at)
                .mapTo(Organization.class).one();
    }

    private static final String OWN = """
            update organization
            set owner_id = :owner, updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    Organization own(Tx tx, String id, String owner, Instant at) {
        return tx.handle().createQuery(OWN).bind("id", id).bind("owner", owner).bind("at", at)
                .mapTo(Organization.class).one();
    }

    private static final String DELETING = """
            update organization
            set deletion = :run, updated_at = :at, version = version + 1
            where id = :id and deleted_at is null""";

    /// @param run `null` when it stays
    void deleting(Tx tx, String id, @Nullable String run, Instant at) {
        tx.handle().createUpdate(DELETING).bind("id", id).bind("run", run).bind("at", at)
                .execute();
    }

    private static final String DELETE = """
            update organization
            set deleted_at = :at, updated_at = :at, state = 'deleted', deletion = null,
                version = version + 1
            where id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }
}
