package orrery.server.iam.apikey;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;

final class ApiKeyTable {
    /// @param old still counts until `oldUntil`, after a rotation
    record Hashes(byte[] hash, byte @Nullable [] old, @Nullable Instant oldUntil) {}

    private static final RowMapper<ApiKey> KEY = (row, context) -> new ApiKey(
            row.getString("id"),
            row.getString("user_id"),
            new Scope(row.getString("organization_id"), row.getString("project_id")),
            row.getString("name"),
            row.getString("display_name"),
            row.getString("description"),
            roles(row),
            row.getString("state").equals("active"),
            instant(row.getTimestamp("expires_at")),
            instant(row.getTimestamp("last_used_at")),
            row.getString("last_used_address"),
            row.getLong("version"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("updated_at").toInstant());

    private static final String INSERT = """
            insert into api_key (id, user_id, organization_id, project_id, name, display_name,
                                 description, roles, secret_hash, expires_at, created_at,
                                 updated_at)
            values (:id, :user, :organization, :project, :name, :displayName, :description, :roles,
                    :hash, :expires, :at, :at)
            on conflict (user_id, name) do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, ApiKey key, byte[] hash) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", key.id())
                .bind("user", key.userId())
                .bind("organization", key.scope().organization())
                .bind("project", key.scope().project())
                .bind("name", key.name())
                .bind("displayName", key.displayName())
                .bind("description", key.description())
                .bindByType("roles", array(key.roles()), String[].class)
                .bind("hash", hash)
                .bind("expires", key.expiresAt())
                .bind("at", key.createdAt())
                .execute() == 1;
    }

    private static final String FIND = """
            select *
            from api_key
            where id = :id""";

    Optional<ApiKey> find(Tx tx, String id) {
        return tx.handle().createQuery(FIND).bind("id", id).map(KEY).findOne();
    }

    private static final String BELONGS = """
            select exists (
                select from member
                join organization on organization.id = organization_id
                where organization_id = :organization and user_id = :user
                  and member.state = 'active' and organization.state = 'active')
              or exists (
                select from policy
                where principal_kind = 'user' and principal_id = :user
                  and organization_id is null)""";

    /// Whether what somebody holds in an organization counts. Operators belong everywhere.
    boolean belongs(Tx tx, String user, String organization) {
        return tx.handle().createQuery(BELONGS)
                .bind("user", user).bind("organization", organization)
                .mapTo(boolean.class).one();
    }

    private static final String DELETE_ALL = """
            delete from api_key
            where user_id = :user and organization_id = :organization""";

    void deleteAll(Tx tx, String user, String organization) {
        tx.handle().createUpdate(DELETE_ALL)
                .bind("user", user).bind("organization", organization).execute();
    }

    /// @return whose they were
    Set<String> deleteIn(Tx tx, String project) {
        return tx.handle().createQuery("""
                delete from api_key
                where project_id = :project
                returning user_id
                """).bind("project", project).mapTo(String.class).set();
    }

    private static final String HASHES = """
            select secret_hash, old_secret_hash, old_secret_until
            from api_key
            where id = :id""";

    Optional<Hashes> hashes(Tx tx, String id) {
        return tx.handle().createQuery(HASHES).bind("id", id)
                .map((row, context) -> new Hashes(row.getBytes(1), row.getBytes(2),
                        instant(row.getTimestamp(3))))
                .findOne();
    }

    private static final String COLUMNS = """
            it.id, it.user_id, it.organization_id, it.project_id, it.name, it.display_name,
              it.description, it.roles, it.state, it.expires_at, it.last_used_at,
              it.last_used_address, it.version, it.created_at, it.updated_at""";

    private static final Listing<Listed> LIST = Listing.of(Listed.class, "apikeys", COLUMNS, """
            (select api_key.*,
                    case when project_id is not null then 'project'
                         when organization_id is not null then 'organization'
                         else 'platform' end as scope,
                    coalesce(project_id, organization_id, '') as scope_id,
                    case when expires_at <= now() then 'expired' else state end as status
             from api_key) as it
            where (:user = '' or it.user_id = :user)
              and (it.user_id = :caller or :everywhere
                   or it.organization_id = any(:organizations)
                   or it.project_id = any(:projects))""")
            .time("updatedAt").text("name", "scope", "scopeId")
            .oneOf("status", ApiKey.State.class).searching("name", "displayName");

    /// A row as lists read it.
    private record Listed(
            String id, String userId, @Nullable String organizationId,
            @Nullable String projectId, String name, String displayName,
            @Nullable String description, @Nullable Set<String> roles, String state,
            @Nullable Instant expiresAt, @Nullable Instant lastUsedAt,
            @Nullable String lastUsedAddress, long version, Instant createdAt,
            Instant updatedAt) {
        ApiKey key() {
            return new ApiKey(id, userId, new Scope(organizationId, projectId), name, displayName,
                    description, roles, state.equals("active"), expiresAt, lastUsedAt,
                    lastUsedAddress, version, createdAt, updatedAt);
        }
    }

    /// One page of the caller's own, and of others' within reach.
    ///
    /// @param user whose; empty for everybody's
    Page<ApiKey> list(
            Tx tx, Paging paging, PageAsk ask, String caller, String user, Reach reach) {
        var bound = new HashMap<String, Object>(reach.bound());
        bound.put("caller", caller);
        bound.put("user", user);
        return LIST.page(tx, paging, ask, bound).map(Listed::key);
    }

    private static final String COUNT = """
            select count(*)
            from api_key
            where user_id = :user""";

    long count(Tx tx, String user) {
        return tx.handle().createQuery(COUNT).bind("user", user).mapTo(long.class).one();
    }

    private static final String CHANGE = """
            update api_key
            set display_name = :displayName, description = :description, roles = :roles,
                state = coalesce(:state, state), updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    ApiKey change(Tx tx, String id, ApiKey.Change change, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bindByType("roles", array(change.roles()), String[].class)
                .bind("state", change.isEnabled() == null ? null
                        : change.isEnabled() ? "active" : "disabled")
                .bind("at", at)
                .map(KEY).one();
    }

    private static final String ROTATE = """
            update api_key
            set old_secret_hash = secret_hash, old_secret_until = :oldUntil, secret_hash = :hash,
                updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    ApiKey rotate(Tx tx, String id, byte[] hash, Instant oldUntil, Instant at) {
        return tx.handle().createQuery(ROTATE)
                .bind("id", id)
                .bind("hash", hash)
                .bind("oldUntil", oldUntil)
                .bind("at", at)
                .map(KEY).one();
    }

    private static final String DELETE = """
            delete from api_key
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static final String USED = """
            update api_key
            set last_used_at = :at, last_used_address = :address
            where id = :id""";

    void used(Tx tx, String id, Instant at, @Nullable String address) {
        tx.handle().createUpdate(USED)
                .bind("id", id).bind("at", at).bind("address", address)
                .execute();
    }

    private static String @Nullable [] array(@Nullable Set<String> roles) {
        return roles == null ? null : roles.toArray(String[]::new);
    }

    private static @Nullable Set<String> roles(ResultSet row) throws SQLException {
        var array = row.getArray("roles");
        return array == null ? null : Set.of((String[]) array.getArray());
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
