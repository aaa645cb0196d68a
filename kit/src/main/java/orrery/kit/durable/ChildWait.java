package orrery.kit.durable;

import java.time.Duration;
import orrery.kit.db.Sql;
import org.jspecify.annotations.Nullable;

/// Waits for the run that a step has started. The run's end wakes this one.
final class ChildWait {
    private final Execution execution;
    private final StepRow row;
    private final String child;
    private final Duration poll;
    private final Duration ending;

    ChildWait(Execution execution, StepRow row, Duration poll, Duration ending) {
        this.execution = execution;
        this.row = row;
        this.child = row.child() == null ? "" : row.child();
        this.poll = poll;
        this.ending = ending;
    }

    private record State(Status status, Run.@Nullable Error error) {}

    /// Returns when the other run has completed.
    void untilOver() {
        for (int look = 0; ; look++) {
            execution.ensureHeld();
            var state = look();
            if (state.status() == Status.COMPLETED) {
                return;
            }
            boolean leaving = execution.lease().isCancelled() || execution.isLate();
            if (state.status() == Status.FAILED || state.status() == Status.CANCELLED) {
                throw over(state);
            }
            if (execution.lease().isStopping()) {
                throw execution.park(Duration.ZERO, null, null);
            }
            if (leaving) {
                cancel();
                throw execution.park(ending, "waits for " + child + " to be undone", row);
            }
            // Short ones end within these looks; for longer ones nobody holds on to this run.
            if (look == 10) {
                throw execution.park(poll, null, row);
            }
            execution.lease().pause(10L * (look + 1));
        }
    }

    private Interruption over(State state) {
        if (execution.lease().isCancelled()) {
            return execution.unwind(Status.CANCELLED, null, row.failed());
        }
        if (execution.isLate()) {
            return execution.unwind(Status.FAILED, execution.late(row.name()), row.failed());
        }
        var why = state.error() == null
                ? new Run.Error("CANCELLED", child + " was cancelled", row.name())
                : new Run.Error(state.error().code(),
                        child + ": " + state.error().message(), row.name());
        return execution.unwind(Status.FAILED, why, row.failed());
    }

    private State look() {
        return execution.persist(c -> new Sql("""
                select status, error_code, error_message, error_step from run where id = ?
                """).with(child).row(c, rows -> new State(Status.parse(rows.getString(1)),
                        rows.getString(2) == null ? null : new Run.Error(
                                rows.getString(2), rows.getString(3), rows.getString(4)))));
    }

    private void cancel() {
        execution.persist(c -> new Sql("""
                update run set cancel_requested = true, wake = true,
                  lease_until = case when owner is null then now() else lease_until end
                where id = ? and status in ('pending', 'running')
                  and unwinding is null and not cancel_requested
                """).with(child).update(c));
        execution.parts().signals().send(RunEngine.TOPIC);
    }
}
