package orrery.kit.durable;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// How patient a saga is.
///
/// @param deadline       the whole run must be done by then, or it is undone and fails
/// @param attempts       how often a step is tried before its failure counts
/// @param backoff        the pause after the first failed try; it doubles with each further one
/// @param longestBackoff where the doubling ends
/// @param poll           the longest pause between two looks of `await`
public record Policy(
        Duration deadline, int attempts, Duration backoff, Duration longestBackoff, Duration poll) {

    public static final Policy DEFAULT = new Policy(Duration.ofHours(1), 5,
            Duration.ofMillis(500), Duration.ofMinutes(1), Duration.ofSeconds(2));

    public Policy {
        if (attempts < 1 || deadline.isNegative() || poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("no policy: attempts " + attempts + ", deadline "
                    + deadline + ", poll " + poll);
        }
    }

    public Policy withDeadline(Duration other) {
        return new Policy(other, attempts, backoff, longestBackoff, poll);
    }

    public Policy withAttempts(int other, Duration backoff) {
        return new Policy(deadline, other, backoff, longestBackoff, poll);
    }

    public Policy withPoll(Duration other) {
        return new Policy(deadline, attempts, backoff, longestBackoff, other);
    }

    /// The pause after this many failed tries, somewhat scattered so that many runs that failed
    /// together do not come back together.
    Duration pause(int tries) {
        long doubled = backoff.toMillis() << Math.min(tries - 1, 20);
        long millis = Math.min(doubled, longestBackoff.toMillis());
        return Duration.ofMillis(millis * ThreadLocalRandom.current().nextLong(80, 121) / 100);
    }
}
