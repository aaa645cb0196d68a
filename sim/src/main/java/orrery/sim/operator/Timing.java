package orrery.sim.operator;

import java.time.Duration;

/// How long simulated things take.
///
/// @param pull    from a pod's arrival at its node until its containers start
/// @param backoff before a crashed container's second restart; doubles up to five minutes
/// @param phase   of each observable phase of a cluster's creation, upgrade or deletion
public record Timing(Duration pull, Duration backoff, Duration phase) {
    public static final Timing DEFAULT = new Timing(
            Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofMillis(400));

    public Timing {
        if (pull.isNegative() || backoff.isNegative() || phase.isNegative()) {
            throw new IllegalArgumentException("a duration cannot be negative");
        }
    }
}
