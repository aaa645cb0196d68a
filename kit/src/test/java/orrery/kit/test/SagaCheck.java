package orrery.kit.test;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Json;
import orrery.kit.durable.FaultyEngine;
import orrery.kit.durable.FaultyEngine.Fault;
import orrery.kit.durable.FaultyEngine.Moment;
import orrery.kit.durable.Run;
import orrery.kit.durable.RunStep;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Status;
import orrery.kit.secret.SealedJson;
import org.jspecify.annotations.Nullable;

/// The two promises that every saga makes, checked for each of its steps on the real engine and a
/// real PostgreSQL. Two lines per saga in its test:
///
/// ```java
/// try (var check = SagaCheck.of(TEST, createCluster, () -> input(freshCluster()))) {
///     check.everyStepMayRepeat(() -> assertThat(cluster().state()).isEqualTo(RUNNING));
///     check.everyFailureUnwinds(() -> assertThat(objects()).isEmpty());
/// }
/// ```
public final class SagaCheck<I extends Record> implements AutoCloseable {
    private final TestProcess process;
    private final SagaType<I> type;
    private final Supplier<I> fresh;
    private final Grant grant = TestDatabase.grant();
    private List<String> known = List.of();
    private volatile Fault fault = (input, step, moment) -> { };
    /// The input of the run that is checked: others that its world begins, such as child runs, go
    /// undisturbed.
    private volatile @Nullable JsonNode current;

    private SagaCheck(TestDatabase test, Saga<I> saga, Supplier<I> fresh, List<Saga<?>> others) {
        this.type = saga.type();
        this.fresh = fresh;
        this.process = TestProcess.faulty(test, (input, step, moment) -> {
            if (Json.read(input, JsonNode.class).equals(current)) {
                fault.at(input, step, moment);
            }
        });
        var all = new ArrayList<Saga<?>>(others);
        all.add(saga);
        process.engine().start(all);
    }

    /// @param fresh  makes a new world for one run, and the input for it
    /// @param others sagas that this one calls
    public static <I extends Record> SagaCheck<I> of(
            TestDatabase test, Saga<I> saga, Supplier<I> fresh, Saga<?>... others) {
        return new SagaCheck<>(test, saga, fresh, List.of(others));
    }

    /// Dies once at each step in turn, after the step's action and before it was recorded, and
    /// goes on: the end must be the same.
    ///
    /// @param same asserts that the world is as after an undisturbed run
    /// @return how many steps were checked
    public int everyStepMayRepeat(Runnable same) {
        var steps = undisturbed(same);
        for (int i = 0; i < steps.size(); i++) {
            var died = new AtomicBoolean();
            var place = new Place(i);
            fault = (input, name, moment) -> {
                if (place.isOf(name) && moment == Moment.ACTED
                        && died.compareAndSet(false, true)) {
                    FaultyEngine.die();
                }
            };
            var run = run();
            var what = "after dying at step " + steps.get(i);
            expect(run, Status.COMPLETED, what);
            if (!died.get()) {
                throw new AssertionError("never died at step " + steps.get(i));
            }
            check(same, what);
        }
        return steps.size();
    }

    /// Fails each step in turn, after its action where that is possible (a step in a transaction
    /// is rolled back whole): the world must be as before.
    ///
    /// @param asBefore asserts that the world is as if the run had never been
    /// @return how many steps were checked
    public int everyFailureUnwinds(Runnable asBefore) {
        var steps = known.isEmpty() ? undisturbed(() -> { }) : known;
        for (int i = 0; i < steps.size(); i++) {
            fails(i, steps.get(i), Moment.BEFORE, asBefore);
            fails(i, steps.get(i), Moment.ACTED, asBefore);
        }
        return steps.size();
    }

    private void fails(int number, String step, Moment when, Runnable asBefore) {
        var place = new Place(number);
        fault = (input, name, moment) -> {
            if (place.isOf(name) && moment == when) {
                throw new Problem.Refused("step " + name, "it fails, for a test").raise();
            }
        };
        var what = "failing " + when + " of step " + step;
        expect(run(), Status.FAILED, what);
        check(asBefore, what);
    }

    /// Finds one run's step by its place: names may hold what differs from run to run.
    private static final class Place {
        private final int number;
        private final List<String> seen = new ArrayList<>();

        Place(int number) {
            this.number = number;
        }

        synchronized boolean isOf(String step) {
            if (!seen.contains(step)) {
                seen.add(step);
            }
            return seen.indexOf(step) == number;
        }
    }

    private List<String> undisturbed(Runnable same) {
        fault = (input, step, moment) -> { };
        var run = run();
        expect(run, Status.COMPLETED, "undisturbed");
        check(same, "undisturbed");
        var names = process.runs().steps(grant, run.id()).stream().map(RunStep::name).toList();
        if (names.isEmpty()) {
            throw new AssertionError(type.name() + " has no steps");
        }
        known = names;
        return names;
    }

    private Run run() {
        // What makes a new world may take the last one away, by runs like the one that was checked.
        current = null;
        var input = fresh.get();
        current = Json.read(stored(input), JsonNode.class);
        var id = process.database().tx(grant, tx ->
                process.runs().start(tx, type, input, null));
        return process.await(grant, id);
    }

    /// The input as a run keeps it: its secrets are elsewhere.
    private static String stored(Record input) {
        return new SealedJson(TestProcess.sealing()).write(input, "test").json();
    }

    private void expect(Run run, Status status, String when) {
        if (run.status() != status) {
            throw new AssertionError(when + " it is " + run.status().text() + ", not "
                    + status.text() + ": " + run + " " + process.runs().steps(grant, run.id()));
        }
    }

    private static void check(Runnable check, String when) {
        try {
            check.run();
        } catch (AssertionError e) {
            throw new AssertionError(when + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
