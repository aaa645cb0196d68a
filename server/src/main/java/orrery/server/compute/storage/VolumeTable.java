package orrery.server.compute.storage;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `volume`.
final class VolumeTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, zone, name, display_name, description,
              labels, backend_id, type, medium, size_gb, instance_id, training_id, state,
              state_reason, run_id, version, created_by, created_at, updated_at, deleted_at""";

    private static final Listing<Volume> LIST = Listing.of(Volume.class, "volumes", COLUMNS, """
            volume
            where deleted_at is null""")
            .time("updatedAt")
            .text("name", "createdBy", "type", "zone", "state", "instanceId", "projectId",
                    "region")
            .map("labels").searching("name", "displayName");

    final ProjectRows<Volume> rows =
            new ProjectRows<>(Volume.class, Volumes.KIND, "volume", COLUMNS);

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
                """).bindMethods(it).bind("state", it.state().text()).execute() == 1;
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

    /// Those that a machine has.
    List<String> ofInstance(Tx tx, String instance) {
        return tx.handle().createQuery("""
                select id
                from volume
                where instance_id = :instance
                order by id
                """).bind("instance", instance).mapTo(String.class).list();
    }

    /// As [ProjectRows#mark], in words that are not all lower case.
    void mark(Tx tx, String id, Volume.State state, String reason, Instant now) {
        rows.update(tx, id, now, "state = :state, state_reason = nullif(:reason, '')")
                .bind("state", state.text()).bind("reason", reason).execute();
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
        rows.update(tx, id, now, "size_gb = :sizeGb").bind("sizeGb", sizeGb).execute();
    }

    /// Those that a training job has.
    List<String> ofTraining(Tx tx, String training) {
        return tx.handle().createQuery("""
                select id
                from volume
                where training_id = :training
                order by id
                """).bind("training", training).mapTo(String.class).list();
    }

    /// @param training the job that has it; `null` for none
    void lend(Tx tx, String id, @Nullable String training) {
        tx.handle().createUpdate("""
                update volume
                set training_id = :training
                where id = :id
                """).bind("id", id).bind("training", training).execute();
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
        rows.update(tx, id, now, "state = 'deleted', state_reason = null, deleted_at = :now")
                .execute();
    }
}
