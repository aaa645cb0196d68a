package orrery.server.iam.group;

import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

final class GroupMemberTable {
    private static final String COLUMNS = """
            it.id, it.group_id, it.user_id, it.display_name, it.email, it.added_by,
              it.created_at""";

    private static final String FROM = """
            (select group_member.id, group_id, user_id, iam_user.name as display_name, email,
                    added_by, group_member.created_at
             from group_member
             join iam_user on iam_user.id = user_id) as it
            where it.group_id = :group""";

    private static final Listing<Group.Member> LIST = Listing.of(
            Group.Member.class, "members", COLUMNS, FROM)
            .text("userId", "email", "displayName").searching("email", "displayName");

    private static final String INSERT = """
            insert into group_member (id, group_id, organization_id, user_id, added_by,
                                      created_at)
            select :id, :group, organization_id, user_id, :by, :at
            from member
            where organization_id = :organization and user_id = :user
            on conflict (group_id, user_id) do nothing""";

    /// Whether the person belongs to the organization and was not in the group.
    boolean insert(Tx tx, Group.Member member, String organization) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", member.id())
                .bind("group", member.groupId())
                .bind("organization", organization)
                .bind("user", member.userId())
                .bind("by", member.addedBy())
                .bind("at", member.createdAt())
                .execute() == 1;
    }

    private static final String FIND = """
            select %s
            from %s and (it.id = :key or it.user_id = :key)""".formatted(COLUMNS, FROM);

    /// @param key identifier of the membership or of the person
    Optional<Group.Member> find(Tx tx, String group, String key) {
        return tx.handle().createQuery(FIND).bind("group", group).bind("key", key)
                .mapTo(Group.Member.class).findOne();
    }

    Page<Group.Member> list(Tx tx, Paging paging, PageAsk ask, String group) {
        return LIST.page(tx, paging, ask, Map.of("group", group));
    }

    private static final String COUNT = """
            select count(*)
            from group_member
            where group_id = :group""";

    int count(Tx tx, String group) {
        return tx.handle().createQuery(COUNT).bind("group", group).mapTo(int.class).one();
    }

    private static final String DELETE = """
            delete from group_member
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }
}
