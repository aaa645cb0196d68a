package orrery.server.infrastructure.pool;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;

/// Releases allocations whose time is over.
@Singleton
final class ReleaseDue implements Loop {
    private final Pools pools;

    ReleaseDue(Pools pools) {
        this.pools = pools;
    }

    @Override
    public String name() {
        return "release allocations";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void round(LoopRound round) {
        pools.releaseDue(round.grant());
    }
}
