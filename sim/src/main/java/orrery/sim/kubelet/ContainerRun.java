package orrery.sim.kubelet;

import java.time.Duration;
import java.time.Instant;
import orrery.sim.container.SandboxedProcess;

/// One container that does something: its present state, its last end, and how often it started
/// again. Guarded by its pod's lock.
final class ContainerRun {
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

    /// Where a container stands.
    sealed interface State {
        /// @param until when to try next; null when another event decides
        record Waiting(String reason, String message, Instant until) implements State {}

        /// @param process the sandboxed process; null when it has none
        /// @param until   when it ends by itself; null when it does not
        record Running(Instant since, SandboxedProcess process, Instant until, int code)
                implements State {}

        record Ended(Instant since, Instant at, int code, String reason, String message)
                implements State {}
    }

    State state = new State.Waiting("PodInitializing", "", null);
    State.Ended last;
    int restarts;
    /// The log of the present or last start; null when it had no process.
    ContainerLog log;

    void ended(Instant now, int code, String message) {
        var since = state instanceof State.Running running ? running.since() : now;
        state = new State.Ended(since, now, code, code == 0 ? "Completed" : "Error", message);
    }

    /// Prepares the next start after an end: at once the first time, then with a growing delay.
    void restart(Instant now, Duration backoff) {
        last = (State.Ended) state;
        var delay = restarts == 0 ? Duration.ZERO
                : backoff.multipliedBy(1L << Math.min(restarts - 1, 10));
        delay = delay.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : delay;
        restarts++;
        state = new State.Waiting("CrashLoopBackOff",
                "back-off %ds restarting failed container".formatted(delay.toSeconds()),
                now.plus(delay));
    }

    boolean alive() {
        return state instanceof State.Running running && running.process() != null
                && running.process().isAlive();
    }
}
