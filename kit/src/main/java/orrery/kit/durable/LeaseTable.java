package orrery.kit.durable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Sql;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import org.jspecify.annotations.Nullable;

/// The engine's statements about who works on what: the queue side of table `run`.
final class LeaseTable {
    /// The inner query finds, `skip locked` lets several processes claim beside each other, and
    /// the event is written in the same statement.
    private static final String CLAIM = """
            with due as (
              select id, status as before from run
              where open and lease_until < now() and saga = any (?)
              order by lease_until limit ? for update skip locked
            ), claimed as (
              update run set owner = ?, epoch = nextval('run_epoch'), wake = false,
                lease_until = now() + ?::float8 * interval '1 second',
                status = 'running', started_at = coalesce(started_at, clock_timestamp())
              from due where run.id = due.id
              returning run.*, before = 'pending' as fresh
            ), log as (
            """ + Events.INSERT + """
              select 'evt_' || translate(gen_random_uuid()::text, '-', ''), 'run.started', 'run',
                id, organization, project, triggered_by, authority ->> 'requestId', id,
                jsonb_strip_nulls(jsonb_build_object('type', saga, 'attempt', attempt,
                  'status', 'running', 'resource', case when subject_id is not null then
                    jsonb_build_object('kind', subject_kind, 'id', subject_id) end))
              from claimed where fresh
            )
            select * from claimed
            """;

    /// Only the leases it confirms are still ours. What else it tells is who was cancelled.
    private static final String HEARTBEAT = """
            update run set lease_until = now() + ?::float8 * interval '1 second'
            where id = any (?) and owner = ?
            returning id, epoch, cancel_requested
            """;

    private static final String LIFT = """
            select setval('run_epoch', ?) where (select last_value from run_epoch) < ?
            """;

    /// Nobody here knows their sagas, and for so long nobody else has claimed them either.
    private static final String ORPHANS = """
            update run set status = 'attention', open = false, owner = null,
              error_code = 'UNKNOWN_SAGA',
              error_message = 'no server of this release knows the saga ' || saga
            where open and lease_until < now() - ?::float8 * interval '1 second'
              and saga <> all (?)
            """;

    private static final String INSERT = """
            with fresh as (
              insert into run (id, saga, status, subject_kind, subject_id, organization,
                project, triggered_by, authority, input, sealed, attempt, retry_of, parent,
                exclusive, owner, epoch, lease_until, started_at, deadline)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?, ?,
                nextval('run_epoch'), clock_timestamp() + ?::float8 * interval '1 second',
                case when ?::boolean then clock_timestamp() end, ?)
              %s
              returning id, epoch
            ), log as (
            """ + Events.INSERT + """
              select ?, ?, 'run', id, ?, ?, ?, ?, id, ?::jsonb from fresh
            )
            select epoch from fresh
            """;

    private static final String ALONE = INSERT.formatted(
            "on conflict (subject_kind, subject_id) where exclusive do nothing");
    private static final String BESIDE = INSERT.formatted("");

    private final Ids ids;
    private final String owner;

    LeaseTable(Ids ids, String owner) {
        this.ids = ids;
        this.owner = owner;
    }

    /// It returns the lease's epoch, or nothing when the subject has another changing run and this
    /// one wants to be alone.
    ///
    /// @param leased whether this process works on it; else whoever claims it first
    Sql insert(RunRow run, boolean exclusive, boolean leased, Duration lease,
            @Nullable String retryOf) {
        var event = RunEvents.status(run, leased ? Status.RUNNING : Status.PENDING, null);
        var sql = new Sql(exclusive ? ALONE : BESIDE);
        var subject = run.subject();
        sql.with(run.id(), run.saga(), (leased ? Status.RUNNING : Status.PENDING).text(),
                subject == null ? null : subject.kind(), subject == null ? null : subject.id(),
                run.scope().organization(), run.scope().project(), run.triggeredBy(),
                Json.write(run.authority()), run.input(), run.sealed(), run.attempt(), retryOf,
                run.parent(), exclusive, leased ? owner : null,
                leased ? seconds(lease) : 0.0, leased, run.deadline());
        sql.with(ids.next("evt"), event.type(), run.scope().organization(),
                run.scope().project(), run.triggeredBy(), run.authority().requestId(),
                event.data());
        return sql;
    }

    List<RunRow> claim(Connection c, Set<String> sagas, int limit, Duration lease)
            throws SQLException {
        return new Sql(CLAIM)
                .with(array(c, sagas), limit, owner, seconds(lease))
                .rows(c, LeaseTable::run);
    }

    /// Lifts the tokens above all that were ever given on a clock that went forward: those of a
    /// database that was restored from a backup would be older than what its objects bear, and
    /// every writer would be taken for one that lost its lease.
    void lift(Connection c, Instant now) throws SQLException {
        new Sql(LIFT).with(now.toEpochMilli(), now.toEpochMilli()).rows(c, rows -> null);
    }

    record Confirmed(String run, long epoch, boolean cancelled) {}

    List<Confirmed> heartbeat(Connection c, Set<String> runs, Duration lease)
            throws SQLException {
        return new Sql(HEARTBEAT).with(seconds(lease), array(c, runs), owner).rows(c, rows ->
                new Confirmed(rows.getString(1), rows.getLong(2), rows.getBoolean(3)));
    }

    int orphans(Connection c, Set<String> sagas, Duration patience) throws SQLException {
        return new Sql(ORPHANS).with(seconds(patience), array(c, sagas)).update(c);
    }

    /// A run that waits for something looks again at once.
    static void nudge(Connection c, String run) throws SQLException {
        new Sql("""
                update run set wake = true,
                  lease_until = case when owner is null then now() else lease_until end
                where id = ? and status in ('pending', 'running')
                """).with(run).update(c);
    }

    private static Array array(Connection c, Set<String> texts) throws SQLException {
        return c.createArrayOf("text", texts.toArray());
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    static RunRow run(ResultSet rows) throws SQLException {
        var kind = rows.getString("subject_kind");
        var unwinding = rows.getString("unwinding");
        var code = rows.getString("error_code");
        return new RunRow(
                rows.getString("id"),
                rows.getString("saga"),
                kind == null ? null : new Subject(kind, rows.getString("subject_id")),
                new Scope(rows.getString("organization"), rows.getString("project")),
                rows.getString("triggered_by"),
                Json.read(rows.getString("authority"), Grant.Stored.class),
                rows.getString("input"),
                rows.getBytes("sealed"),
                rows.getInt("attempt"),
                rows.getString("parent"),
                rows.getLong("epoch"),
                rows.getBoolean("cancel_requested"),
                unwinding == null ? null : Status.parse(unwinding),
                code == null ? null : new Run.Error(code, rows.getString("error_message"),
                        rows.getString("error_step")),
                rows.getTimestamp("deadline").toInstant(),
                rows.getString("progress"));
    }
}
