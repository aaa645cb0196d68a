package orrery.kit.http;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/// What all tables of things that lie in projects have in common: how one is found, held, counted
/// to its project and marked. A table has one of these, and SQL of its own for what is peculiar.
///
/// A row has `id`, `organization_id`, `project_id`, `name`, `version`, `updated_at` and
/// `deleted_at`, and `region` where that is asked for. Names are unique in a project, or in each of
/// its regions, among what is not deleted.
public final class ProjectRows<T> {
    private final Class<T> type;
    private final String kind;
    private final String table;
    private final String select;

    /// @param kind what refusals and events call one
    /// @param columns what a whole thing is made from
    public ProjectRows(Class<T> type, String kind, String table, String columns) {
        this.type = type;
        this.kind = kind;
        this.table = table;
        this.select = "select " + columns.strip() + "\nfrom " + table + "\n";
    }

    /// Whole things.
    ///
    /// @param where all that stands behind the table's name
    public Query select(Tx tx, String where) {
        return tx.handle().createQuery(select + where);
    }

    /// One in a project, by identifier or name.
    ///
    /// @param region `null` for any
    /// @throws Problem.Failure [Problem.Ambiguous] for a name that several regions have
    public Optional<T> find(Tx tx, String project, @Nullable String region, String idOrName) {
        return find(tx, project, region, idOrName, Deleted.HIDDEN, "");
    }

    /// As [#find], and it stays until the transaction ends. Any number may hold it so.
    public Optional<T> hold(Tx tx, String project, @Nullable String region, String idOrName) {
        return find(tx, project, region, idOrName, Deleted.HIDDEN, "for key share");
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    public Optional<T> findLocked(
            Tx tx, String project, @Nullable String region, String idOrName) {
        return find(tx, project, region, idOrName, Deleted.HIDDEN, "for update");
    }

    /// By one condition or the other: by `or` of both PostgreSQL may look through all that a
    /// project has.
    private Optional<T> find(Tx tx, String project, @Nullable String region, String idOrName,
            Deleted deleted, String locking) {
        boolean byId = Ids.isId(idOrName);
        var query = select(tx, "where project_id = :project\n"
                + (byId ? "  and id = :idOrName\n" : "  and name = :idOrName\n")
                + (region == null ? "" : "  and region = :region\n")
                + (byId && deleted.isShown() ? "" : "  and deleted_at is null\n") + locking);
        if (region != null) {
            query.bind("region", region);
        }
        var found = query.bind("project", project).bind("idOrName", idOrName).mapTo(type).list();
        if (found.size() > 1) {
            throw new Problem.Ambiguous(kind, idOrName, called(tx, project, idOrName)).raise();
        }
        return found.stream().findFirst();
    }

    private List<String> called(Tx tx, String project, String name) {
        return tx.handle().createQuery("""
                select id
                from %s
                where project_id = :project
                  and name = :name
                  and deleted_at is null
                order by id
                """.formatted(table)).bind("project", project).bind("name", name)
                .mapTo(String.class).list();
    }

    /// As [#find].
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    public T get(Tx tx, String project, @Nullable String region, String idOrName) {
        return get(tx, project, region, idOrName, Deleted.HIDDEN);
    }

    /// As above.
    ///
    /// @param deleted whether one is found that is deleted, too, by identifier
    public T get(Tx tx, String project, @Nullable String region, String idOrName,
            Deleted deleted) {
        return present(find(tx, project, region, idOrName, deleted, ""), idOrName);
    }

    /// As [#findLocked(Tx, String, String, String)].
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    public T lock(Tx tx, String project, @Nullable String region, String idOrName) {
        return present(findLocked(tx, project, region, idOrName), idOrName);
    }

    /// By identifier, wherever it is, deleted or not.
    public Optional<T> byId(Tx tx, String id) {
        return select(tx, "where id = :id").bind("id", id).mapTo(type).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    public Optional<T> findLocked(Tx tx, String id) {
        return select(tx, "where id = :id for update").bind("id", id).mapTo(type).findOne();
    }

    /// As [#byId].
    ///
    /// @throws Problem.Failure [Problem.NotFound] when there never was one
    public T get(Tx tx, String id) {
        return present(byId(tx, id), id);
    }

    /// As [#findLocked(Tx, String)].
    ///
    /// @throws Problem.Failure [Problem.NotFound] when there never was one
    public T lock(Tx tx, String id) {
        return present(findLocked(tx, id), id);
    }

    private T present(Optional<T> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(kind, idOrName).raise());
    }

    /// Those of these identifiers that there are, deleted ones too.
    public List<T> all(Tx tx, Collection<String> ids) {
        return select(tx, "where id = any(:ids)").bindArray("ids", String.class, ids)
                .mapTo(type).list();
    }

    /// `kind/name` of those in a project, a few.
    public List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select '%s/' || name
                from %s
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """.formatted(kind, table)).bind("project", project).mapTo(String.class).list();
    }

    /// Identifiers of those in a project, in all regions, that are not deleted.
    public List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from %s
                where project_id = :project
                  and deleted_at is null
                order by id
                """.formatted(table)).bind("project", project).mapTo(String.class).list();
    }

    /// The projects that have any in a region.
    public Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from %s
                where region = :region
                  and deleted_at is null
                """.formatted(table)).bind("region", region).mapTo(String.class).set();
    }

    /// The project of one that is not deleted.
    public Optional<Scope> place(Tx tx, String id) {
        return tx.handle().createQuery("""
                select organization_id, project_id
                from %s
                where id = :id
                  and deleted_at is null
                """.formatted(table)).bind("id", id)
                .map((row, context) -> Scope.project(row.getString(1), row.getString(2)))
                .findOne();
    }

    /// What a column has that holds sealed text, which no whole thing shows.
    public Optional<byte[]> sealed(Tx tx, String id, SealedColumn sealed) {
        return tx.handle().createQuery("""
                select %2$s
                from %1$s
                where id = :id
                  and %2$s is not null
                """.formatted(table, sealed.column())).bind("id", id)
                .mapTo(byte[].class).findOne();
    }

    /// Changes one, which is another version then. Bind what `set` names, and execute it.
    public Update update(Tx tx, String id, Instant now, String set) {
        return tx.handle().createUpdate("""
                update %s
                set %s, version = version + 1, updated_at = :now
                where id = :id
                """.formatted(table, set.strip())).bind("id", id).bind("now", now);
    }

    /// What people call it: `display_name`, `description` and `labels`.
    public void describe(Tx tx, String id, @Nullable String displayName,
            @Nullable String description, Map<String, String> labels, Instant now) {
        update(tx, id, now, """
                display_name = :displayName, description = :description, labels = :labels""")
                .bind("displayName", displayName)
                .bind("description", description)
                .bind("labels", Json.of(labels))
                .execute();
    }

    /// Where it is now, and why: `state` and `state_reason`.
    ///
    /// @param reason empty for none
    public void mark(Tx tx, String id, Enum<?> state, String reason, Instant now) {
        update(tx, id, now, "state = lower(:state), state_reason = nullif(:reason, '')")
                .bind("state", state.name()).bind("reason", reason).execute();
    }

    /// As [#mark], by a run that changes it from now on: `run_id`.
    public void begin(Tx tx, String id, Enum<?> state, @Nullable String run, Instant now) {
        update(tx, id, now, "state = lower(:state), state_reason = null, run_id = :run")
                .bind("state", state.name()).bind("run", run).execute();
    }
}
