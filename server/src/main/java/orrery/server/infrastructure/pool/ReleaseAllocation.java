package orrery.server.infrastructure.pool;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.server.infrastructure.machine.Machines;

/// Takes the servers of an allocation back: what is installed on them is wiped, then they are free.
@Singleton
final class ReleaseAllocation implements Saga<ReleaseAllocation.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("allocation.release", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(4)));

    /// @param allocation its identifier
    record Input(String allocation) {}

    private final Pools pools;
    private final Machines machines;

    ReleaseAllocation(Pools pools, Machines machines) {
        this.pools = pools;
        this.machines = machines;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.allocation();
        steps.tx("begin", tx -> pools.releasing(tx, id, steps.fence().run()),
                tx -> pools.failed(tx, id));
        steps.await("empty", () -> machines.empty(steps.grant(), id));
        steps.tx("released", tx -> pools.released(tx, id));
    }
}
