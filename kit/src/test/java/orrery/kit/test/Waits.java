package orrery.kit.test;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;

/// How tests look whether what they wait for is there.
public final class Waits {
    private static final Duration FIRST = Duration.ofMillis(10);
    private static final long LONGEST_MILLIS = 160;

    private Waits() {}

    /// Has them look at once, often at first and then less: most of it is over in a moment.
    public static void lookSoon() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(IterativePollInterval.iterative(
                pause -> pause.toMillis() < LONGEST_MILLIS ? pause.multipliedBy(2) : pause, FIRST));
    }
}
