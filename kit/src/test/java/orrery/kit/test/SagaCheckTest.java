package orrery.kit.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A good saga passes; each way of being wrong is found.
class SagaCheckTest {
    @AutoClose
    static final TestDatabase TEST = TestDatabase.create();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Set<String> world = ConcurrentHashMap.newKeySet();
    private final AtomicInteger applied = new AtomicInteger();

    public record Input(String id) {}

    record Sketch(SagaType<Input> type, BiConsumer<Steps, Input> body) implements Saga<Input> {
        @Override
        public void run(Steps steps, Input input) {
            body.accept(steps, input);
        }
    }

    @BeforeAll
    static void table() {
        TEST.database().write(TestDatabase.grant(), tx -> {
            tx.handle().execute("create table sketch (id text, state text)");
        });
    }

    private SagaCheck<Input> check(BiConsumer<Steps, Input> body) {
        var type = new SagaType<>("sketch.s" + COUNT.incrementAndGet(), Input.class);
        return SagaCheck.of(TEST, new Sketch(type, body), this::fresh);
    }

    private Input fresh() {
        world.clear();
        applied.set(0);
        TEST.database().write(TestDatabase.grant(), tx -> {
            tx.handle().execute("delete from sketch");
        });
        return new Input("x" + COUNT.incrementAndGet());
    }

    private static long rows() {
        return TEST.database().read(TestDatabase.grant(), tx -> tx.handle()
                .createQuery("select count(*) from sketch").mapTo(long.class).one());
    }

    private void good(Steps steps, Input input) {
        steps.tx("insert", tx -> {
            tx.handle().execute("insert into sketch values (?, 'new')", input.id());
        }, tx -> {
            tx.handle().execute("delete from sketch where id = ?", input.id());
        });
        steps.run("apply", () -> world.add(input.id()), () -> world.remove(input.id()));
        steps.await("ready", () -> world.contains(input.id()));
        steps.await("settle", Duration.ofMillis(1));
        steps.tx("mark", tx -> {
            tx.handle().execute("update sketch set state = 'ready' where id = ?", input.id());
        });
    }

    @Test
    void aGoodSagaPassesBothChecks() {
        try (var check = check(this::good)) {
            assertThat(check.everyStepMayRepeat(() -> {
                assertThat(world).hasSize(1);
                assertThat(rows()).isEqualTo(1);
            })).isEqualTo(5);
            assertThat(check.everyFailureUnwinds(() -> {
                assertThat(world).isEmpty();
                assertThat(rows()).isZero();
            })).isEqualTo(5);
        }
    }

    @Test
    void findsAStepThatMayNotRepeat() {
        try (var check = check((steps, input) -> steps.run("count", applied::incrementAndGet))) {
            assertThatThrownBy(() -> check.everyStepMayRepeat(
                    () -> assertThat(applied).hasValue(1)))
                    .isInstanceOf(AssertionError.class).hasMessageContaining("count");
        }
    }

    @Test
    void findsAStepThatNothingTakesBack() {
        try (var check = check((steps, input) -> {
            steps.run("apply", () -> world.add(input.id()));
            steps.run("more", () -> world.add("more"), () -> world.remove("more"));
        })) {
            assertThatThrownBy(() -> check.everyFailureUnwinds(
                    () -> assertThat(world).isEmpty()))
                    .isInstanceOf(AssertionError.class).hasMessageContaining("step apply");
        }
    }
}
