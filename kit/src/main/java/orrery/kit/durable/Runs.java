package orrery.kit.durable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;
import org.jspecify.annotations.Nullable;

/// What may be done with runs.
public final class Runs {
    /// Where the secrets of inputs and outputs are sealed.
    public static final List<SealedColumn> SEALED = List.of(RunRow.INPUT, StepRow.OUTPUT);

    private static final int PAGE = 500;
    private static final long FIRST_LOOK_MILLIS = 5;
    private static final long LONGEST_LOOK_MILLIS = 100;

    private final Database database;
    private final RunEngine engine;
    private final Retries retries;
    private final RunTable table = new RunTable();

    public Runs(Database database, RunEngine engine) {
        this.database = database;
        this.engine = engine;
        this.retries = new Retries(engine);
    }

    /// Starts a run in the caller's transaction: it exists exactly if that is committed.
    ///
    /// @param subject the resource that it changes, and that no other run may change meanwhile;
    ///     null when there is none
    /// @return its id
    /// @throws Problem.Failure [Problem.Conflict], which names the run that has the subject now
    public <I extends Record> String start(
            Tx tx, SagaType<I> type, I input, @Nullable Subject subject) {
        return start(tx, type, input, subject, tx.grant().scope());
    }

    /// As above, for a loop or another caller whose right reaches further than the subject.
    ///
    /// @param scope where the subject lies: who may see it there may see the run
    public <I extends Record> String start(
            Tx tx, SagaType<I> type, I input, @Nullable Subject subject, Scope scope) {
        return engine.starter().start(tx, type, input, subject, scope, false);
    }

    /// Starts a run beside the one that changes the subject just now, such as a deletion that has
    /// cancelled it. It must itself wait for the other's end, and the caller must see to it that
    /// there is one such at most.
    ///
    /// @return its id
    public <I extends Record> String startBeside(
            Tx tx, SagaType<I> type, I input, Subject subject) {
        return startBeside(tx, type, input, subject, tx.grant().scope());
    }

    /// As above, for a caller whose right reaches further than the subject.
    ///
    /// @param scope where the subject lies: who may see it there may see the run
    public <I extends Record> String startBeside(
            Tx tx, SagaType<I> type, I input, Subject subject, Scope scope) {
        return engine.starter().start(tx, type, input, subject, scope, true);
    }

    /// A run wherever it lies: for one that waits for another's end, which may have been started
    /// in a wider place.
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    public Run anywhere(Grant grant, String id) {
        return database.read(grant, tx -> table.find(tx, Scope.PLATFORM, id))
                .orElseThrow(() -> new Problem.NotFound("run", id).raise());
    }

    /// As part of something larger.
    ///
    /// @throws Problem.Failure [Problem.NotFound] when there is none in the grant's scope
    public Run get(Tx tx, String id) {
        return find(tx, id);
    }

    /// Waits for a short run's end, for a request that would rather answer with the result.
    ///
    /// @return the run as it is after its end, or after `patience`
    public Run join(Grant grant, String id, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long pause = FIRST_LOOK_MILLIS;
        while (true) {
            var run = get(grant, id);
            if (run.status().isOver() || System.nanoTime() - end >= 0) {
                return run;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return run;
            }
            pause = Math.min(pause * 2, LONGEST_LOOK_MILLIS);
        }
    }

    /// @throws Problem.Failure [Problem.NotFound] when there is none in the grant's scope
    public Run get(Grant grant, String id) {
        return database.read(grant, tx -> find(tx, id));
    }

    /// The newest first.
    ///
    /// @param after the last one of the page before; null: begin with the newest
    /// @param limit at most this many, and never more than 500
    public List<Run> list(Grant grant, RunFilter filter, @Nullable Run after, int limit) {
        if (!grant.scope().contains(filter.scope())) {
            throw new IllegalArgumentException(grant + " does not reach " + filter.scope());
        }
        return database.read(grant,
                tx -> table.list(tx, filter, after, Math.min(limit, PAGE)));
    }

    /// Counts the runs of several places.
    ///
    /// @param grants one for each place, none of which lies within another
    /// @param types the sagas' names; empty for all
    /// @param since of runs that were created at this time or later, the newest 100,000
    public RunMetrics metrics(
            Grant caller, List<Grant> grants, List<String> types, Instant since) {
        var places = grants.stream().map(Grant::scope).toList();
        return database.read(caller, tx -> new RunMetricsTable().count(
                tx, places, types, since, RunMetricsTable.MOST));
    }

    /// What it has done so far, in order.
    public List<RunStep> steps(Grant grant, String id) {
        return database.read(grant, tx -> table.steps(tx, find(tx, id).id()));
    }

    /// Asks it to stop at its next step and to undo what it has done. Returns at once. A run that
    /// needs attention is given up as it is.
    ///
    /// @throws Problem.Failure [Problem.NotFound]; [Problem.IllegalTransition] when it is over, or
    ///     is undoing already
    public void cancel(Tx tx, String id) {
        var run = find(tx, id);
        if (!stop(tx, id)) {
            throw new Problem.IllegalTransition(
                    "run", id, run.status().text(), "be cancelled").raise();
        }
    }

    /// As [#cancel], for whoever only needs the run to end: one that is over is left alone, and
    /// one that undoes already goes on with that.
    ///
    /// @return whether that made a difference
    public boolean stop(Tx tx, String id) {
        if (table.cancel(tx, id)) {
            tx.afterCommit(() -> engine.hintCancelled(id));
            return true;
        }
        return table.giveUp(tx, id, Status.CANCELLED);
    }

    /// Starts a new run with the input of one that failed, was cancelled or needs attention.
    ///
    /// @param fromStep begin with this step and take those before it as done; null: from the start
    /// @return the new run's id
    /// @throws Problem.Failure [Problem.NotFound]; [Problem.IllegalTransition] when it has not
    ///     ended that way; [Problem.Conflict] when its secrets are erased, or when a step before
    ///     `fromStep` was undone
    public String retry(Tx tx, String id, @Nullable String fromStep) {
        return retries.retry(tx, find(tx, id), fromStep);
    }

    /// Runs that wait for something about this subject look again at once: for watches, so that a
    /// change in the world is seen before the next poll.
    public void nudge(Tx tx, Subject subject) {
        if (table.nudge(tx, subject) > 0) {
            tx.afterCommit(engine::hint);
        }
    }

    private Run find(Tx tx, String id) {
        return table.find(tx, tx.grant().scope(), id)
                .orElseThrow(() -> new Problem.NotFound("run", id).raise());
    }
}
