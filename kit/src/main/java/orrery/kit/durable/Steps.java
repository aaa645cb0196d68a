package orrery.kit.durable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import orrery.kit.access.Grant;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.db.Transaction;
import orrery.kit.db.TxAction;
import orrery.kit.db.TxBody;
import orrery.kit.events.Subject;
import orrery.kit.kube.Fence;
import org.jspecify.annotations.Nullable;

/// A saga's only door to the world. There are four verbs: [#run], [#tx], [#await] and [#call]. A
/// step's name is unique within its run and never changes; what it returns is remembered as JSON.
///
/// An exception from a step is tried again with growing pauses, unless a use case refused (a
/// [orrery.kit.Problem] that another try would meet again). When the tries are used up, all undos
/// run in reverse order and the run fails with that error. Code after the failing step never runs,
/// so there is nothing to catch.
///
/// That nobody answers (a region is away) is no try: the run says so and waits, for as long as its
/// deadline allows.
public final class Steps {
    private static final long SHORT_MILLIS = 400;
    private static final Duration CHILD_POLL = Duration.ofSeconds(10);
    private static final Duration CHILD_ENDING = Duration.ofSeconds(2);
    private static final int LONGEST_PROGRESS = 500;

    private final Execution execution;
    private final Set<String> visited = new HashSet<>();
    private final Deque<Undo> undos = new ArrayDeque<>();
    private @Nullable Transaction open;
    private @Nullable StepRow last;

    Steps(Execution execution) {
        this.execution = execution;
    }

    /// Does something outside the database. After a crash it may be done once more.
    public void run(String step, Action action) {
        run(step, Boolean.class, done(action), null);
    }

    /// As [#run(String, Action)], and says how to take it back. The undo is registered before the
    /// action begins, so it must be harmless when the action never happened, and when it happens
    /// twice.
    public void run(String step, Action action, Action undo) {
        run(step, Boolean.class, done(action), undo);
    }

    /// Does something outside the database and remembers what came of it.
    public <T> T run(String step, Class<T> result, Callable<T> action) {
        return run(step, result, action, null);
    }

    /// Does something outside the database, remembers what came of it, and says how to take it
    /// back.
    public <T> T run(String step, Class<T> result, Callable<T> action, @Nullable Action undo) {
        var back = undo == null ? null : new Undo.Outside(step, undo);
        var row = enter(step, back);
        if (isCompleted(row)) {
            return execution.output(row, result);
        }
        if (row == null) {
            row = execution.begin(step, StepRow.State.STARTED, back != null);
            if (back != null) {
                row = execution.record(row, null);
                undos.push(back);
            }
        }
        T value;
        try {
            execution.fault(step, Faults.Moment.BEFORE);
            execution.ensureHeld();
            value = action.call();
            execution.answered();
            execution.fault(step, Faults.Moment.ACTED);
        } catch (Exception e) {
            throw execution.failed(row, e);
        }
        complete(row, value);
        return value;
    }

    /// Changes our own records: SQL and nothing else, in one transaction with the journal, so it
    /// happens exactly once.
    public void tx(String step, TxAction body) {
        tx(step, Boolean.class, done(body), null);
    }

    /// As [#tx(String, TxAction)], and says how to take it back; that happens once, too.
    public void tx(String step, TxAction body, TxAction undo) {
        tx(step, Boolean.class, done(body), undo);
    }

    /// Changes our own records and remembers what came of it.
    public <T> T tx(String step, Class<T> result, TxBody<T> body) {
        return tx(step, result, body, null);
    }

    /// Changes our own records, remembers what came of it, and says how to take it back.
    ///
    /// As a saga's first step it is done also when the run was cancelled or is late before it
    /// began: its undo is what says on the resource that nothing came of the run.
    public <T> T tx(String step, Class<T> result, TxBody<T> body, @Nullable TxAction undo) {
        var back = undo == null ? null : new Undo.Inside(step, undo);
        var row = enter(step, back);
        if (isCompleted(row)) {
            return execution.output(row, result);
        }
        if (row == null) {
            row = execution.begin(step, StepRow.State.STARTED, back != null);
        }
        var transaction = execution.parts().database().begin(grant(), execution.run().id());
        try {
            execution.fault(step, Faults.Moment.BEFORE);
            execution.ensureHeld();
            T value = body.in(transaction.tx());
            execution.fault(step, Faults.Moment.ACTED);
            var encoded = execution.encode(step, value);
            last = row.completed(encoded.json(), encoded.sealed());
            open = transaction;
            if (back != null) {
                undos.push(back);
            }
            // The commit waits for the next step, or for the end of the run to be part of it.
            transaction.defer(this::settle);
            return value;
        } catch (RuntimeException e) {
            transaction.rollback();
            if (DatabaseFailure.isConflict(e)) {
                throw new Interruption(Interruption.Kind.RESTART, e.getMessage());
            }
            if (execution.journal().isEmpty()) {
                // It was done although somebody had cancelled the run: that is why it ends, then.
                execution.checkpoint(step);
            }
            throw execution.failed(row, e);
        } catch (Error e) {
            transaction.rollback();
            throw e;
        }
    }

    /// Waits until the world agrees, for as long as the run's deadline allows. It looks often at
    /// first and then less; while it waits for long, no process holds the run. That the look
    /// fails only means "not yet", unless a use case refuses.
    public void await(String step, Callable<Boolean> condition) {
        await(step, Boolean.class,
                () -> condition.call() ? Optional.of(Boolean.TRUE) : Optional.empty());
    }

    /// Waits until there is an answer, and remembers it.
    public <T> T await(String step, Class<T> result, Callable<Optional<T>> question) {
        var row = enter(step, null);
        if (isCompleted(row)) {
            return execution.output(row, result);
        }
        if (row == null) {
            row = execution.begin(step, StepRow.State.WAITING, false);
        }
        while (true) {
            var answer = ask(row, question);
            if (answer.isPresent()) {
                complete(row, answer.get());
                return answer.get();
            }
            pause(row);
            execution.checkpoint(step);
        }
    }

    /// Waits for a while, however often processes restart meanwhile.
    public void await(String step, Duration time) {
        var row = enter(step, null);
        if (isCompleted(row)) {
            return;
        }
        var due = row == null || row.due() == null ? execution.now().plus(time) : row.due();
        if (row == null) {
            row = execution.begin(step, StepRow.State.WAITING, false).withDue(due);
        }
        while (execution.now().isBefore(due)) {
            var left = Duration.between(execution.now(), due);
            if (left.toMillis() > SHORT_MILLIS) {
                throw execution.park(left, null, row);
            }
            execution.lease().pause(Math.max(1, left.toMillis()));
            execution.checkpoint(step);
        }
        over(row);
    }

    /// Starts another saga as a run of its own, and waits until it has completed. If it fails,
    /// this step has failed, for good; if this run is cancelled, so is the other.
    ///
    /// @param subject what the other run changes; null when that is this run's own subject
    public <C extends Record> void call(
            String step, SagaType<C> type, C input, @Nullable Subject subject) {
        call(step, type, input, subject, null);
    }

    /// As above, and says how to take back what the other run has completed.
    public <C extends Record> void call(String step, SagaType<C> type, C input,
            @Nullable Subject subject, @Nullable Action undo) {
        var back = undo == null ? null : new Undo.Outside(step, undo);
        var row = enter(step, back);
        if (isCompleted(row)) {
            return;
        }
        if (row == null) {
            row = startChild(step, type, input, subject, back != null);
            if (back != null) {
                undos.push(back);
            }
        }
        new ChildWait(execution, row, CHILD_POLL, CHILD_ENDING).untilOver();
        over(row);
    }

    /// The right this run was accepted with.
    public Grant grant() {
        return execution.grant();
    }

    /// What every write outside carries, so that a runner that was frozen cannot overwrite what
    /// its successor has written.
    public Fence fence() {
        var run = execution.run();
        return new Fence(run.id(), run.epoch(), execution.lease()::isHeld);
    }

    /// Tells people what is going on, in a few words; shown until the next one.
    public void progress(String text) {
        settle();
        execution.progress(text.length() <= LONGEST_PROGRESS
                ? text : text.substring(0, LONGEST_PROGRESS));
    }

    /// As [#progress(String)], of another run that this one waits for: what that says itself.
    public void progress(String what, Run other) {
        if (other.progress() != null) {
            progress(what + " (" + other.progress() + ")");
        }
    }

    /// Ends the run after its saga has returned.
    void finish() {
        if (execution.run().unwinding() != null) {
            throw new Interruption(Interruption.Kind.UNWIND, "unwinding");
        }
        unknownSteps();
        var transaction = open;
        var step = last;
        open = null;
        last = null;
        execution.end(Status.COMPLETED, transaction, step);
    }

    /// Takes back what was done, newest first.
    void unwind() {
        rollback();
        unreachedSteps();
        while (!undos.isEmpty()) {
            var undo = undos.peek();
            var row = execution.journal().get(undo.step());
            if (row != null && !row.undone() && mayHaveHappened(undo, row)) {
                execution.ensureHeld();
                if (execution.lease().isStopping()) {
                    throw execution.park(Duration.ZERO, null, null);
                }
                new Unwinding(execution).undo(undo, row);
            }
            undos.pop();
        }
        var end = execution.run().unwinding();
        execution.end(end == null ? Status.FAILED : end, null, null);
    }

    /// What one transaction does has happened when it is recorded, and not otherwise.
    private static boolean mayHaveHappened(Undo undo, StepRow row) {
        return switch (undo) {
            case Undo.Outside _ -> true;
            case Undo.Inside _ -> isCompleted(row);
        };
    }

    /// Drops a step's transaction that was left open, if there is one.
    void rollback() {
        var transaction = open;
        open = null;
        last = null;
        if (transaction != null) {
            transaction.rollback();
        }
    }

    /// The journal's row of this step, after all that must be true before it begins.
    private @Nullable StepRow enter(String step, @Nullable Undo undo) {
        settle();
        if (!visited.add(step)) {
            throw confused("two steps are named " + step);
        }
        var row = execution.journal().get(step);
        if (isCompleted(row)) {
            if (undo != null) {
                undos.push(undo);
            }
            return row;
        }
        if (row != null && undo instanceof Undo.Outside) {
            // An earlier try may have done it: whatever ends the run from here on takes it back.
            undos.push(undo);
        }
        if (execution.run().unwinding() != null) {
            throw new Interruption(Interruption.Kind.UNWIND, "unwinding");
        }
        unknownSteps();
        boolean opens = undo instanceof Undo.Inside && execution.journal().isEmpty();
        if (!opens && (row == null || row.child() == null)) {
            execution.checkpoint(step);
        }
        return row;
    }

    private void unknownSteps() {
        for (var recorded : execution.journal().keySet()) {
            if (!visited.contains(recorded)) {
                throw confused("the step " + recorded + " was recorded, and this release's saga"
                        + " does not have it, or has it elsewhere");
            }
        }
    }

    /// A saga that threw between two steps did not get as far as an earlier try of it.
    private void unreachedSteps() {
        for (var row : execution.journal().values()) {
            if (row.undoable() && !row.undone() && !visited.contains(row.name())) {
                throw confused("the step " + row.name() + " may have happened, and was not reached"
                        + " again to be undone");
            }
        }
    }

    private static Interruption confused(String why) {
        return new Interruption(Interruption.Kind.CONFUSED, why);
    }

    /// Commits the step before this one.
    void settle() {
        var transaction = open;
        var step = last;
        open = null;
        last = null;
        if (transaction != null && step != null) {
            commit(transaction, step);
            execution.fault(step.name(), Faults.Moment.RECORDED);
        }
    }

    private void commit(Transaction transaction, StepRow step) {
        try {
            execution.commit(transaction, step, execution.completed(step));
        } catch (DatabaseFailure e) {
            throw execution.refused(step, e);
        }
    }

    private <T> Optional<T> ask(StepRow row, Callable<Optional<T>> question) {
        try {
            execution.fault(row.name(), Faults.Moment.BEFORE);
            execution.ensureHeld();
            var answer = question.call();
            execution.answered();
            if (answer.isPresent()) {
                execution.fault(row.name(), Faults.Moment.ACTED);
            }
            return answer;
        } catch (Exception e) {
            if (RunErrors.isFinal(e) || e instanceof Fence.Lost) {
                throw execution.failed(row, e);
            }
            if (RunErrors.isAway(e)) {
                throw execution.away(row, e);
            }
            return Optional.empty();
        }
    }

    /// On the thread while it is short, in the database while it is long.
    private void pause(StepRow row) {
        long waited = Duration.between(row.startedAt(), execution.now()).toMillis();
        long longest = execution.policy().poll().toMillis();
        long millis = Math.max(20, Math.min(waited / 5, longest));
        if (millis > SHORT_MILLIS) {
            throw execution.park(Duration.ofMillis(millis), null, row);
        }
        execution.lease().pause(millis);
    }

    private <C extends Record> StepRow startChild(String step, SagaType<C> type, C input,
            @Nullable Subject subject, boolean undoable) {
        var begun = execution.begin(step, StepRow.State.WAITING, undoable);
        var transaction = execution.parts().database().begin(grant(), execution.run().id());
        StepRow row;
        try {
            row = begun.withChild(execution.parts().starter()
                    .startChild(transaction.tx(), type, input, subject, execution.run()));
        } catch (RuntimeException e) {
            transaction.rollback();
            throw execution.failed(begun, e);
        }
        try {
            execution.commit(transaction, row, RunEvents.step(
                    execution.run(), step, RunStep.State.RUNNING, Duration.ZERO));
        } catch (DatabaseFailure e) {
            throw execution.refused(row, e);
        }
        return row.recorded();
    }

    /// A wait that has no answer of its own is over.
    private void over(StepRow row) {
        execution.fault(row.name(), Faults.Moment.BEFORE);
        execution.fault(row.name(), Faults.Moment.ACTED);
        complete(row, true);
    }

    private void complete(StepRow row, @Nullable Object value) {
        execution.complete(row, value);
        execution.fault(row.name(), Faults.Moment.RECORDED);
    }

    private static boolean isCompleted(@Nullable StepRow row) {
        return row != null && row.state() == StepRow.State.COMPLETED;
    }

    private static Callable<Boolean> done(Action action) {
        return () -> {
            action.run();
            return true;
        };
    }

    private static TxBody<Boolean> done(TxAction body) {
        return tx -> {
            body.in(tx);
            return true;
        };
    }
}
