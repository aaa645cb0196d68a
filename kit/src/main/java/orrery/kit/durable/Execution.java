package orrery.kit.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.db.Transaction;
import orrery.kit.events.Events;
import orrery.kit.kube.Fence;
import orrery.kit.kube.KubeFailure;
import orrery.kit.secret.SealedJson;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One process's work on one run, from claiming it until it ends, parks or is lost: the journal in
/// memory, and every change to it in the database. What a verb means is told by [Steps].
final class Execution {
    private static final Logger LOG = Logger.getLogger(Execution.class);
    private static final long DATABASE_PAUSE_MILLIS = 100;
    /// Between two looks whether somebody who is away is back; the longer it takes, the fewer.
    private static final Duration SHORTEST_AWAY = Duration.ofMillis(250);
    private static final Duration LONGEST_AWAY = Duration.ofSeconds(10);
    private static final String WAITS = "; going on when it is back";

    private final Parts parts;
    private final Policy policy;
    private final Lease lease;
    private final Map<String, StepRow> journal;
    private RunRow run;
    private @Nullable String progress;

    Execution(Parts parts, Policy policy, RunRow run, Lease lease, Map<String, StepRow> journal) {
        this.parts = parts;
        this.policy = policy;
        this.run = run;
        this.lease = lease;
        this.journal = new LinkedHashMap<>(journal);
        this.progress = run.progress();
    }

    RunRow run() {
        return run;
    }

    Lease lease() {
        return lease;
    }

    Policy policy() {
        return policy;
    }

    Map<String, StepRow> journal() {
        return journal;
    }

    Instant now() {
        return parts.clock().instant();
    }

    Grant grant() {
        return parts.access().resume(run.authority());
    }

    Parts parts() {
        return parts;
    }

    StepRow begin(String step, StepRow.State state, boolean undoable) {
        return StepRow.begin(step, journal.size(), state, undoable, now());
    }

    <T> T output(StepRow step, Class<T> type) {
        var json = step.output() == null ? "null" : step.output();
        return parts.json().read(json, step.sealed(), type, place(step.name()));
    }

    SealedJson.Parts encode(String step, @Nullable Object value) {
        return parts.json().write(value, place(step));
    }

    private String place(String step) {
        return StepRow.OUTPUT.at(run.id() + "/" + step);
    }

    void fault(String step, Faults.Moment moment) {
        parts.faults().at(run, step, moment);
    }

    /// Before anything new happens: may we, and should we?
    void checkpoint(@Nullable String step) {
        ensureHeld();
        if (lease.isStopping()) {
            throw park(Duration.ZERO, null, null);
        }
        if (lease.isCancelled()) {
            throw unwind(Status.CANCELLED, null, null);
        }
        if (isLate()) {
            throw unwind(Status.FAILED, late(step), null);
        }
    }

    boolean isLate() {
        return now().isAfter(run.deadline());
    }

    Run.Error late(@Nullable String step) {
        var cause = progress != null && progress.endsWith(WAITS)
                ? ": " + progress.substring(0, progress.length() - WAITS.length()) : "";
        return new Run.Error(RunErrors.DEADLINE, "not done before its deadline" + cause, step);
    }

    void ensureHeld() {
        if (!lease.isHeld()) {
            throw new Interruption(Interruption.Kind.LOST, "the lease is over");
        }
    }

    /// Records a step outside of any transaction.
    ///
    /// @return the row as the journal has it now
    StepRow record(StepRow step, RunEvents.@Nullable Entry event) {
        settled(persist(c -> parts.journal().record(c, run, step, event)));
        var recorded = step.recorded();
        journal.put(step.name(), recorded);
        tell(event);
        return recorded;
    }

    void complete(StepRow step, @Nullable Object value) {
        try {
            var encoded = encode(step.name(), value);
            record(step.completed(encoded.json(), encoded.sealed()), completed(step));
        } catch (DatabaseFailure | IllegalArgumentException e) {
            // A result that cannot be stored is the step's fault.
            throw failed(step, e);
        }
    }

    RunEvents.Entry completed(StepRow step) {
        return RunEvents.step(run, step.name(), RunStep.State.COMPLETED, since(step));
    }

    private Duration since(StepRow step) {
        var took = Duration.between(step.startedAt(), now());
        return took.isNegative() ? Duration.ZERO : took;
    }

    /// Commits a step's transaction together with its journal row; what the database refuses is
    /// undone, and for the caller to judge.
    ///
    /// @throws DatabaseFailure see [#refused]
    void commit(Transaction transaction, StepRow step, RunEvents.Entry event) {
        transaction.tx().withCommit(parts.journal().recordOrFail(run, step, event));
        transaction.commit();
        journal.put(step.name(), step.recorded());
        tell(event);
    }

    /// The database did not take a step's transaction: its fault, or the step's? The caller
    /// throws what this returns.
    Interruption refused(StepRow step, Exception e) {
        if (isPassing(e) || DatabaseFailure.isConflict(e) || JournalTable.isRefused(e)) {
            return new Interruption(Interruption.Kind.RESTART, e.getMessage());
        }
        return failed(step, e);
    }

    /// Ends the run, together with the transaction of its last step if that is still open.
    void end(Status status, @Nullable Transaction transaction, @Nullable StepRow step) {
        var event = RunEvents.status(run, status, run.error());
        var events = step == null ? List.of(event) : List.of(completed(step), event);
        if (transaction != null) {
            end(transaction, status, step, events);
        } else if (needsMore(status)) {
            end(parts.database().begin(grant(), run.id()), status, null, events);
        } else {
            settled(persist(c -> parts.journal().end(c, run, status, null, events)));
        }
        if (run.parent() != null) {
            parts.signals().send(RunEngine.TOPIC);
        }
        tell(event);
    }

    private void end(Transaction transaction, Status status, @Nullable StepRow step,
            List<RunEvents.Entry> events) {
        try {
            if (step != null && !needsMore(status) && step.sealed() == null) {
                transaction.tx().withCommit(
                        parts.journal().endOrFail(run, status, step, events));
                transaction.commit();
                return;
            }
            var c = transaction.tx().connection();
            settled(parts.journal().end(c, run, status, step, events));
            if (hasSecrets(step) && status != Status.ATTENTION) {
                JournalTable.erase(c, run.id());
            }
            if (run.parent() != null) {
                LeaseTable.nudge(c, run.parent());
            }
            transaction.commit();
        } catch (SQLException | DatabaseFailure e) {
            transaction.rollback();
            throw step == null ? new Interruption(Interruption.Kind.RESTART, e.getMessage())
                    : refused(step, e);
        } catch (Interruption e) {
            transaction.rollback();
            throw e;
        }
    }

    private boolean needsMore(Status status) {
        return run.parent() != null || hasSecrets(null) && status != Status.ATTENTION;
    }

    private boolean hasSecrets(@Nullable StepRow last) {
        return last != null && last.sealed() != null
                || journal.values().stream().anyMatch(step -> step.sealed() != null);
    }

    /// A try has failed: once more later, or is that it?
    Interruption failed(StepRow step, Exception e) {
        if (e instanceof Fence.Lost) {
            return new Interruption(Interruption.Kind.LOST, e.getMessage());
        }
        if (lease.isStopping() || e instanceof InterruptedException) {
            return park(Duration.ZERO, null, null);
        }
        if (RunErrors.isAway(e)) {
            return away(step, e);
        }
        int tries = step.tries() + 1;
        if (RunErrors.isFinal(e) || tries >= policy.attempts()) {
            LOG.debugf(e, "run %s, step %s failed", run.id(), step.name());
            return unwind(Status.FAILED, RunErrors.of(e, step.name()), step.failed());
        }
        LOG.debugf(e, "run %s, step %s, try %d", run.id(), step.name(), tries);
        var pause = policy.pause(tries);
        return park(pause, again(step, e, tries, pause), step.withTries(tries));
    }

    /// Nobody is there who could do it. That is no failed try: the run says so and waits, for as
    /// long as its deadline allows. The caller throws what this returns.
    Interruption away(StepRow step, Exception e) {
        waits(e);
        return park(awayPause(step), null, step.withTries(step.tries()));
    }

    private void waits(Exception e) {
        var what = e instanceof KubeFailure kube ? kube.inShort()
                : RunErrors.of(e, null).message();
        progress(what + WAITS);
    }

    private Duration awayPause(StepRow step) {
        return Duration.ofMillis(Math.clamp(since(step).toMillis() / 8,
                SHORTEST_AWAY.toMillis(), LONGEST_AWAY.toMillis()));
    }

    /// Somebody was there: what was said of an absence is over.
    void answered() {
        if (progress != null && progress.endsWith(WAITS)) {
            progress("going on");
        }
    }

    /// Whether an undo may wait for somebody who is away: as long again as the run itself might.
    boolean mayUndoLater() {
        return now().isBefore(run.deadline().plus(policy.deadline()));
    }

    private String again(StepRow step, Exception e, int tries, Duration pause) {
        return "%s failed (%d of %d), again in %d s: %s".formatted(step.name(), tries,
                policy.attempts(), Math.max(1, pause.toSeconds()),
                RunErrors.of(e, null).message());
    }

    /// Gives up: people must look at it.
    void needsAttention(Run.Error error) {
        run = run.failing(error);
        end(Status.ATTENTION, null, null);
    }

    /// From now on only undo. The caller throws what this returns.
    Interruption unwind(Status end, Run.@Nullable Error why, @Nullable StepRow step) {
        var unwinding = run.unwinding(end, why);
        var event = step == null ? null
                : RunEvents.step(run, step.name(), RunStep.State.FAILED, since(step));
        settled(persist(c -> parts.journal().unwind(
                c, unwinding, step, event == null ? List.of() : List.of(event))));
        run = unwinding;
        if (step != null) {
            journal.put(step.name(), step.recorded());
        }
        tell(event);
        return new Interruption(Interruption.Kind.UNWIND, "unwinding");
    }

    /// Gives the run back for a while, with a step that waits or has failed. The caller throws
    /// what this returns.
    Interruption park(Duration pause, @Nullable String note, @Nullable StepRow step) {
        settled(persist(c -> parts.journal().park(
                c, run, pause.toNanos() / 1e9, note, step)));
        return new Parked(pause);
    }

    /// As [#park], when an undo has failed.
    Interruption parkUndo(StepRow step, Exception e) {
        var pause = policy.pause(step.tries());
        settled(persist(c -> parts.journal().parkAgain(c, run, pause.toNanos() / 1e9,
                "undoing " + again(step, e, step.tries(), pause), step)));
        return new Parked(pause);
    }

    /// As [#away], for an undo.
    Interruption undoAway(StepRow step, Exception e) {
        waits(e);
        var pause = awayPause(step);
        settled(persist(c -> parts.journal().parkAgain(
                c, run, pause.toNanos() / 1e9, String.valueOf(progress), step)));
        return new Parked(pause);
    }

    void progress(String text) {
        if (!text.equals(progress)) {
            var event = RunEvents.progress(run, text);
            settled(persist(c -> parts.journal().progress(c, run, text, event)));
            progress = text;
            tell(event);
        }
    }

    private static void settled(JournalTable.Result result) {
        switch (result) {
            case DONE -> { }
            case LOST -> throw new Interruption(
                    Interruption.Kind.LOST, "another process has taken the run over");
            case RECORDED -> throw new Interruption(
                    Interruption.Kind.RESTART, "another process has recorded the step");
        }
    }

    private void tell(RunEvents.@Nullable Entry event) {
        if (event != null) {
            parts.signals().send(Events.TOPIC);
        }
    }

    @FunctionalInterface
    interface Statement<T> {
        T on(Connection connection) throws SQLException;
    }

    /// Runs one statement; while the database is away, for as long as the lease lasts, again and
    /// again: what has been done should not have to be done twice.
    <T> T persist(Statement<T> statement) {
        while (true) {
            try (var connection = parts.source().getConnection()) {
                return statement.on(connection);
            } catch (SQLException e) {
                if (!isPassing(e)) {
                    throw new DatabaseFailure("recording run " + run.id(), e);
                }
                LOG.debugf("run %s waits for the database: %s", run.id(), e.getMessage());
                ensureHeld();
                lease.pause(DATABASE_PAUSE_MILLIS);
            }
        }
    }

    /// Whether the connection is to blame (08, 57P, the pool), not the statement.
    private static boolean isPassing(Exception e) {
        var state = DatabaseFailure.state(e);
        return state.isEmpty() || state.startsWith("08") || state.startsWith("57")
                || state.startsWith("25P") || state.startsWith("53");
    }

    /// Parked, until when.
    static final class Parked extends Interruption {
        private final Duration pause;

        Parked(Duration pause) {
            super(Kind.PARKED, "parked");
            this.pause = pause;
        }

        Duration pause() {
            return pause;
        }
    }
}
