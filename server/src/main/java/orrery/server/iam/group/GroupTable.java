package orrery.server.iam.group;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

final class GroupTable {
    private static final String COLUMNS = """
            id, organization_id, name, display_name, description,
              (select count(*) from group_member where group_id = iam_group.id) as member_count,
              version, created_at, updated_at""";

    private static final Listing<Group> LIST = Listing.of(Group.class, "groups", COLUMNS, """
            iam_group
            where organization_id = :organization and deleted_at is null""")
            .time("updatedAt").text("name").searching("name", "displayName");

    private static final String INSERT = """
            insert into iam_group (id, organization_id, name, display_name, description,
                                   created_at, updated_at)
            values (:id, :organization, :name, :displayName, :description, :at, :at)
            on conflict (organization_id, name) where deleted_at is null do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, Group group) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", group.id())
                .bind("organization", group.organizationId())
                .bind("name", group.name())
                .bind("displayName", group.displayName())
                .bind("description", group.description())
                .bind("at", group.createdAt())
                .execute() == 1;
    }

    private static final String FIND = """
            select %s
            from iam_group
            where organization_id = :organization and (id = :key or name = :key)
              and deleted_at is null""".formatted(COLUMNS);

    /// @param key identifier or name; no text is both
    Optional<Group> find(Tx tx, String organization, String key) {
        return tx.handle().createQuery(FIND)
                .bind("organization", organization).bind("key", key)
                .mapTo(Group.class).findOne();
    }

    /// As [#find]; it stays as it is until the transaction ends.
    Optional<Group> lock(Tx tx, String organization, String key) {
        return tx.handle().createQuery(FIND + "\nfor update")
                .bind("organization", organization).bind("key", key)
                .mapTo(Group.class).findOne();
    }

    private static final String ORGANIZATION = """
            select organization_id
            from iam_group
            where id = :id and deleted_at is null""";

    Optional<String> organization(Tx tx, String id) {
        return tx.handle().createQuery(ORGANIZATION).bind("id", id)
                .mapTo(String.class).findOne();
    }

    Page<Group> list(Tx tx, Paging paging, PageAsk ask, String organization) {
        return LIST.page(tx, paging, ask, Map.of("organization", organization));
    }

    private static final String CHANGE = """
            update iam_group
            set display_name = :displayName, description = :description,
                updated_at = :at, version = version + 1
            where id = :id
            returning %s""".formatted(COLUMNS);

    Group change(Tx tx, String id, Group.Change change, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("at", at)
                .mapTo(Group.class).one();
    }

    private static final String DELETE = """
            update iam_group
            set deleted_at = :at, updated_at = :at, version = version + 1
            where id = :id""";

    private static final String EMPTY = """
            delete from group_member
            where group_id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(EMPTY).bind("id", id).execute();
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }

    private static final String BOUND = """
            select id
            from policy
            where principal_kind = 'group' and principal_id = :id
            order by id
            limit 10""";

    /// Policies that name it, a few are enough.
    List<String> policies(Tx tx, String id) {
        return tx.handle().createQuery(BOUND).bind("id", id).mapTo(String.class).list();
    }
}
