package orrery.server.compute.kubeconfig;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;

/// Takes kubeconfigs whose time is over out of their clusters. Their tokens are dead by then; the
/// accounts and bindings would stay. Those that were to be revoked, and of whose cluster nothing is
/// left by now, are over with it.
@Singleton
final class ExpireKubeconfigs implements Loop {
    private final Kubeconfigs kubeconfigs;
    private final Database database;

    ExpireKubeconfigs(Kubeconfigs kubeconfigs, Database database) {
        this.kubeconfigs = kubeconfigs;
        this.database = database;
    }

    @Override
    public String name() {
        return "expire kubeconfigs";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void round(LoopRound round) {
        for (var due : kubeconfigs.due(round.grant())) {
            database.write(round.grant(), tx -> kubeconfigs.end(tx, due.id()));
        }
    }
}
