package orrery.server.platform.training;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `training`.
final class TrainingTable {
    /// All but the sealed environment.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              state, state_reason, priority, desired, work, attempt, runs_until, started_at,
              completed_at, run_id, version, created_by, created_at, updated_at, deleted_at""";

    private static final Listing<Training> LIST = Listing.of(
            Training.class, "training jobs", COLUMNS, """
            training
            where deleted_at is null""")
            .time("updatedAt")
            .text("name", "createdBy", "projectId", "organizationId", "region")
            .oneOf("state", Training.State.class)
            .oneOf("priority", Training.Priority.class)
            .oneOf("framework", Work.Framework.class)
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into training (id, organization_id, project_id, region, name,
              display_name, description, labels, state, priority, desired, framework, work,
              sealed_env, run_id, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, lower(:state), lower(:priority), lower(:desired), lower(:framework), :work,
              :sealed, :runId, :createdBy, :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing
            """;

    final ProjectRows<Training> rows = new ProjectRows<>(
            Training.class, Trainings.KIND, "training", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Training training, byte @Nullable [] sealed) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(training)
                .bind("framework", training.work().framework())
                .bind("sealed", sealed)
                .execute() == 1;
    }

    /// @param region `null` for all
    Page<Training> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those of a region that the management cluster should know.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from training
                where region = :region
                  and state in ('queued', 'starting', 'running', 'suspended', 'preempted')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    /// Those whose time is over, a few.
    List<String> late(Tx tx, Instant now) {
        return tx.handle().createQuery("""
                select id
                from training
                where runs_until < :now
                  and state in ('starting', 'running')
                  and deleted_at is null
                order by runs_until
                limit 100
                """).bind("now", now).mapTo(String.class).list();
    }

    void describe(Tx tx, String id, @Nullable String displayName, Map<String, String> labels,
            Instant now) {
        rows.update(tx, id, now, "display_name = :displayName, labels = :labels")
                .bind("displayName", displayName).bind("labels", Json.of(labels)).execute();
    }

    void want(Tx tx, String id, Training.Desired desired, Training.Priority priority) {
        tx.handle().createUpdate("""
                update training
                set desired = lower(:desired), priority = lower(:priority)
                where id = :id
                """)
                .bind("id", id)
                .bind("desired", desired.name())
                .bind("priority", priority.name())
                .execute();
    }

    void tryAgain(Tx tx, String id, int attempt) {
        tx.handle().createUpdate("""
                update training
                set attempt = :attempt
                where id = :id
                """).bind("id", id).bind("attempt", attempt).execute();
    }

    /// Where it is now. The clock of its longest time runs while it runs.
    ///
    /// @param runsUntil `null` where no such clock runs
    void mark(Tx tx, String id, Training.State state, @Nullable String reason,
            @Nullable Instant runsUntil, Instant now) {
        rows.update(tx, id, now, """
                state = lower(:state), state_reason = :reason, runs_until = :runsUntil,
                  started_at = case when :state = 'RUNNING'
                    then coalesce(started_at, :now) else started_at end,
                  completed_at = case
                    when :state in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                      then coalesce(completed_at, :now)
                    when :state = 'DELETING' then completed_at end""")
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("runsUntil", runsUntil)
                .execute();
    }

    /// A run changes it from now on.
    void begin(Tx tx, String id, String run, Instant now) {
        rows.update(tx, id, now, "run_id = :run").bind("run", run).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'deleted', state_reason = null, sealed_env = null, runs_until = null,
                  deleted_at = :now""").execute();
    }
}
