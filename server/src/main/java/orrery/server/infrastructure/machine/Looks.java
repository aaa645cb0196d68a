package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Clock;
import orrery.kit.durable.Steps;

/// What the sagas look with.
@Singleton
final class Looks {
    private final Lifecycle lifecycle;
    private final Hosts hosts;
    private final Patience patience;
    private final Clock clock;

    Looks(Lifecycle lifecycle, Hosts hosts, Patience patience, Clock clock) {
        this.lifecycle = lifecycle;
        this.hosts = hosts;
        this.patience = patience;
        this.clock = clock;
    }

    Look at(Steps steps, String id) {
        return new Look(steps, this, id);
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    Hosts hosts() {
        return hosts;
    }

    Patience patience() {
        return patience;
    }

    Clock clock() {
        return clock;
    }
}
