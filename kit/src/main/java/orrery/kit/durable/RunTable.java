package orrery.kit.durable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import org.jspecify.annotations.Nullable;

/// The SQL of tables `run` and `run_step` for those who ask and command: the use cases of [Runs].
final class RunTable {
    private static final String WANTED = """
            where (:organization::text is null or organization = :organization)
              and (:project::text is null or project = :project)
              and (cardinality(:types) = 0 or saga = any(:types))
              and (cardinality(:statuses) = 0 or status = any(:statuses))
              and (cardinality(:subjectKinds) = 0 or subject_kind = any(:subjectKinds))
              and (cardinality(:subjectIds) = 0 or subject_id = any(:subjectIds))
              and (cardinality(:triggeredBy) = 0 or triggered_by = any(:triggeredBy))
              and (:since::timestamptz is null or created_at >= :since)
              and (:until::timestamptz is null or created_at < :until)
            """;

    Optional<Run> find(Tx tx, Scope scope, String id) {
        return tx.handle().createQuery("""
                select * from run
                where id = :id
                  and (:organization::text is null or organization = :organization)
                  and (:project::text is null or project = :project)
                """)
                .bind("id", id)
                .bind("organization", scope.organization())
                .bind("project", scope.project())
                .map((rows, context) -> run(rows)).findOne();
    }

    /// @param after the last run of the page before; null: begin with the newest
    List<Run> list(Tx tx, RunFilter filter, @Nullable Run after, int limit) {
        return tx.handle().createQuery("select * from run " + WANTED + """
                  and (:afterId::text is null
                    or (created_at, id) < (:afterTime::timestamptz, :afterId))
                order by created_at desc, id desc
                limit :limit
                """)
                .bind("organization", filter.scope().organization())
                .bind("project", filter.scope().project())
                .bindArray("types", String.class, filter.types())
                .bindArray("statuses", String.class,
                        filter.statuses().stream().map(Status::text).toList())
                .bindArray("subjectKinds", String.class, filter.subjectKinds())
                .bindArray("subjectIds", String.class, filter.subjectIds())
                .bindArray("triggeredBy", String.class, filter.triggeredBy())
                .bind("since", filter.since())
                .bind("until", filter.until())
                .bind("afterId", after == null ? null : after.id())
                .bind("afterTime", after == null ? null : after.createdAt())
                .bind("limit", limit)
                .map((rows, context) -> run(rows)).list();
    }

    List<RunStep> steps(Tx tx, String run) {
        return tx.handle().createQuery("""
                select name, status, undone, started_at, finished_at from run_step
                where run_id = :run order by ordinal
                """).bind("run", run).map((rows, context) -> step(rows)).list();
    }

    Optional<String> active(Tx tx, Subject subject) {
        return tx.handle().createQuery("""
                select id from run where subject_kind = :kind and subject_id = :id and exclusive
                """).bind("kind", subject.kind()).bind("id", subject.id())
                .mapTo(String.class).findOne();
    }

    /// @return whether there was a run that could still be cancelled
    boolean cancel(Tx tx, String id) {
        return tx.handle().createUpdate("""
                update run set cancel_requested = true, wake = true,
                  lease_until = case when owner is null then now() else lease_until end
                where id = :id and status in ('pending', 'running') and unwinding is null
                """).bind("id", id).execute() == 1;
    }

    /// Gives up a run that nobody can finish, so that its resource may be changed again.
    ///
    /// @return whether it was such a run
    boolean giveUp(Tx tx, String id, Status end) {
        return tx.handle().createUpdate("""
                update run set status = :end, exclusive = false, sealed = null,
                  finished_at = coalesce(finished_at, now())
                where id = :id and status = 'attention'
                """).bind("id", id).bind("end", end.text()).execute() == 1;
    }

    /// A run's stored input, for one that repeats it.
    record Input(String saga, String json, byte @Nullable [] sealed, boolean exclusive) {}

    Input input(Tx tx, String id) {
        return tx.handle().createQuery("""
                select saga, input, sealed, subject_id is not null and parent is null as exclusive
                from run where id = :id
                """).bind("id", id).map((rows, context) -> new Input(
                        rows.getString("saga"), rows.getString("input"), rows.getBytes("sealed"),
                        rows.getBoolean("exclusive"))).one();
    }

    /// The steps of `from` before the step `until`, taken over as done. Their results must not
    /// have held secrets, which are gone.
    int copyJournal(Tx tx, String from, String to, String until) {
        return tx.handle().createUpdate("""
                insert into run_step (run_id, name, ordinal, status, undoable, undone, output,
                  tries, due, child, started_at, finished_at)
                select :to, name, ordinal, status, undoable, undone, output, tries, due, child,
                  started_at, finished_at
                from run_step
                where run_id = :from
                  and ordinal < (select ordinal from run_step
                    where run_id = :from and name = :until)
                """).bind("from", from).bind("to", to).bind("until", until).execute();
    }

    /// Runs that wait for something about this subject look again at once.
    int nudge(Tx tx, Subject subject) {
        return tx.handle().createUpdate("""
                update run set wake = true,
                  lease_until = case when owner is null then now() else lease_until end
                where subject_kind = :kind and subject_id = :id
                  and status in ('pending', 'running')
                """).bind("kind", subject.kind()).bind("id", subject.id()).execute();
    }

    private static Run run(ResultSet rows) throws SQLException {
        var kind = rows.getString("subject_kind");
        var code = rows.getString("error_code");
        var status = Status.parse(rows.getString("status"));
        return new Run(
                rows.getString("id"),
                rows.getString("saga"),
                status,
                kind == null ? null : new Subject(kind, rows.getString("subject_id")),
                new Scope(rows.getString("organization"), rows.getString("project")),
                rows.getString("triggered_by"),
                rows.getInt("attempt"),
                rows.getString("retry_of"),
                rows.getString("parent"),
                rows.getTimestamp("created_at").toInstant(),
                instant(rows.getTimestamp("started_at")),
                instant(rows.getTimestamp("finished_at")),
                rows.getTimestamp("deadline").toInstant(),
                rows.getString("progress"),
                code == null ? null : new Run.Error(
                        code, rows.getString("error_message"), rows.getString("error_step")));
    }

    private static RunStep step(ResultSet rows) throws SQLException {
        var state = rows.getBoolean("undone") ? RunStep.State.UNDONE
                : switch (rows.getString("status")) {
                    case "completed" -> RunStep.State.COMPLETED;
                    case "failed" -> RunStep.State.FAILED;
                    default -> RunStep.State.RUNNING;
                };
        var finished = instant(rows.getTimestamp("finished_at"));
        return new RunStep(rows.getString("name"), state, finished == null ? null
                : Duration.between(rows.getTimestamp("started_at").toInstant(), finished));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
