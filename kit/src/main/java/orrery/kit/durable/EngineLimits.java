package orrery.kit.durable;

import java.time.Duration;

/// How the run engine of one process behaves.
///
/// @param lease       how long a dead process's runs rest before another takes them over
/// @param poll        how often a process looks for runs that nobody told it about
/// @param concurrency how many runs this process executes at once; more are left to others
public record EngineLimits(Duration lease, Duration poll, int concurrency) {
    public static final EngineLimits DEFAULT =
            new EngineLimits(Duration.ofSeconds(6), Duration.ofMillis(500), 64);

    public EngineLimits withLease(Duration other) {
        return new EngineLimits(other, poll, concurrency);
    }

    Duration heartbeat() {
        return lease.dividedBy(4);
    }
}
