package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LoopsTest {
    @AutoClose
    final TestDatabase test = TestDatabase.create();

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    private final class Count implements Loop {
        @Override
        public String name() {
            return "test.count";
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(100);
        }

        @Override
        public void round(LoopRound round) throws Exception {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                assertThat(round.grant().principal().id()).isEqualTo("test.count");
                assertThat(round.fence().held().getAsBoolean()).isTrue();
                Thread.sleep(50);
                if (rounds.incrementAndGet() == 1) {
                    throw new IllegalStateException("the first round fails, for a test");
                }
            } finally {
                inside.decrementAndGet();
            }
        }
    }

    /// A loop that rests for an hour, and that learns in its first round that there is more to do.
    private final class Rare implements Loop {
        @Override
        public String name() {
            return "test.rare";
        }

        @Override
        public Duration every() {
            return Duration.ofHours(1);
        }

        @Override
        public void round(LoopRound round) {
            if (rounds.incrementAndGet() == 1) {
                round.hurry().run();
            }
        }
    }

    @Test
    void whoIsInAHurryDuringARoundHasAnotherFollow() {
        try (var _ = Loops.start(test.database(), TestDatabase.ACCESS, Clock.systemUTC(),
                List.of(new Rare()))) {
            await().atMost(Duration.ofSeconds(120)).until(() -> rounds.get() == 2);
        }
    }

    private Loops start() {
        return Loops.start(
                test.database(), TestDatabase.ACCESS, Clock.systemUTC(), List.of(new Count()));
    }

    @Test
    void oneOfTwoProcessesIsInARoundAndAFailureEndsNothing() {
        try (var one = start(); var two = start()) {
            await().atMost(Duration.ofSeconds(120)).until(() -> rounds.get() >= 4);
            assertThat(most).hasValue(1);
            one.hurry("test.count");
            two.hurry("no.such.loop");
        }
        int before = rounds.get();
        try (var next = start()) {
            await().atMost(Duration.ofSeconds(120)).until(() -> rounds.get() > before);
            next.hurry("test.count");
        }
    }
}
