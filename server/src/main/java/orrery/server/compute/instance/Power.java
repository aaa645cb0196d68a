package orrery.server.compute.instance;

import java.util.Locale;
import java.util.Set;
import orrery.server.compute.instance.Instance.State;

/// What may be done with a machine's power.
public enum Power {
    START(Set.of(State.TERMINATED), State.STAGING, State.RUNNING),
    STOP(Set.of(State.RUNNING, State.REPAIRING), State.STOPPING, State.TERMINATED),
    SUSPEND(Set.of(State.RUNNING), State.SUSPENDING, State.SUSPENDED),
    RESUME(Set.of(State.SUSPENDED), State.STAGING, State.RUNNING),
    /// As pulling the plug and putting it back.
    RESET(Set.of(State.RUNNING), State.RUNNING, State.RUNNING);

    private final Set<State> from;
    private final State through;
    private final State to;

    Power(Set<State> from, State through, State to) {
        this.from = from;
        this.through = through;
        this.to = to;
    }

    /// As people say it: `start`.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether a server can do so, which nothing can pause.
    boolean isForMetal() {
        return this != SUSPEND && this != RESUME;
    }

    boolean isFor(State state) {
        return from.contains(state);
    }

    /// The state while it is being done.
    State through() {
        return through;
    }

    /// The state when it is done.
    State to() {
        return to;
    }
}
