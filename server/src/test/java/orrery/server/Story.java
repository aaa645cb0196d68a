package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.FaultyEngine;
import orrery.kit.durable.FaultyEngine.Moment;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.tenancy.region.Settles;
import orrery.sim.Sim;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A random sequence of what people, regions, strangers and dying processes do, as the test of a
/// model lets it happen: what is done depends on the seed, and what fails names the seed and tells
/// what was done. See [Seeds].
public final class Story {
    public static final Grant SYSTEM = TestDatabase.ACCESS.system("test");

    /// Far less than any run's deadline: who waits for that has missed something.
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int DYING = 12;
    private static final int FEW = 6;
    private static final int LONGEST_PAUSE_MILLIS = 60;

    private final long seed;
    private final Random random;
    private final List<String> told = new ArrayList<>();
    private final Deque<String> last = new ArrayDeque<>();
    private final long begun = System.nanoTime();

    Story(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /// What a test does.
    @FunctionalInterface
    public interface Plot {
        void happen() throws Exception;
    }

    /// Lets it happen.
    public void tell(Plot plot) {
        try {
            plot.happen();
        } catch (Throwable failure) {
            throw new AssertionError("-D" + Seeds.PROPERTY + "=" + seed + "\n"
                    + String.join("\n", told) + "\n" + failure.getMessage(), failure);
        }
    }

    public Random random() {
        return random;
    }

    /// A number from 0 to `sides`, without that.
    public int dice(int sides) {
        return random.nextInt(sides);
    }

    public <T> T one(List<T> of) {
        return of.get(dice(of.size()));
    }

    /// What is done again and again is told once.
    public synchronized void note(String what) {
        if (!last.contains(what)) {
            told.add("%6.1f s  %s".formatted((System.nanoTime() - begun) / 1e9, what));
        }
        last.add(what);
        if (last.size() > FEW) {
            last.removeFirst();
        }
    }

    /// Somebody asks for something. It may be refused because of what is going on, and for nothing
    /// else.
    public void asks(String what, Runnable request) {
        note(what);
        try {
            request.run();
        } catch (Problem.Failure refusal) {
            note("  refused: " + refusal.problem());
            switch (refusal.problem()) {
                case Problem.IllegalTransition _, Problem.NotFound _, Problem.Conflict _,
                        Problem.UpgradeNotAllowed _, Problem.Unprocessable _, Problem.InUse _,
                        Problem.QuotaExceeded _, Problem.PoolExhausted _,
                        Problem.Unavailable _ -> { }
                default -> throw refusal;
            }
        }
    }

    /// Something befalls what stands in a region. That may be gone, or the region away.
    public void happens(String what, Runnable deed) {
        try {
            deed.run();
            note(what);
        } catch (KubeFailure missed) {
            note(what + ", but " + missed.getMessage());
            if (!missed.isAway() && missed.status() != 404 && missed.status() != 409) {
                throw missed;
            }
        }
    }

    /// The management cluster does not answer for a moment.
    public void away(Stranger stranger) {
        happens("the region is away", () -> stranger.create(Trees.read("""
                apiVersion: sim.orrery.dev/v1
                kind: Fault
                metadata: {generateName: away-}
                spec: {kind: APIServer, cluster: %s, fault: away, seconds: 2}
                """.formatted(Sim.MANAGEMENT))));
    }

    /// Somebody stops a run, or has one repeated that came to nothing.
    ///
    /// @param run `null` where there is none
    public void meddle(TestProcess process, Grant grant, @Nullable String run) {
        boolean stops = random.nextBoolean();
        if (run != null) {
            asks((stops ? "cancel " : "repeat ") + run, () -> process.database().write(grant,
                    tx -> {
                        if (stops) {
                            process.runs().cancel(tx, run);
                        } else {
                            process.runs().retry(tx, run, null);
                        }
                    }));
        }
    }

    public void pause() {
        try {
            Thread.sleep(dice(LONGEST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A process that works on runs, and dies now and then at a step that it has done and not yet
    /// recorded: another goes on with it.
    public TestProcess worker(TestDatabase test, Function<Runs, Saga<?>[]> sagas) {
        var dice = new Random(random.nextLong());
        var process = TestProcess.faulty(test, (input, step, moment) -> {
            if (moment == Moment.ACTED && dice.nextInt(DYING) == 0) {
                FaultyEngine.die();
            }
        });
        process.engine().start(List.of(sagas.apply(process.runs())));
        return process;
    }

    /// Waits until no run is open any more, and none needs help.
    ///
    /// @param meanwhile is done again and again, as loops do, and once more after the last run
    public void untilQuiet(TestDatabase test, Runnable meanwhile) {
        until(() -> {
            meanwhile.run();
            assertThat(unfinished(test)).isEmpty();
            meanwhile.run();
            assertThat(unfinished(test)).isEmpty();
        });
    }

    /// Waits until something holds, and the region answers.
    public void until(Runnable assertion) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            try {
                assertion.run();
            } catch (KubeFailure failure) {
                throw failure.isAway() ? new AssertionError(failure) : failure;
            }
        });
    }

    private static List<String> unfinished(TestDatabase test) {
        return test.database().read(TestDatabase.grant(), tx -> tx.handle().createQuery("""
                select concat_ws(' ', id, saga, subject_id, status, progress, error_step,
                  error_message, (select string_agg(name || ' ' || run_step.status, ', '
                    order by ordinal) from run_step where run_id = run.id))
                from run
                where status in ('pending', 'running', 'attention')
                """).mapTo(String.class).list());
    }

    /// What the loop does that settles: one that is refused is looked at again some time.
    public static void settle(Settles what, String region) {
        for (var id : what.alive(SYSTEM, region)) {
            try {
                what.look(SYSTEM, id);
            } catch (Problem.Failure refused) {
                assertThat(refused.problem()).isInstanceOfAny(
                        Problem.Conflict.class, Problem.IllegalTransition.class);
            }
        }
    }

    /// Whether each state of a thing follows the one before, as its events tell.
    ///
    /// @param next what may follow each; a word that is not in it is no state
    /// @return the last
    public static String follows(
            Events events, Grant grant, Subject subject, Map<String, Set<String>> next) {
        var life = events.list(grant, EventFilter.of(grant.scope(), subject), null, 500)
                .reversed().stream()
                .map(it -> it.type().substring(it.type().indexOf('.') + 1))
                .filter(next::containsKey).toList();
        for (int i = 1; i < life.size(); i++) {
            assertThat(next.get(life.get(i - 1)))
                    .as("after " + life.get(i - 1) + " of " + subject.id() + ": " + life)
                    .contains(life.get(i));
        }
        return life.getLast();
    }

    /// As above, for all of a kind.
    public static void follow(Events events, Grant grant, String kind, Collection<String> ids,
            Map<String, Set<String>> next) {
        ids.forEach(id -> follows(events, grant, new Subject(kind, id), next));
    }

    @Override
    public String toString() {
        return "seed " + seed;
    }
}
