package orrery.server.compute.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Deleted;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `volume`.
final class VolumeTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, zone, name, display_name, description,
              labels, backend_id, type, medium, size_gb, instance_id, state, state_reason, run_id,
              version, created_by, created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom volume\n";

    private static final Listing<Volume> LIST = Listing.of(Volume.class, "volumes", COLUMNS, """
            volume
            where deleted_at is null""")
            .time("updatedAt")
            .text("name", "createdBy", "type", "zone", "state", "instanceId", "projectId",
                    "region")
            .map("labels").searching("name", "displayName");

    /// Whether the name was free.
    boolean insert(Tx tx, Volume it) {
        return tx.handle().createUpdate("""
                insert into volume (id, organization_id, project_id, region, zone, name,
                  display_name, description, labels, backend_id, type, medium, size_gb, state,
                  run_id, created_by, created_at, updated_at)
                values (:id, :organizationId, :projectId, :region, :zone, :name, :displayName,
                  :description, :labels, :backendId, :type, lower(:medium), :sizeGb, :state,
                  :runId, :createdBy, :createdAt, :updatedAt)
                on conflict (project_id, name) where deleted_at is null do nothing
                """)
                .bind("id", it.id())
                .bind("organizationId", it.organizationId())
                .bind("projectId", it.projectId())
                .bind("region", it.region())
                .bind("zone", it.zone())
                .bind("name", it.name())
                .bind("displayName", it.displayName())
                .bind("description", it.description())
                .bind("labels", Json.of(it.labels()))
                .bind("backendId", it.backendId())
                .bind("type", it.type())
                .bind("medium", it.medium().name())
                .bind("sizeGb", it.sizeGb())
                .bind("state", it.state().text())
                .bind("runId", it.runId())
                .bind("createdBy", it.createdBy())
                .bind("createdAt", it.createdAt())
                .bind("updatedAt", it.updatedAt())
                .execute() == 1;
    }

    /// One in a project, by identifier or name.
    ///
    /// @param region `null` for any
    /// @param deleted whether one is found that is deleted, too, by identifier
    Optional<Volume> find(Tx tx, String project, @Nullable String region, String idOrName,
            Deleted deleted) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and (:region::text is null or region = :region)
                  and (id = :idOrName and (:deleted or deleted_at is null)
                    or name = :idOrName and deleted_at is null)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .bind("deleted", deleted.isShown())
                .mapTo(Volume.class).findOne();
    }

    Optional<Volume> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Volume.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Volume> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Volume.class).findOne();
    }

    /// @param region `null` for all
    Page<Volume> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those of a region that its management cluster should know.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from volume
                where region = :region
                  and state in ('available', 'inUse')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    List<Volume> all(Tx tx, Collection<String> ids) {
        return tx.handle().createQuery(SELECT + "where id = any(:ids)")
                .bindArray("ids", String.class, ids).mapTo(Volume.class).list();
    }

    /// Those that a machine has.
    List<String> ofInstance(Tx tx, String instance) {
        return tx.handle().createQuery("""
                select id
                from volume
                where instance_id = :instance
                order by id
                """).bind("instance", instance).mapTo(String.class).list();
    }

    List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from volume
                where project_id = :project
                  and deleted_at is null
                order by id
                """).bind("project", project).mapTo(String.class).list();
    }

    /// `volume/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'volume/' || name
                from volume
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from volume
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    void describe(Tx tx, String id, Volumes.Change change, Instant now) {
        tx.handle().createUpdate("""
                update volume
                set display_name = :displayName, description = :description, labels = :labels,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("labels", Json.of(change.labels()))
                .bind("now", now)
                .execute();
    }

    void mark(Tx tx, String id, Volume.State state, @Nullable String reason, Instant now) {
        tx.handle().createUpdate("""
                update volume
                set state = :state, state_reason = :reason, version = version + 1,
                  updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.text())
                .bind("reason", reason)
                .bind("now", now)
                .execute();
    }

    /// The run that changes it from now on.
    void begin(Tx tx, String id, String run) {
        tx.handle().createUpdate("""
                update volume
                set run_id = :run
                where id = :id
                """).bind("id", id).bind("run", run).execute();
    }

    void resize(Tx tx, String id, int sizeGb, Instant now) {
        tx.handle().createUpdate("""
                update volume
                set size_gb = :sizeGb, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("sizeGb", sizeGb).bind("now", now).execute();
    }

    /// @param instance the machine that has it; `null` for none
    void give(Tx tx, String id, @Nullable String instance) {
        tx.handle().createUpdate("""
                update volume
                set instance_id = :instance
                where id = :id
                """).bind("id", id).bind("instance", instance).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update volume
                set state = 'deleted', state_reason = null, deleted_at = :now,
                  version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
