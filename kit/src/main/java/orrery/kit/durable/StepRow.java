package orrery.kit.durable;

import java.time.Instant;
import java.util.Locale;
import orrery.kit.secret.SealedColumn;
import org.jspecify.annotations.Nullable;

/// A step as the journal has it.
///
/// @param stored   whether the journal has a row of it already
/// @param undoable whether it has an undo, registered before its action began
/// @param tries    how often it, or its undo, has failed since it last succeeded
/// @param due      until when a timer waits
/// @param child    the run that it waits for
record StepRow(
        boolean stored,
        String name,
        int ordinal,
        State state,
        boolean undoable,
        boolean undone,
        @Nullable String output,
        byte @Nullable [] sealed,
        int tries,
        @Nullable Instant due,
        @Nullable String child,
        Instant startedAt) {
    enum State {
        /// Its undo is registered, its action may have begun.
        STARTED,
        WAITING,
        COMPLETED,
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isOver() {
            return this == COMPLETED || this == FAILED;
        }
    }

    /// Where the secrets of results are sealed.
    static final SealedColumn OUTPUT =
            new SealedColumn("run_step", "run_id || '/' || name", "sealed");

    static StepRow begin(String name, int ordinal, State state, boolean undoable, Instant now) {
        return new StepRow(
                false, name, ordinal, state, undoable, false, null, null, 0, null, null, now);
    }

    StepRow completed(@Nullable String result, byte @Nullable [] secrets) {
        return new StepRow(stored, name, ordinal, State.COMPLETED, undoable, undone, result,
                secrets, tries, due, child, startedAt);
    }

    /// As the journal keeps it: once it is completed, its failed tries no longer count.
    StepRow recorded() {
        return new StepRow(true, name, ordinal, state, undoable, undone, output, sealed,
                state == State.COMPLETED ? 0 : tries, due, child, startedAt);
    }

    StepRow failed() {
        return new StepRow(stored, name, ordinal, State.FAILED, undoable, undone, null, null, 0,
                due, child, startedAt);
    }

    /// To be tried again, also if it had seemed to be completed.
    StepRow withTries(int count) {
        var again = state.isOver() ? State.STARTED : state;
        return new StepRow(stored, name, ordinal, again, undoable, undone, output, sealed, count,
                due, child, startedAt);
    }

    StepRow withDue(Instant time) {
        return new StepRow(stored, name, ordinal, state, undoable, undone, output, sealed, tries,
                time, child, startedAt);
    }

    StepRow withChild(String run) {
        return new StepRow(stored, name, ordinal, state, undoable, undone, output, sealed, tries,
                due, run, startedAt);
    }

    StepRow withUndone() {
        return new StepRow(stored, name, ordinal, state, undoable, true, output, sealed, 0,
                due, child, startedAt);
    }
}
