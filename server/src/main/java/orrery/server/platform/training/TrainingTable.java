package orrery.server.platform.training;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `training`.
final class TrainingTable {
    /// All but the sealed environment, which only [#sealed] hands out.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              state, state_reason, priority, desired, work, attempt, runs_until, started_at,
              completed_at, run_id, version, created_by, created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom training\n";

    private static final Listing<Training> IN_PROJECT = listing("""
            training
            where project_id = :project
              and region = :region
              and deleted_at is null""");

    private static final Listing<Training> WITHIN = listing("""
            training
            where region = :region
              and deleted_at is null
              and (:everywhere or organization_id = any(:organizations)
                or project_id = any(:projects))""");

    private static final String INSERT = """
            insert into training (id, organization_id, project_id, region, name,
              display_name, description, labels, state, priority, desired, framework, work,
              sealed_env, run_id, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, lower(:state), lower(:priority), lower(:desired), lower(:framework), :work,
              :sealed, :runId, :createdBy, :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing
            """;

    private static Listing<Training> listing(String from) {
        return Listing.of(Training.class, "training jobs", COLUMNS, from)
                .time("updatedAt").text("name", "createdBy", "projectId", "organizationId")
                .oneOf("state", Training.State.class)
                .oneOf("priority", Training.Priority.class)
                .oneOf("framework", Work.Framework.class)
                .map("labels").searching("name", "displayName");
    }

    /// Whether the name was free.
    boolean insert(Tx tx, Training training, byte @Nullable [] sealed) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", training.id())
                .bind("organizationId", training.organizationId())
                .bind("projectId", training.projectId())
                .bind("region", training.region())
                .bind("name", training.name())
                .bind("displayName", training.displayName())
                .bind("description", training.description())
                .bind("labels", Json.of(training.labels()))
                .bind("state", training.state().name())
                .bind("priority", training.priority().name())
                .bind("desired", training.desired().name())
                .bind("framework", training.work().framework().name())
                .bind("work", Json.of(training.work()))
                .bind("sealed", sealed)
                .bind("runId", training.runId())
                .bind("createdBy", training.createdBy())
                .bind("createdAt", training.createdAt())
                .bind("updatedAt", training.updatedAt())
                .execute() == 1;
    }

    /// One in a project and a region, by identifier or name.
    Optional<Training> find(Tx tx, String project, String region, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(Training.class).findOne();
    }

    Optional<Training> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Training.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Training> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Training.class).findOne();
    }

    Page<Training> list(Tx tx, Paging paging, PageAsk ask, String project, String region) {
        return IN_PROJECT.page(tx, paging, ask, Map.of("project", project, "region", region));
    }

    Page<Training> within(Tx tx, Paging paging, PageAsk ask, Reach reach, String region) {
        var bound = new HashMap<>(reach.bound());
        bound.put("region", region);
        return WITHIN.page(tx, paging, ask, bound);
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

    List<Training> all(Tx tx, Collection<String> ids) {
        return tx.handle().createQuery(SELECT + "where id = any(:ids)")
                .bindArray("ids", String.class, ids).mapTo(Training.class).list();
    }

    /// `inference/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'training/' || name
                from training
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    /// Identifiers of those in a project, in all regions, that are not deleted.
    List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from training
                where project_id = :project
                  and deleted_at is null
                order by id
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from training
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    Optional<byte[]> sealed(Tx tx, String id) {
        return tx.handle().createQuery("""
                select sealed_env
                from training
                where id = :id
                  and sealed_env is not null
                """).bind("id", id).mapTo(byte[].class).findOne();
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
        tx.handle().createUpdate("""
                update training
                set display_name = :displayName, labels = :labels, version = version + 1,
                  updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", displayName)
                .bind("labels", Json.of(labels))
                .bind("now", now)
                .execute();
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
        tx.handle().createUpdate("""
                update training
                set state = lower(:state), state_reason = :reason, runs_until = :runsUntil,
                  started_at = case when :state = 'RUNNING'
                    then coalesce(started_at, :now) else started_at end,
                  completed_at = case
                    when :state in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                      then coalesce(completed_at, :now)
                    when :state = 'DELETING' then completed_at end,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("runsUntil", runsUntil)
                .bind("now", now)
                .execute();
    }

    /// A run changes it from now on.
    void begin(Tx tx, String id, String run, Instant now) {
        tx.handle().createUpdate("""
                update training
                set run_id = :run, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("run", run)
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update training
                set state = 'deleted', state_reason = null, sealed_env = null,
                  runs_until = null, deleted_at = :now, version = version + 1,
                  updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
