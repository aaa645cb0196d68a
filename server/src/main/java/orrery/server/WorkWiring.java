package orrery.server;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.durable.EngineLimits;
import orrery.kit.durable.Loop;
import orrery.kit.durable.Loops;
import orrery.kit.durable.RunEngine;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.events.Signals;
import orrery.kit.secret.Sealing;

/// What works while nobody looks: the run engine with every saga, and every loop. Both are beans
/// that are found by their type.
@ApplicationScoped
class WorkWiring {
    /// After everything that a saga or a loop might need has been opened.
    private static final int LATE = 5_000;

    private Loops loops;

    @Produces
    @Singleton
    RunEngine engine(Database database, Access access, Signals signals, Sealing sealing, Ids ids,
            Clock clock) {
        return new RunEngine(
                database, access, signals, sealing, ids, clock, EngineLimits.DEFAULT);
    }

    /// While the database is still open.
    void stop(@Observes ShutdownEvent end, RunEngine engine) {
        if (loops != null) {
            loops.close();
        }
        engine.close();
    }

    @Produces
    @Singleton
    Runs runs(Database database, RunEngine engine) {
        return new Runs(database, engine);
    }

    void begin(@Observes @Priority(LATE) StartupEvent start, RunEngine engine,
            Database database, Access access, Clock clock,
            @Any Instance<Saga<?>> sagas, @Any Instance<Loop> all) {
        engine.start(sagas.stream().toList());
        loops = Loops.start(database, access, clock, all.stream().toList());
    }
}
