package orrery.server.tenancy.organization;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.server.iam.policy.Reach;

final class OrganizationTable {
    private static final RowMapper<Organization> ORGANIZATION = (row, context) -> {
        var deleted = row.getTimestamp("deleted_at");
        return new Organization(
                row.getString("id"),
                row.getString("name"),
                row.getString("display_name"),
                row.getString("description"),
                row.getString("owner_id"),
                row.getLong("version"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                deleted == null ? null : deleted.toInstant());
    };

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
        return tx.handle().createQuery(FIND).bind("key", key).map(ORGANIZATION).findOne();
    }

    private static final String LOCK = """
            select *
            from organization
            where id = :id and deleted_at is null
            for update""";

    Optional<Organization> lock(Tx tx, String id) {
        return tx.handle().createQuery(LOCK).bind("id", id).map(ORGANIZATION).findOne();
    }

    private static final String SHARE = """
            select true
            from organization
            where id = :id and deleted_at is null
            for share""";

    /// Whether it is there; if so, it stays until the transaction ends.
    boolean share(Tx tx, String id) {
        return tx.handle().createQuery(SHARE).bind("id", id)
                .mapTo(boolean.class).findOne().orElse(false);
    }

    private static final String VISIBLE = """
            from organization
            where deleted_at is null
              and (:everywhere or id = any(:organizations))
              and (:search::text is null or position(lower(:search) in lower(name)) > 0
                   or position(lower(:search) in lower(display_name)) > 0)
            """;

    /// After an item, the younger first: an earlier time, or the same and a greater identifier.
    private static final String LIST = """
            select *
            %s  and (:afterId::text is null
                   or (created_at, :afterId) < (:afterTime::timestamptz, id))
            order by created_at desc, id
            offset :offset
            limit :limit""".formatted(VISIBLE);

    List<Organization> list(
            Tx tx, Reach reach, @Nullable String search, @Nullable List<String> after,
            long offset, int limit) {
        return tx.handle().createQuery(LIST)
                .bind("everywhere", reach.everywhere())
                .bindArray("organizations", String.class, reach.organizations())
                .bind("search", search)
                .bind("afterTime", after == null ? null : Instant.parse(after.getFirst()))
                .bind("afterId", after == null ? null : after.getLast())
                .bind("offset", offset)
                .bind("limit", limit)
                .map(ORGANIZATION).list();
    }

    private static final String COUNT = """
            select count(*)
            %s""".formatted(VISIBLE);

    long count(Tx tx, Reach reach, @Nullable String search) {
        return tx.handle().createQuery(COUNT)
                .bind("everywhere", reach.everywhere())
                .bindArray("organizations", String.class, reach.organizations())
                .bind("search", search)
                .mapTo(long.class).one();
    }

    private static final String CHANGE = """
            update organization
            set display_name = :displayName, description = :description,
                updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    Organization change(Tx tx, String id, Organization.Change change, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("at", at)
                .map(ORGANIZATION).one();
    }

    private static final String DELETE = """
            update organization
            set deleted_at = :at, updated_at = :at, state = 'deleted', version = version + 1
            where id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }
}
