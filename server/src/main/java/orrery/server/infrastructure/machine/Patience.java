package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Duration;

/// How long a host may say that something failed before we believe that Metal3 will not get over
/// it by itself.
@Singleton
final class Patience {
    private final Duration time;

    Patience() {
        this(Duration.ofSeconds(30));
    }

    Patience(Duration time) {
        this.time = time;
    }

    Duration time() {
        return time;
    }
}
