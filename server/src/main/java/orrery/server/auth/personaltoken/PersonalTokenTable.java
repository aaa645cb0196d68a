package orrery.server.auth.personaltoken;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

final class PersonalTokenTable {
    private static final RowMapper<PersonalToken> TOKEN = (row, context) -> new PersonalToken(
            row.getString("id"),
            row.getString("user_id"),
            Scope.project(row.getString("organization_id"), row.getString("project_id")),
            row.getBoolean("is_bound"),
            row.getString("name"),
            row.getString("preview"),
            List.of((String[]) row.getArray("scopes").getArray()),
            row.getBoolean("is_active"),
            instant(row.getTimestamp("last_used_at")),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("updated_at").toInstant(),
            row.getTimestamp("expires_at").toInstant());

    private static final String INSERT = """
            insert into personal_token (id, user_id, organization_id, project_id, is_bound,
                                        name, hash, preview, scopes, created_at, updated_at,
                                        expires_at)
            values (:id, :user, :organization, :project, :bound, :name, :hash, :preview, :scopes,
                    :created, :created, :expires)
            on conflict (user_id, name) do nothing""";

    /// Whether it was inserted; not when the person has one of that name.
    boolean insert(Tx tx, PersonalToken token, byte[] hash) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", token.id())
                .bind("user", token.userId())
                .bind("organization", token.home().organization())
                .bind("project", token.home().project())
                .bind("bound", token.isBound())
                .bind("name", token.name())
                .bind("hash", hash)
                .bind("preview", token.preview())
                .bindByType("scopes", token.scopes().toArray(String[]::new), String[].class)
                .bind("created", token.createdAt())
                .bind("expires", token.expiresAt())
                .execute() == 1;
    }

    private static final String BY_HASH = """
            select *
            from personal_token
            where hash = :hash""";

    Optional<PersonalToken> byHash(Tx tx, byte[] hash) {
        return tx.handle().createQuery(BY_HASH).bind("hash", hash).map(TOKEN).findOne();
    }

    private static final String FIND = """
            select *
            from personal_token
            where id = :id and user_id = :user and workspace_id is null""";

    Optional<PersonalToken> find(Tx tx, String user, String id) {
        return tx.handle().createQuery(FIND).bind("id", id).bind("user", user)
                .map(TOKEN).findOne();
    }

    private static final String LIST = """
            select *
            from personal_token
            where user_id = :user and workspace_id is null
            order by created_at desc, id
            limit :limit""";

    List<PersonalToken> list(Tx tx, String user, int limit) {
        return tx.handle().createQuery(LIST).bind("user", user).bind("limit", limit)
                .map(TOKEN).list();
    }

    private static final String COUNT = """
            select count(*)
            from personal_token
            where user_id = :user and workspace_id is null""";

    long count(Tx tx, String user) {
        return tx.handle().createQuery(COUNT).bind("user", user).mapTo(long.class).one();
    }

    private static final String NAMED = """
            select count(*) > 0
            from personal_token
            where user_id = :user and name = :name and id <> :id""";

    boolean isTaken(Tx tx, PersonalToken token, String name) {
        return tx.handle().createQuery(NAMED).bind("user", token.userId()).bind("name", name)
                .bind("id", token.id()).mapTo(boolean.class).one();
    }

    private static final String CHANGE = """
            update personal_token
            set name = :name, scopes = :scopes, is_active = :active, expires_at = :expires,
                hash = coalesce(:hash, hash), preview = :preview, updated_at = :updated
            where id = :id
            returning *""";

    /// @param hash of the new secret; `null` when the old one stays
    PersonalToken change(Tx tx, PersonalToken token, byte @Nullable [] hash) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", token.id())
                .bind("name", token.name())
                .bindByType("scopes", token.scopes().toArray(String[]::new), String[].class)
                .bind("active", token.isActive())
                .bind("expires", token.expiresAt())
                .bind("hash", hash)
                .bind("preview", token.preview())
                .bind("updated", token.updatedAt())
                .map(TOKEN).one();
    }

    private static final String DELETE = """
            delete from personal_token
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static final String DELETE_ALL = """
            delete from personal_token
            where user_id = :user and organization_id = :organization""";

    void deleteAll(Tx tx, String user, String organization) {
        tx.handle().createUpdate(DELETE_ALL)
                .bind("user", user).bind("organization", organization).execute();
    }

    /// @return whose they were
    Set<String> deleteIn(Tx tx, String project) {
        return tx.handle().createQuery("""
                delete from personal_token
                where project_id = :project
                returning user_id
                """).bind("project", project).mapTo(String.class).set();
    }

    private static final String SWEEP = """
            delete from personal_token
            where id in (select id from personal_token where expires_at < :before limit 1000)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }

    private static final String GIVE = """
            update personal_token
            set workspace_id = :workspace
            where id = :id""";

    /// Makes a token one of a workspace's.
    void give(Tx tx, String id, String workspace) {
        tx.handle().createUpdate(GIVE).bind("id", id).bind("workspace", workspace).execute();
    }

    private static final String SWEEP_WORKSPACE = """
            delete from personal_token
            where workspace_id = :workspace and expires_at < :now""";

    private static final String OF_WORKSPACE = """
            select count(*)
            from personal_token
            where workspace_id = :workspace""";

    /// How many of a workspace's count; those that do not are forgotten.
    long ofWorkspace(Tx tx, String workspace, Instant now) {
        tx.handle().createUpdate(SWEEP_WORKSPACE).bind("workspace", workspace).bind("now", now)
                .execute();
        return tx.handle().createQuery(OF_WORKSPACE).bind("workspace", workspace)
                .mapTo(long.class).one();
    }

    private static final String END_OF_WORKSPACE = """
            delete from personal_token
            where workspace_id = :workspace
            returning user_id""";

    /// Whose they were.
    Set<String> endOfWorkspace(Tx tx, String workspace) {
        return tx.handle().createQuery(END_OF_WORKSPACE).bind("workspace", workspace)
                .mapTo(String.class).set();
    }

    private static final String USED = """
            update personal_token
            set last_used_at = :at, last_used_address = :address
            where id = :id""";

    void used(Tx tx, String id, Instant at, @Nullable String address) {
        tx.handle().createUpdate(USED)
                .bind("id", id).bind("at", at).bind("address", address)
                .execute();
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
