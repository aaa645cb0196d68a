package orrery.kit.durable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.Ids;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.db.Sql;
import orrery.kit.events.Events;
import org.jspecify.annotations.Nullable;

/// The engine's statements about one run that it holds: the SQL of table `run_step`, together with
/// the changes of the run's own row that belong to a step.
///
/// Each is one statement, whatever it does: check that the lease is still ours (`head`), write the
/// journal's row, append to the event log. Nothing happens unless the head finds its row.
final class JournalTable {
    /// Rows that are over have no owner. Asking for `open` as well would be wrong: it makes
    /// PostgreSQL read the whole index of open rows, dead entries included, to find one by its key.
    private static final String OURS = " where id = ? and owner = ? and epoch = ?";

    /// Only looks. A runner that has lost its lease in this very moment may still write, which
    /// the journal's key makes harmless for what may happen twice anyway.
    private static final String LOOK = "select 1 from run" + OURS;

    /// Holds the row until the commit: nobody can claim the run before this step is recorded.
    private static final String HOLD = LOOK + " for share";

    private static final String END = """
            update run set status = ?, open = false, owner = null,
              exclusive = exclusive and ?::boolean,
              sealed = case when ?::boolean then sealed end,
              error_code = ?, error_message = ?, error_step = ?,
              progress = null, finished_at = clock_timestamp()
            """ + OURS + " returning 1";

    private static final String UNWIND = """
            update run set unwinding = ?, error_code = ?, error_message = ?, error_step = ?
            """ + OURS + " returning 1";

    /// A wake-up that came since the run was claimed is not slept over.
    private static final String PARK = """
            update run set owner = null, progress = coalesce(?, progress), wake = false,
              lease_until = case when wake then now()
                else now() + ?::float8 * interval '1 second' end
            """ + OURS + " returning 1";

    private static final String PROGRESS = "update run set progress = ?" + OURS + " returning 1";

    /// A step that the journal does not have yet. If another runner has recorded it meanwhile, its
    /// key refuses ([#isRecorded]): that costs nothing until it happens.
    private static final String FIRST = """
            , step as (
              insert into run_step (run_id, name, ordinal, status, undoable, undone, output,
                sealed, tries, due, child, started_at, finished_at)
              select ?, ?, ?::integer, ?, ?::boolean, ?::boolean, ?::jsonb, ?::bytea, ?::integer,
                ?::timestamptz, ?, ?::timestamptz, case when ?::boolean then clock_timestamp() end
              from head
              returning 1)
            """;

    private static final String AGAIN = """
            , step as (
              update run_step set status = ?, undone = ?, output = ?::jsonb, sealed = ?::bytea,
                tries = ?, due = ?::timestamptz, child = ?,
                finished_at = case when ?::boolean then clock_timestamp() end
              where run_id = ? and name = ? and exists (select 1 from head)
                and (status in ('started', 'waiting') or ?::boolean and not undone)
              returning 1)
            """;

    private static final String TRIES = """
            , step as (
              update run_step set tries = ? where run_id = ? and name = ?
                and exists (select 1 from head)
              returning 1)
            """;

    private static final String ENTRY = """
            select ?::text, ?::text, 'run', ?::text, ?::text, ?::text, ?::text, ?::text, ?::text,
              ?::jsonb from\s""";

    private static final Map<Shape, String> TEXTS = new ConcurrentHashMap<>();

    private final Ids ids;
    private final String owner;

    JournalTable(Ids ids, String owner) {
        this.ids = ids;
        this.owner = owner;
    }

    /// What became of a statement.
    enum Result {
        DONE,
        /// The lease is no longer ours.
        LOST,
        /// The lease is ours, but another runner has recorded this step before.
        RECORDED
    }

    /// Records a step.
    Result record(Connection c, RunRow run, StepRow step, RunEvents.@Nullable Entry event)
            throws SQLException {
        var events = event == null ? List.<RunEvents.Entry>of() : List.of(event);
        return execute(c, LOOK, List.of(), run, step, events);
    }

    /// Records a step in the transaction that its own changes are part of. If the lease is no
    /// longer ours, it divides by zero, and if the step is recorded, its key refuses
    /// ([#isRefused]): then PostgreSQL skips the commit behind it.
    Sql recordOrFail(RunRow run, StepRow step, RunEvents.Entry event) {
        return sql(HOLD, true, List.of(), run, step, List.of(event));
    }

    /// As [#end], and fails like [#recordOrFail].
    Sql endOrFail(RunRow run, Status status, StepRow step, List<RunEvents.Entry> events) {
        return sql(END, true, endArguments(run, status), run, step, events);
    }

    static boolean isRefused(Exception e) {
        return DatabaseFailure.state(e).equals("22012") || isRecorded(e);
    }

    private static boolean isRecorded(Throwable e) {
        return DatabaseFailure.isDuplicate(e, "run_step_pkey");
    }

    /// Whether the lease is still ours.
    boolean isOurs(Connection c, RunRow run) throws SQLException {
        return !new Sql(LOOK).with(run.id(), owner, run.epoch()).rows(c, rows -> 1).isEmpty();
    }

    /// Ends the run, with its last step if there is one.
    Result end(Connection c, RunRow run, Status status, @Nullable StepRow step,
            List<RunEvents.Entry> events) throws SQLException {
        return execute(c, END, endArguments(run, status), run, step, events);
    }

    private static List<@Nullable Object> endArguments(RunRow run, Status status) {
        boolean unsolved = status == Status.ATTENTION;
        var error = run.error();
        return Arrays.asList(status.text(), unsolved, unsolved,
                error == null ? null : error.code(), error == null ? null : error.message(),
                error == null ? null : error.step());
    }

    /// From now on the run only undoes.
    Result unwind(Connection c, RunRow run, @Nullable StepRow step, List<RunEvents.Entry> events)
            throws SQLException {
        var error = run.error();
        var end = run.unwinding();
        return execute(c, UNWIND, Arrays.asList(end == null ? null : end.text(),
                error == null ? null : error.code(), error == null ? null : error.message(),
                error == null ? null : error.step()), run, step, events);
    }

    /// Gives the run back until later.
    Result park(Connection c, RunRow run, double seconds, @Nullable String progress,
            @Nullable StepRow step) throws SQLException {
        return execute(c, PARK, Arrays.asList(progress, seconds), run, step, List.of());
    }

    /// Gives the run back until a recorded step, or its undo, is tried again.
    Result parkAgain(Connection c, RunRow run, double seconds, String progress, StepRow step)
            throws SQLException {
        var sql = new Sql("with head as (" + PARK + ")" + TRIES
                + "select (select count(*) from head), (select count(*) from step)");
        sql.with(progress, seconds, run.id(), owner, run.epoch());
        sql.with(step.tries(), run.id(), step.name());
        return sql.row(c, JournalTable::result);
    }

    Result progress(Connection c, RunRow run, String text, RunEvents.Entry event)
            throws SQLException {
        return execute(c, PROGRESS, Arrays.asList(text), run, null, List.of(event));
    }

    /// The secrets of a run's results go when it ends.
    static void erase(Connection c, String run) throws SQLException {
        new Sql("update run_step set sealed = null where run_id = ? and sealed is not null")
                .with(run).update(c);
    }

    Map<String, StepRow> journal(Connection c, String run) throws SQLException {
        var journal = new LinkedHashMap<String, StepRow>();
        new Sql("select * from run_step where run_id = ? order by ordinal").with(run)
                .rows(c, JournalTable::step)
                .forEach(step -> journal.put(step.name(), step));
        return journal;
    }

    private Result execute(Connection c, String head, List<@Nullable Object> headArguments,
            RunRow run, @Nullable StepRow step, List<RunEvents.Entry> events) throws SQLException {
        try {
            return sql(head, false, headArguments, run, step, events).row(c, JournalTable::result);
        } catch (SQLException e) {
            if (isRecorded(e)) {
                return Result.RECORDED;
            }
            throw e;
        }
    }

    private Sql sql(String head, boolean strict, List<@Nullable Object> headArguments,
            RunRow run, @Nullable StepRow step, List<RunEvents.Entry> events) {
        var shape = new Shape(head, step == null ? Write.NONE : step.stored() ? Write.AGAIN
                : Write.FIRST, events.size(), strict);
        var sql = new Sql(TEXTS.computeIfAbsent(shape, JournalTable::compose));
        sql.with(headArguments.toArray()).with(run.id(), owner, run.epoch());
        switch (shape.step()) {
            case NONE -> { }
            case FIRST -> sql.with(run.id(), step.name(), step.ordinal(), step.state().text(),
                    step.undoable(), step.undone(), step.output(), step.sealed(),
                    step.recorded().tries(), step.due(), step.child(), step.startedAt(),
                    step.state().isOver());
            case AGAIN -> sql.with(step.state().text(), step.undone(), step.output(),
                    step.sealed(), step.recorded().tries(), step.due(), step.child(),
                    step.state().isOver(), run.id(), step.name(), step.undone());
        }
        for (var event : events) {
            sql.with(ids.next("evt"), event.type(), run.id(), run.scope().organization(),
                    run.scope().project(), run.triggeredBy(), run.authority().requestId(),
                    run.id(), event.data());
        }
        return sql;
    }

    private enum Write { NONE, FIRST, AGAIN }

    /// The statements are few and their texts are long, and the driver knows a prepared one by
    /// its text: each is put together once.
    private record Shape(String head, Write step, int events, boolean strict) {}

    private static String compose(Shape shape) {
        var text = new StringBuilder(2_000)
                .append("with head as (").append(shape.head()).append(")")
                .append(switch (shape.step()) {
                    case NONE -> "";
                    case FIRST -> FIRST;
                    case AGAIN -> AGAIN;
                });
        var written = shape.step() == Write.NONE ? "head" : "step";
        if (shape.events() > 0) {
            text.append(", log as (").append(Events.INSERT)
                    .append(String.join(" union all ",
                            Collections.nCopies(shape.events(), ENTRY + written)))
                    .append(")");
        }
        // A head that only looks becomes part of what asks for it, if nobody else does.
        text.append(shape.strict() ? " select 1 / (select count(*) from step)"
                : shape.step() == Write.AGAIN
                        ? " select (select count(*) from head), (select count(*) from step)"
                        : " select count(*), 1 from " + written);
        return text.toString();
    }

    private static Result result(ResultSet rows) throws SQLException {
        return rows.getLong(1) == 0 ? Result.LOST
                : rows.getLong(2) == 0 ? Result.RECORDED : Result.DONE;
    }

    private static StepRow step(ResultSet rows) throws SQLException {
        return new StepRow(
                true,
                rows.getString("name"),
                rows.getInt("ordinal"),
                StepRow.State.valueOf(rows.getString("status").toUpperCase(Locale.ROOT)),
                rows.getBoolean("undoable"),
                rows.getBoolean("undone"),
                rows.getString("output"),
                rows.getBytes("sealed"),
                rows.getInt("tries"),
                instant(rows.getTimestamp("due")),
                rows.getString("child"),
                rows.getTimestamp("started_at").toInstant());
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
