package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.events.Event;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Subject;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RunsTest {
    @AutoClose
    static final TestDatabase TEST = TestDatabase.create();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Grant grant = TestDatabase.grant();
    private final List<TestProcess> processes = new ArrayList<>();
    private final SagaType<Script.Input> type = Script.type("test.s" + COUNT.incrementAndGet());
    private final Subject subject = new Subject("thing", "thg_" + COUNT.incrementAndGet());

    @BeforeAll
    static void table() {
        TEST.database().write(TestDatabase.grant(), tx -> {
            tx.handle().execute("create table effect (what text)");
        });
    }

    @AfterEach
    void close() {
        processes.forEach(TestProcess::close);
    }

    private TestProcess process(Saga<?>... sagas) {
        var process = TestProcess.start(TEST, sagas);
        processes.add(process);
        return process;
    }

    private Script script(BiConsumer<Steps, Script> body) {
        return new Script(type, body);
    }

    private String start(TestProcess process) {
        return process.database().tx(grant, tx ->
                process.runs().start(tx, type, new Script.Input("x"), subject));
    }

    private static void effect(orrery.kit.db.Tx tx, String what) {
        tx.handle().execute("insert into effect values (?)", what);
    }

    private static long effects(String what) {
        return TEST.database().read(TestDatabase.grant(), tx -> tx.handle()
                .createQuery("select count(*) from effect where what = ?").bind(0, what)
                .mapTo(long.class).one());
    }

    @Test
    void aRunExistsExactlyIfTheTransactionThatStartedItHappened() {
        var script = script((steps, s) -> steps.run("a", () -> s.note("a")));
        var process = process(script);
        var name = subject.id();
        var ids = new ArrayList<String>();
        assertThatThrownBy(() -> process.database().write(grant, tx -> {
            effect(tx, name);
            ids.add(process.runs().start(tx, type, new Script.Input("x"), subject));
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(effects(name)).isZero();
        assertThatThrownBy(() -> process.runs().get(grant, ids.getFirst()))
                .isInstanceOf(Problem.Failure.class);
        assertThat(process.await(grant, start(process)).status()).isEqualTo(Status.COMPLETED);
        assertThat(script.did).containsExactly("a");
    }

    @Test
    void stepsRunInOrderAndTheirResultsGoOn() {
        var script = script((steps, s) -> {
            var n = steps.run("number", Integer.class, () -> 20);
            var sum = steps.tx("sum", Integer.class, tx -> {
                effect(tx, subject.id());
                return n + 1;
            });
            steps.run("after", () -> s.note("sum " + sum + ", seen " + effects(subject.id())));
            steps.tx("last", tx -> effect(tx, subject.id()));
        });
        var process = process(script);
        var id = start(process);
        var run = process.await(grant, id);
        assertThat(run.status()).isEqualTo(Status.COMPLETED);
        assertThat(run.duration(run.createdAt())).isPositive();
        assertThat(run.triggeredBy()).isEqualTo("usr_test");
        assertThat(script.did).containsExactly("sum 21, seen 1");
        assertThat(effects(subject.id())).isEqualTo(2);
        assertThat(process.runs().steps(grant, id)).extracting(RunStep::name)
                .containsExactly("number", "sum", "after", "last");
        assertThat(process.runs().steps(grant, id)).extracting(RunStep::status)
                .containsOnly(RunStep.State.COMPLETED);
        var events = process.events().list(grant,
                EventFilter.of(grant.scope(), new Subject("run", id)), null, 10);
        // It begins as created where every slot was taken just then, if only for a look around.
        assertThat(events.reversed()).extracting(Event::type)
                .filteredOn(name -> !name.equals("run.created")).containsExactly("run.started",
                        "run.step", "run.step", "run.step", "run.step", "run.completed");
    }

    @Test
    void aReadAfterATxStepSeesWhatItChanged() {
        var script = script((steps, s) -> {
            steps.tx("write", tx -> effect(tx, subject.id()));
            s.note("seen " + processes.getFirst().database().read(grant, tx -> tx.handle()
                    .createQuery("select count(*) from effect where what = ?")
                    .bind(0, subject.id()).mapTo(long.class).one()));
        });
        var process = process(script);
        assertThat(process.await(grant, start(process)).status()).isEqualTo(Status.COMPLETED);
        assertThat(script.did).containsExactly("seen 1");
    }

    @Test
    void aFailingStepIsTriedAgainAndThenEverythingIsUndoneInReverse() {
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> s.note("undo one"));
            steps.tx("two", tx -> effect(tx, subject.id()), tx -> {
                effect(tx, "undone " + subject.id());
                s.note("undo two");
            });
            steps.run("three", () -> {
                s.note("three");
                throw new IllegalStateException("broken");
            }, () -> s.note("undo three"));
        });
        var process = process(script);
        var id = start(process);
        var run = process.await(grant, id);
        assertThat(run.status()).isEqualTo(Status.FAILED);
        assertThat(run.error()).isEqualTo(new Run.Error("STEP_FAILED", "broken", "three"));
        assertThat(script.did).containsExactly("one", "three", "three", "three",
                "undo three", "undo two", "undo one");
        assertThat(effects(subject.id())).isEqualTo(1);
        assertThat(effects("undone " + subject.id())).isEqualTo(1);
        assertThat(process.runs().steps(grant, id)).extracting(RunStep::status)
                .containsOnly(RunStep.State.UNDONE);
        // Its resource is free again.
        assertThat(start(process)).startsWith("run_");
    }

    @Test
    void aRefusalIsNotTriedAgain() {
        var script = script((steps, s) -> steps.run("one", () -> {
            s.note("one");
            throw new Problem.NotFound("image", "debian-99").raise();
        }));
        var process = process(script);
        var run = process.await(grant, start(process));
        assertThat(run.error()).isEqualTo(
                new Run.Error("NOT_FOUND", "There is no image debian-99", "one"));
        assertThat(script.did).containsExactly("one");
    }

    @Test
    void aTxStepThatFailsLeavesNothing() {
        var tries = new AtomicInteger();
        var script = script((steps, s) -> steps.tx("one", tx -> {
            effect(tx, subject.id());
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
        }));
        var process = process(script);
        assertThat(process.await(grant, start(process)).status()).isEqualTo(Status.COMPLETED);
        assertThat(effects(subject.id())).isEqualTo(1);
        assertThat(tries).hasValue(3);
    }

    @Test
    void aViolatedConstraintAtCommitFailsTheStep() {
        TEST.database().write(grant, tx -> tx.handle().execute("""
                create table if not exists late (n int unique deferrable initially deferred);
                insert into late values (1)"""));
        var script = script((steps, s) -> steps.tx("one", tx -> {
            tx.handle().execute("insert into late values (1)");
        }));
        var process = process(script);
        var run = process.await(grant, start(process));
        assertThat(run.status()).isEqualTo(Status.FAILED);
        assertThat(run.error().step()).isEqualTo("one");
    }

    @Test
    void onlyOneRunChangesAThingAtATime() throws Exception {
        var go = new CountDownLatch(1);
        var script = script((steps, s) -> steps.run("wait", () -> {
            go.await(120, TimeUnit.SECONDS);
        }));
        var process = process(script);
        var first = start(process);
        assertThatThrownBy(() -> start(process)).hasMessageContaining(first);
        go.countDown();
        process.await(grant, first);
        process.await(grant, start(process));
    }

    @Test
    void aCancelledRunUndoesAndFreesItsThing() throws Exception {
        var in = new CountDownLatch(1);
        var never = new AtomicBoolean();
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> s.note("undo one"));
            steps.await("never", () -> {
                in.countDown();
                return never.get();
            });
        });
        var process = process(script);
        var other = process(script);
        var id = start(process);
        assertThat(in.await(120, TimeUnit.SECONDS)).isTrue();
        other.database().write(grant, tx -> other.runs().cancel(tx, id));
        var run = process.await(grant, id);
        assertThat(run.status()).isEqualTo(Status.CANCELLED);
        assertThat(script.did).containsExactly("one", "undo one");
        assertThatThrownBy(() -> process.database().write(grant,
                tx -> process.runs().cancel(tx, id))).hasMessageContaining("cancelled");
    }

    @Test
    void aRunThatIsCancelledBeforeItBeginsSaysSoOnItsThing() {
        var script = script((steps, s) -> {
            steps.tx("begin", tx -> s.note("begin"), tx -> s.note("undo begin"));
            steps.run("one", () -> s.note("one"));
        });
        var idle = new TestProcess(TEST.address(), TestProcess.LIMITS);
        processes.add(idle);
        var id = start(idle);
        idle.database().write(grant, tx -> idle.runs().cancel(tx, id));
        var run = process(script).await(grant, id);
        assertThat(run.status()).isEqualTo(Status.CANCELLED);
        assertThat(script.did).containsExactly("begin", "undo begin");
    }

    @Test
    void aRunThatIsCancelledAndCannotBeginIsCancelled() {
        var script = script((steps, s) -> steps.tx("begin", _ -> {
            throw new Problem.Refused("begin", "somebody deletes it").raise();
        }, _ -> { }));
        var idle = new TestProcess(TEST.address(), TestProcess.LIMITS);
        processes.add(idle);
        var id = start(idle);
        idle.database().write(grant, tx -> idle.runs().cancel(tx, id));
        assertThat(process(script).await(grant, id).status()).isEqualTo(Status.CANCELLED);
    }

    @Test
    void waitsWithoutHoldingAProcess() {
        var ready = new AtomicBoolean();
        var script = script((steps, s) -> {
            var answer = steps.await("ready", String.class,
                    () -> ready.get() ? Optional.of("yes") : Optional.empty());
            steps.await("a while", Duration.ofMillis(600));
            s.note(answer);
        });
        var patient = new Script(new SagaType<>(type.name(), Script.Input.class,
                Policy.DEFAULT.withPoll(Duration.ofSeconds(30))), (steps, s) -> script.run(
                        steps, new Script.Input("")));
        var process = process(patient);
        var id = start(process);
        // It polls less and less often, and is parked by and by; a hint wakes it.
        pause(2_600);
        ready.set(true);
        process.database().write(grant, tx -> process.runs().nudge(tx, subject));
        long start = System.nanoTime();
        assertThat(process.await(grant, id).status()).isEqualTo(Status.COMPLETED);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(550), Duration.ofSeconds(20));
        assertThat(script.did).containsExactly("yes");
    }

    @Test
    void aRunThatIsLateFailsAndUndoes() {
        var late = new SagaType<>(type.name(), Script.Input.class,
                type.policy().withDeadline(Duration.ofSeconds(4)));
        var script = new Script(late, (steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> s.note("undo one"));
            steps.await("never", () -> false);
        });
        var process = process(script);
        var id = process.database().tx(grant, tx ->
                process.runs().start(tx, late, new Script.Input("x"), subject));
        var run = process.await(grant, id);
        assertThat(run.error().code()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(script.did).containsExactly("one", "undo one");
    }

    @Test
    void aChildRunCompletesItsStepOrFailsIt() {
        var fails = new AtomicBoolean();
        var childType = Script.type(type.name() + ".child");
        var child = new Script(childType, (steps, s) -> steps.run("work", () -> {
            if (fails.get()) {
                throw new Problem.Refused("work", "not today").raise();
            }
            s.note("worked");
        }));
        var parent = script((steps, s) -> {
            steps.run("before", () -> s.note("before"), () -> s.note("undo before"));
            steps.call("child", childType, new Script.Input("y"), null);
            s.note("after");
        });
        var process = process(parent, child);
        assertThat(process.await(grant, start(process)).status()).isEqualTo(Status.COMPLETED);
        assertThat(parent.did).endsWith("after");
        assertThat(child.did).containsExactly("worked");
        fails.set(true);
        var failed = process.await(grant, start(process));
        assertThat(failed.status()).isEqualTo(Status.FAILED);
        assertThat(failed.error().code()).isEqualTo("REFUSED");
        assertThat(failed.error().step()).isEqualTo("child");
        assertThat(parent.did).endsWith("undo before");
    }

    @Test
    void cancellingARunCancelsItsChild() throws Exception {
        var in = new CountDownLatch(1);
        var childType = Script.type(type.name() + ".child");
        var child = new Script(childType, (steps, s) -> {
            steps.run("work", () -> s.note("work"), () -> s.note("undo work"));
            steps.await("never", () -> {
                in.countDown();
                return false;
            });
        });
        var parent = script((steps, s) ->
                steps.call("child", childType, new Script.Input("y"), null));
        var process = process(parent, child);
        var id = start(process);
        assertThat(in.await(120, TimeUnit.SECONDS)).isTrue();
        process.database().write(grant, tx -> process.runs().cancel(tx, id));
        assertThat(process.await(grant, id).status()).isEqualTo(Status.CANCELLED);
        assertThat(child.did).containsExactly("work", "undo work");
    }

    @Test
    void aRetryIsANewRunThatMayGoOnFromAStep() {
        var broken = new AtomicBoolean(true);
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"));
            steps.run("two", () -> {
                if (broken.get()) {
                    throw new Problem.Refused("two", "broken").raise();
                }
                s.note("two");
            });
        });
        var process = process(script);
        var id = start(process);
        assertThat(process.await(grant, id).status()).isEqualTo(Status.FAILED);
        broken.set(false);
        var again = process.database().tx(grant, tx -> process.runs().retry(tx, id, "two"));
        var run = process.await(grant, again);
        assertThat(run.status()).isEqualTo(Status.COMPLETED);
        assertThat(run.retryOf()).isEqualTo(id);
        assertThat(run.attempt()).isEqualTo(2);
        assertThat(script.did).containsExactly("one", "two");
        var whole = process.database().tx(grant, tx -> process.runs().retry(tx, id, null));
        process.await(grant, whole);
        assertThat(script.did).containsExactly("one", "two", "one", "two");
        assertThatThrownBy(() -> process.database().tx(grant,
                tx -> process.runs().retry(tx, whole, null)))
                .hasMessageContaining("completed");
    }

    @Test
    void aRunWhoseStepsThisReleaseDoesNotKnowNeedsAttention() throws Exception {
        var in = new CountDownLatch(1);
        var old = script((steps, s) -> {
            steps.run("one", () -> s.note("one"));
            steps.run("two", () -> s.note("two"));
            in.countDown();
            steps.await("ever", () -> false);
        });
        var before = process(old);
        var id = start(before);
        assertThat(in.await(120, TimeUnit.SECONDS)).isTrue();
        before.close();
        processes.clear();
        var changed = script((steps, s) -> {
            steps.run("one", () -> s.note("one"));
            steps.run("other", () -> s.note("other"));
        });
        var after = process(changed);
        var run = after.await(grant, id);
        assertThat(run.status()).isEqualTo(Status.ATTENTION);
        assertThat(run.error().message()).contains("two");
        assertThat(changed.did).isEmpty();
        assertThatThrownBy(() -> start(after)).hasMessageContaining(id);
        after.database().write(grant, tx -> after.runs().cancel(tx, id));
        assertThat(after.runs().get(grant, id).status()).isEqualTo(Status.CANCELLED);
        after.await(grant, start(after));
    }

    @Test
    void anUndoThatFailsForGoodNeedsAttention() {
        var script = script((steps, s) -> {
            steps.run("one", () -> s.note("one"), () -> {
                throw new Problem.Refused("undo", "stuck").raise();
            });
            steps.run("two", () -> {
                throw new Problem.Refused("two", "broken").raise();
            });
        });
        var process = process(script);
        var run = process.await(grant, start(process));
        assertThat(run.status()).isEqualTo(Status.ATTENTION);
        assertThat(run.error().message()).contains("broken").contains("undoing one failed");
    }

    @Test
    void twoProcessesShareWhatOneCannotHold() {
        var script = script((steps, s) -> steps.run("sleep", () -> pause(100)));
        var one = process(script);
        process(script);
        var ids = new ArrayList<String>();
        for (int i = 0; i < 80; i++) {
            ids.add(one.database().tx(grant, tx ->
                    one.runs().start(tx, type, new Script.Input("x"), null)));
        }
        ids.forEach(id ->
                assertThat(one.await(grant, id).status()).isEqualTo(Status.COMPLETED));
        long owners = TEST.database().read(grant, tx -> tx.handle().createQuery(
                "select count(*) from run where saga = ? and status = 'completed'")
                .bind(0, type.name()).mapTo(long.class).one());
        assertThat(owners).isEqualTo(80);
    }

    @Test
    void otherOrganizationsSeeNothingOfIt() {
        var script = script((steps, s) -> steps.run("a", () -> s.note("a")));
        var process = process(script);
        var id = start(process);
        process.await(grant, id);
        var stranger = TestDatabase.grant("usr_2", Scope.project("org_other", "prj_other"));
        assertThatThrownBy(() -> process.runs().get(stranger, id))
                .isInstanceOf(Problem.Failure.class);
        assertThat(process.runs().list(
                stranger, RunFilter.of(stranger.scope()), null, 10)).isEmpty();
        var filter = new RunFilter(grant.scope(), List.of(type.name(), "other"),
                List.of(Status.FAILED, Status.COMPLETED), List.of("thing"),
                List.of(subject.id()), List.of("usr_test"), null, null);
        assertThat(process.runs().list(grant, filter, null, 10))
                .extracting(Run::id).containsExactly(id);
        assertThat(process.runs().list(
                grant, filter, process.runs().get(grant, id), 10)).isEmpty();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
