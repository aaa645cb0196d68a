package orrery.kit.durable;

import java.util.Map;
import orrery.kit.db.DatabaseFailure;
import org.jboss.logging.Logger;

/// Executes a run: its saga from the top, and whatever the way it ends asks for.
final class Runner {
    private static final Logger LOG = Logger.getLogger(Runner.class);
    private static final int RESTARTS = 10;

    private final Parts parts;
    private final RunEngine engine;
    private final Saga<?> saga;
    private RunRow run;
    private final Lease lease;

    Runner(Parts parts, RunEngine engine, Saga<?> saga, RunRow run, Lease lease) {
        this.parts = parts;
        this.engine = engine;
        this.saga = saga;
        this.run = run;
        this.lease = lease;
    }

    /// Works until the run ends, parks or is lost.
    ///
    /// @param fresh whether it has just been inserted, so that its journal is known to be empty
    void work(boolean fresh) {
        try {
            boolean empty = fresh;
            for (int start = 0; start < RESTARTS; start++) {
                if (attempt(saga, empty)) {
                    return;
                }
                empty = false;
                lease.pause(10L << start);
                if (!isOurs()) {
                    return;
                }
            }
            LOG.warnf("run %s rests: its journal and its execution do not come together", run.id());
        } catch (Throwable e) {
            // The lease ends by itself, and somebody tries again.
            LOG.errorf(e, "run %s", run.id());
        }
    }

    private boolean isOurs() {
        var execution = new Execution(parts, saga.type().policy(), run, lease, Map.of());
        return execution.persist(c -> parts.journal().isOurs(c, run));
    }

    /// @return whether that was it; else the journal must be read again
    private <I extends Record> boolean attempt(Saga<I> saga, boolean empty) {
        var policy = saga.type().policy();
        var loose = new Execution(parts, policy, run, lease, Map.of());
        var execution = empty ? loose : new Execution(parts, policy, run, lease,
                loose.persist(c -> parts.journal().journal(c, run.id())));
        var steps = new Steps(execution);
        try {
            go(saga, execution, steps);
            return true;
        } catch (Interruption e) {
            steps.rollback();
            return interrupted(execution, e);
        } finally {
            steps.rollback();
            run = execution.run();
        }
    }

    private <I extends Record> void go(Saga<I> saga, Execution execution, Steps steps) {
        try {
            saga.run(steps, input(saga.type()));
            steps.finish();
        } catch (Interruption e) {
            if (e.kind() != Interruption.Kind.UNWIND) {
                throw e;
            }
            steps.unwind();
        } catch (DatabaseFailure e) {
            throw new Interruption(Interruption.Kind.RESTART, e.getMessage());
        } catch (RuntimeException e) {
            // Between two steps: a refusal, or a bug that the next try would meet again.
            LOG.warnf(e, "run %s, between steps", run.id());
            steps.settle();
            var end = execution.unwind(Status.FAILED, RunErrors.of(e, null), null);
            LOG.debug(end.getMessage());
            steps.unwind();
        }
    }

    private <I extends Record> I input(SagaType<I> type) {
        try {
            return parts.json().read(
                    run.input(), run.sealed(), type.input(), RunRow.INPUT.at(run.id()));
        } catch (IllegalStateException e) {
            throw new Interruption(Interruption.Kind.CONFUSED, e.getMessage());
        }
    }

    private boolean interrupted(Execution execution, Interruption e) {
        return switch (e.kind()) {
            case LOST -> {
                LOG.debugf("run %s: %s", run.id(), e.getMessage());
                yield true;
            }
            case PARKED -> {
                if (e instanceof Execution.Parked parked && !lease.isStopping()) {
                    engine.wakeIn(parked.pause());
                }
                yield true;
            }
            case RESTART, UNWIND -> false;
            case CONFUSED -> {
                LOG.warnf("run %s needs attention: %s", run.id(), e.getMessage());
                attention(execution, e.getMessage());
                yield true;
            }
        };
    }

    private void attention(Execution execution, String why) {
        var before = execution.run().error();
        var error = new Run.Error(before == null ? "NEEDS_ATTENTION" : before.code(),
                before == null ? why : before.message() + "; " + why,
                before == null ? null : before.step());
        execution.needsAttention(error);
    }
}
