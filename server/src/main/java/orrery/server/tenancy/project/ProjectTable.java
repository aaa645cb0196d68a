package orrery.server.tenancy.project;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;

final class ProjectTable {
    private static final String COLUMNS = """
            id, organization_id, name, display_name, description, visibility, deletion, version,
              created_at, updated_at, deleted_at""";

    private static final String SEEN = """
            project
            where deleted_at is null
              and (:everywhere or organization_id = any(:organizations) or id = any(:projects))""";

    private static final Listing<Project> LIST = listing(SEEN);
    private static final Listing<Project> LIST_OF = listing(SEEN + "\n  and id = any(:placed)");

    private static Listing<Project> listing(String from) {
        return Listing.of(Project.class, "projects", COLUMNS, from)
                .time("updatedAt").text("name", "organizationId")
                .oneOf("visibility", Project.Visibility.class)
                .searching("name", "displayName");
    }

    private static final String INSERT = """
            insert into project (id, organization_id, name, display_name, description, visibility,
                                 created_at, updated_at)
            values (:id, :organization, :name, :displayName, :description, :visibility, :at, :at)
            on conflict (organization_id, name) where deleted_at is null do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, Project project) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", project.id())
                .bind("organization", project.organizationId())
                .bind("name", project.name())
                .bind("displayName", project.displayName())
                .bind("description", project.description())
                .bind("visibility", text(project.visibility()))
                .bind("at", project.createdAt())
                .execute() == 1;
    }

    private static final String BY_ID = """
            select *
            from project
            where id = :id and deleted_at is null""";

    Optional<Project> byId(Tx tx, String id) {
        return tx.handle().createQuery(BY_ID).bind("id", id).mapTo(Project.class).findOne();
    }

    private static final String LOCK = """
            select *
            from project
            where id = :id and deleted_at is null
            for update""";

    Optional<Project> lock(Tx tx, String id) {
        return tx.handle().createQuery(LOCK).bind("id", id).mapTo(Project.class).findOne();
    }

    private static final String SHARE = """
            select deletion is null
            from project
            where id = :id and deleted_at is null
            for share""";

    /// Whether nobody deletes it; empty when it is gone. It stays so until the transaction ends.
    Optional<Boolean> share(Tx tx, String id) {
        return tx.handle().createQuery(SHARE).bind("id", id).mapTo(Boolean.class).findOne();
    }

    private static final String BY_NAME = """
            select *
            from project
            where name = :name and deleted_at is null
              and (:everywhere or organization_id = any(:organizations) or id = any(:projects))
            order by created_at
            limit 20""";

    /// Projects of that name, in any organization, out of those that somebody may see.
    List<Project> byName(Tx tx, Reach reach, String name) {
        return tx.handle().createQuery(BY_NAME)
                .bind("name", name)
                .bind("everywhere", reach.everywhere())
                .bindArray("organizations", String.class, reach.organizations())
                .bindArray("projects", String.class, reach.projects())
                .mapTo(Project.class).list();
    }

    private static final String NAMES = """
            select name
            from project
            where organization_id = :organization and deleted_at is null
            order by created_at
            limit 100""";

    List<String> names(Tx tx, String organization) {
        return tx.handle().createQuery(NAMES).bind("organization", organization)
                .mapTo(String.class).list();
    }

    Page<Project> list(Tx tx, Paging paging, PageAsk ask, Reach reach) {
        return LIST.page(tx, paging, ask, reach.bound());
    }

    /// @param placed identifiers of those that are meant
    Page<Project> listOf(
            Tx tx, Paging paging, PageAsk ask, Reach reach, Collection<String> placed) {
        var bound = new HashMap<String, Object>(reach.bound());
        bound.put("placed", placed);
        return LIST_OF.page(tx, paging, ask, bound);
    }

    private static final String CHANGE = """
            update project
            set display_name = :displayName, description = :description, visibility = :visibility,
                updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    Project change(Tx tx, String id, Project.Change change, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("visibility", text(change.visibility()))
                .bind("at", at)
                .mapTo(Project.class).one();
    }

    private static final String DELETE = """
            update project
            set deleted_at = :at, updated_at = :at, state = 'deleted', deletion = null,
                version = version + 1
            where id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }

    private static final String DELETING = """
            update project
            set deletion = :run, updated_at = :at, version = version + 1
            where id = :id and deleted_at is null""";

    /// @param run `null` when it stays
    void deleting(Tx tx, String id, @Nullable String run, Instant at) {
        tx.handle().createUpdate(DELETING).bind("id", id).bind("run", run).bind("at", at)
                .execute();
    }

    private static final String ALL = """
            select *
            from project
            where organization_id = :organization and deleted_at is null
            order by id""";

    List<Project> all(Tx tx, String organization) {
        return tx.handle().createQuery(ALL).bind("organization", organization)
                .mapTo(Project.class).list();
    }

    private static String text(Project.Visibility visibility) {
        return visibility.name().toLowerCase(Locale.ROOT);
    }
}
