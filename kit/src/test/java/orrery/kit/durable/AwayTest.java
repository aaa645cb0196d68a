package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.events.Event;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Subject;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Runs whose world is away for longer than their tries would last.
class AwayTest {
    /// More than there are tries of a step, and of an undo.
    private static final int LONG = 8;

    @AutoClose
    private final TestDatabase test = TestDatabase.create();
    private final Grant grant = TestDatabase.grant();
    private final AtomicInteger asked = new AtomicInteger();

    private void reach(int times) {
        if (asked.incrementAndGet() <= times) {
            throw new Problem.Unavailable("the region", Duration.ofSeconds(1)).raise();
        }
    }

    private Run run(Script script, Consumer<TestProcess> then) {
        try (var process = TestProcess.start(test, script)) {
            var id = process.database().tx(grant, tx -> process.runs().start(
                    tx, script.type(), new Script.Input("x"), new Subject("thing", "thg_1")));
            then.accept(process);
            return process.await(grant, id);
        }
    }

    private static Script script(BiConsumer<Steps, Script> body) {
        return new Script(Script.type("test.away"), body);
    }

    private long said(TestProcess process, String what) {
        return process.events().list(grant, EventFilter.of(grant.scope()), null, 200).stream()
                .map(Event::data).filter(it -> it.path("progress").asText().contains(what))
                .count();
    }

    @Test
    void aStepAndAWaitGoOnWhenTheWorldIsBackAndSaySoOnce() {
        var script = script((steps, s) -> {
            steps.run("one", () -> {
                reach(LONG);
                s.note("one");
            });
            steps.await("two", () -> {
                reach(2 * LONG);
                s.note("two");
                return true;
            });
        });
        var told = new AtomicInteger();
        var run = run(script, process -> {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> asked.get() > LONG + 2);
            told.set((int) said(process, "going on when it is back"));
        });
        assertThat(run.status()).isEqualTo(Status.COMPLETED);
        assertThat(script.did).containsExactly("one", "two");
        assertThat(asked).hasValue(2 * LONG + 1);
        assertThat(told).as("once for each absence, however often it looks").hasValueBetween(1, 2);
    }

    @Test
    void anUndoWaitsToo() {
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> {
                reach(LONG);
                s.note("undo one");
            });
            steps.run("two", () -> {
                throw new Problem.Refused("two", "it fails, for a test").raise();
            });
        });
        assertThat(run(script, _ -> { }).status()).isEqualTo(Status.FAILED);
        assertThat(script.did).containsExactly("one", "undo one");
    }

    @Test
    void whatMayHaveHappenedIsUndoneAlsoWhenTheRunIsCancelledBeforeItsNextTry() {
        var script = script((steps, s) -> steps.run("one", () -> {
            s.note("one");
            reach(Integer.MAX_VALUE);
        }, () -> s.note("undo one")));
        var run = run(script, process -> {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> asked.get() > 0);
            var id = process.runs().list(
                    grant, RunFilter.of(grant.scope()), null, 1).getFirst().id();
            process.database().write(grant, tx -> process.runs().cancel(tx, id));
        });
        assertThat(run.status()).isEqualTo(Status.CANCELLED);
        assertThat(script.did).startsWith("one").endsWith("undo one")
                .containsOnlyOnce("undo one");
    }

    @Test
    void whatMayHaveHappenedAndIsNotReachedAgainNeedsAttention() {
        var tries = new AtomicInteger();
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> s.note("undo one"));
            if (tries.incrementAndGet() > 1) {
                throw new IllegalStateException("a bug between two steps");
            }
            steps.run("two", () -> {
                s.note("two");
                reach(1);
            }, () -> s.note("undo two"));
        });
        var run = run(script, _ -> { });
        assertThat(run.status()).isEqualTo(Status.ATTENTION);
        assertThat(run.error().message()).contains("bug").contains("the step two may have");
        assertThat(script.did).containsExactly("one", "two");
    }

    @Test
    void whatIsAwayForTooLongIsNamedWhenTheDeadlineHasPassed() {
        var script = new Script(new SagaType<>("test.late", Script.Input.class,
                Policy.DEFAULT.withDeadline(Duration.ofMillis(3_000))),
                (steps, s) -> steps.run("one", () -> reach(Integer.MAX_VALUE)));
        var run = run(script, _ -> { });
        assertThat(run.status()).isEqualTo(Status.FAILED);
        assertThat(run.error()).isNotNull();
        assertThat(run.error().code()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(run.error().message()).contains("No answer from the region");
        assertThat(run.error().step()).isEqualTo("one");
    }
}
