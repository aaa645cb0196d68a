package orrery.kit.durable;

import java.util.ArrayList;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// Starts runs that repeat others.
final class Retries {
    private final RunEngine engine;
    private final RunTable table = new RunTable();

    Retries(RunEngine engine) {
        this.engine = engine;
    }

    String retry(Tx tx, Run old, @Nullable String fromStep) {
        if (!old.status().isOver() || old.status() == Status.COMPLETED) {
            throw new Problem.IllegalTransition(
                    "run", old.id(), old.status().text(), "be retried").raise();
        }
        var type = engine.type(old.type());
        if (type == null) {
            throw new Problem.Conflict("run", old.id(),
                    "belongs to a saga that this release does not have: " + old.type()).raise();
        }
        var input = table.input(tx, old.id());
        if (input.sealed() == null && input.json().contains("\"$secret\"")) {
            throw new Problem.Conflict("run", old.id(),
                    "had secrets, which are erased by now; ask for the change anew").raise();
        }
        if (fromStep != null) {
            checkSteps(old, table.steps(tx, old.id()), fromStep);
        }
        // It reserves the resource until somebody decides, which is now.
        table.giveUp(tx, old.id(), Status.FAILED);
        return insert(tx, old, type, input, fromStep);
    }

    private String insert(Tx tx, Run old, SagaType<?> type, RunTable.Input input,
            @Nullable String fromStep) {
        var starter = engine.starter();
        var id = starter.nextId();
        var row = starter.row(id, type, starter.move(input, old.id(), id), old.subject(),
                old.scope(), tx.grant().stored(), null, old.attempt() + 1);
        if (fromStep != null) {
            table.copyJournal(tx, old.id(), id, fromStep);
        }
        starter.insert(tx, row, input.exclusive(), old.id(), fromStep == null);
        return id;
    }

    private static void checkSteps(Run old, List<RunStep> steps, String fromStep) {
        var before = new ArrayList<RunStep>();
        for (var step : steps) {
            if (step.name().equals(fromStep)) {
                before.stream().filter(each -> each.status() != RunStep.State.COMPLETED).findFirst()
                        .ifPresent(each -> {
                            throw new Problem.Conflict("run", old.id(), "cannot go on from "
                                    + fromStep + ": the step " + each.name() + " before it is "
                                    + each.status().text() + "; retry it from the start").raise();
                        });
                return;
            }
            before.add(step);
        }
        throw new Problem.NotFound("step", fromStep).raise();
    }
}
