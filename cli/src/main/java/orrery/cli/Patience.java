package orrery.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for the world, up to a limit.
public final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Clock clock;

    public Patience(Clock clock) {
        this.clock = clock;
    }

    /// Asks every 200 ms until the answer is yes.
    ///
    /// @param outcome what is said when it never came: "node api did not become healthy"
    public void until(Duration limit, Supplier<String> outcome, BooleanSupplier question) {
        var end = clock.instant().plus(limit);
        while (!question.getAsBoolean()) {
            if (clock.instant().isAfter(end)) {
                throw new Refused(outcome.get() + " within " + limit.toSeconds() + " s");
            }
            pause();
        }
    }

    /// Milliseconds on a clock that only serves to measure.
    public long millis() {
        return clock.millis();
    }

    static void pause() {
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.interrupted()) {
            throw new Refused("stopped");
        }
    }
}
