package orrery.server.iam.role;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import orrery.kit.db.Tx;

final class RoleTable {
    private static final String INSERT = """
            insert into iam_role (id, organization_id, name, display_name, description,
                                  permissions, created_at, updated_at)
            values (:id, :organization, :name, :displayName, :description, :permissions, :at, :at)
            on conflict (organization_id, name) where deleted_at is null do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, CustomRole role) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", role.id())
                .bind("organization", role.organizationId())
                .bind("name", role.name())
                .bind("displayName", role.displayName())
                .bind("description", role.description())
                .bindArray("permissions", String.class, role.permissions())
                .bind("at", role.createdAt())
                .execute() == 1;
    }

    private static final String COUNT = """
            select count(*)
            from iam_role
            where organization_id = :organization and deleted_at is null""";

    int count(Tx tx, String organization) {
        return tx.handle().createQuery(COUNT).bind("organization", organization)
                .mapTo(int.class).one();
    }

    private static final String FIND = """
            select *
            from iam_role
            where organization_id = :organization and (id = :key or name = :key)
              and deleted_at is null""";

    /// @param key identifier or name; no text is both
    Optional<CustomRole> find(Tx tx, String organization, String key) {
        return tx.handle().createQuery(FIND)
                .bind("organization", organization).bind("key", key)
                .mapTo(CustomRole.class).findOne();
    }

    /// As [#find]; it stays as it is until the transaction ends.
    Optional<CustomRole> lock(Tx tx, String organization, String key) {
        return tx.handle().createQuery(FIND + "\nfor update")
                .bind("organization", organization).bind("key", key)
                .mapTo(CustomRole.class).findOne();
    }

    private static final String ORGANIZATION = """
            select organization_id
            from iam_role
            where id = :id and deleted_at is null""";

    Optional<String> organization(Tx tx, String id) {
        return tx.handle().createQuery(ORGANIZATION).bind("id", id)
                .mapTo(String.class).findOne();
    }

    private static final String LIST = """
            select *
            from iam_role
            where organization_id = :organization and deleted_at is null
            order by created_at desc, id
            limit :limit""";

    List<CustomRole> list(Tx tx, String organization, int limit) {
        return tx.handle().createQuery(LIST)
                .bind("organization", organization).bind("limit", limit)
                .mapTo(CustomRole.class).list();
    }

    private static final String CHANGE = """
            update iam_role
            set display_name = :displayName, description = :description,
                permissions = :permissions, updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    CustomRole change(Tx tx, String id, CustomRole.Change change, Collection<String> permissions,
            Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bindArray("permissions", String.class, List.copyOf(permissions))
                .bind("at", at)
                .mapTo(CustomRole.class).one();
    }

    private static final String BOUND = """
            select id
            from policy
            where role = :role
            order by id
            limit 10""";

    /// Policies that give it, a few are enough.
    List<String> policies(Tx tx, String role) {
        return tx.handle().createQuery(BOUND).bind("role", role).mapTo(String.class).list();
    }

    private static final String DELETE = """
            update iam_role
            set deleted_at = :at, updated_at = :at, version = version + 1
            where id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }
}
