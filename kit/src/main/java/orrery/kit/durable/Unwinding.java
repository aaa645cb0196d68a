package orrery.kit.durable;

import java.time.Duration;
import orrery.kit.kube.Fence;

/// Takes one step back and records that.
final class Unwinding {
    /// An undo is worth more patience than a step: if it fails for good, people must help.
    private static final int PATIENCE = 2;

    private final Execution execution;

    Unwinding(Execution execution) {
        this.execution = execution;
    }

    void undo(Undo undo, StepRow row) {
        try {
            switch (undo) {
                case Undo.Outside outside -> {
                    outside.action().run();
                    execution.record(row.withUndone(), event(row));
                }
                case Undo.Inside inside -> inside(inside, row);
            }
        } catch (Exception e) {
            throw failed(row, e);
        }
    }

    private void inside(Undo.Inside undo, StepRow row) {
        var transaction = execution.parts().database().begin(
                execution.grant(), execution.run().id());
        try {
            undo.action().in(transaction.tx());
        } catch (RuntimeException e) {
            transaction.rollback();
            throw e;
        }
        execution.commit(transaction, row.withUndone(), event(row));
    }

    private RunEvents.Entry event(StepRow row) {
        return RunEvents.step(execution.run(), row.name(), RunStep.State.UNDONE,
                Duration.between(row.startedAt(), execution.now()));
    }

    private Interruption failed(StepRow row, Exception e) {
        if (e instanceof Fence.Lost) {
            return new Interruption(Interruption.Kind.LOST, e.getMessage());
        }
        if (execution.lease().isStopping()) {
            return execution.park(Duration.ZERO, null, null);
        }
        if (RunErrors.isAway(e) && execution.mayUndoLater()) {
            return execution.undoAway(row, e);
        }
        int tries = row.tries() + 1;
        if (RunErrors.isFinal(e) || tries >= PATIENCE * execution.policy().attempts()) {
            return new Interruption(Interruption.Kind.CONFUSED, "undoing " + row.name()
                    + " failed: " + RunErrors.of(e, null).message());
        }
        return execution.parkUndo(row.withTries(tries), e);
    }
}
