package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;

/// Says of deploys that they failed when something of theirs did so by itself, or was deleted by
/// somebody: what becomes of a cluster, say, is for [orrery.server.compute.cluster] to find out.
@Singleton
final class SettleDeploys implements Loop {
    private final Lifecycle lifecycle;
    private final Database database;

    SettleDeploys(Lifecycle lifecycle, Database database) {
        this.lifecycle = lifecycle;
        this.database = database;
    }

    @Override
    public String name() {
        return "settle deploys";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void round(LoopRound round) {
        for (var id : lifecycle.broken(round.grant())) {
            database.write(round.grant(), tx -> lifecycle.broken(tx, id));
        }
    }
}
