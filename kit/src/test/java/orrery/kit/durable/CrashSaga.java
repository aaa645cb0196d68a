package orrery.kit.durable;

import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.test.TestDatabase;

/// What the crash tests run: every kind of step, each leaving a trace of every time it acted.
final class CrashSaga implements Saga<CrashSaga.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("crash.test", Input.class,
            Policy.DEFAULT.withPoll(Duration.ofMillis(100)));

    /// The steps, in order, and whether they act inside a transaction.
    enum Step {
        PLAIN(false), INSIDE(true), UNDOABLE(false), WAIT(false), LAST(true);

        final boolean inside;

        Step(boolean inside) {
            this.inside = inside;
        }
    }

    /// @param at the boundary at which something happens to this run: `PLAIN BEFORE`
    record Input(String at) {}

    private final Database database;

    CrashSaga(Database database) {
        this.database = database;
    }

    static void tables(Database database) {
        database.write(TestDatabase.grant(), tx -> {
            tx.handle().execute("create table effect (run text, step text)");
            tx.handle().execute("create table acted (run text, step text, token bigint)");
        });
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input input) {
        steps.run(Step.PLAIN.name(), () -> acted(steps, Step.PLAIN));
        steps.tx(Step.INSIDE.name(), tx -> effect(tx, steps, Step.INSIDE));
        steps.run(Step.UNDOABLE.name(), () -> acted(steps, Step.UNDOABLE), () -> { });
        steps.await(Step.WAIT.name(), () -> {
            acted(steps, Step.WAIT);
            return true;
        });
        steps.tx(Step.LAST.name(), tx -> effect(tx, steps, Step.LAST));
    }

    private static void effect(Tx tx, Steps steps, Step step) {
        tx.handle().execute("insert into effect values (?, ?)", steps.fence().run(), step.name());
    }

    private void acted(Steps steps, Step step) {
        database.write(steps.grant(), tx -> {
            tx.handle().execute("insert into acted values (?, ?, ?)",
                    steps.fence().run(), step.name(), steps.fence().token());
        });
    }
}
