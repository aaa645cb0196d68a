package orrery.server.infrastructure.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.Problem;
import orrery.kit.durable.Run;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.infrastructure.machine.Change;
import orrery.server.infrastructure.machine.Machine;
import orrery.server.infrastructure.machine.MachineWorld;
import orrery.server.infrastructure.machine.Machines;
import orrery.server.infrastructure.machine.Selector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Servers that come back to their pool.
@Tag("sagas")
class PoolSagasTest {
    private static MachineWorld world;
    private static Machines machines;
    private static Pools pools;
    private final AtomicReference<Allocation> given = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new MachineWorld();
        machines = world.machines(world.process);
        pools = world.pools(world.process, machines);
        pools.create(MachineWorld.GRANT, "all", new Pools.Terms(null, null,
                new Selector(Map.of("rack", "r1"), null, 0, null)));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    /// An allocation of one server, on which an image is installed.
    private Allocation used(Duration ttl) {
        world.made();
        var made = pools.allocate(MachineWorld.GRANT, "all", 1, "prj_test", ttl);
        world.change(made.servers().getFirst(), Change.PROVISION);
        given.set(made);
        return made;
    }

    private Allocation allocation() {
        return pools.allocation(MachineWorld.GRANT, "all", given.get().id());
    }

    private Machine machine() {
        return machines.byId(MachineWorld.GRANT, given.get().servers().getFirst()).orElseThrow();
    }

    @Test
    void releasingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, new ReleaseAllocation(pools, machines),
                () -> new ReleaseAllocation.Input(used(null).id()), world.operations())) {
            check.everyStepMayRepeat(() -> {
                assertThat(allocation().state()).isEqualTo(Allocation.State.RELEASED);
                assertThat(machine().state()).isEqualTo(Machine.State.AVAILABLE);
                assertThat(machine().wanted().image()).isNull();
                assertThat(machine().allocationId()).isNull();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(allocation().state())
                        .isIn(Allocation.State.FAILED, Allocation.State.ACTIVE);
                assertThat(machine().allocationId()).isEqualTo(given.get().id());
            });
        }
    }

    @Test
    void aReleaseDoesNotWaitForTheEndOfAMaintenance() {
        var server = used(null).servers().getFirst();
        world.change(server, Change.MAINTENANCE_ON);
        assertThat(released().error().message()).contains("is in maintenance; end that");
        assertThat(allocation().state()).isEqualTo(Allocation.State.FAILED);
        world.change(server, Change.MAINTENANCE_OFF);
        assertThat(released().error()).isNull();
        assertThat(machine().state()).isEqualTo(Machine.State.AVAILABLE);
    }

    private Run released() {
        try (var worker = TestProcess.start(world.test,
                new ReleaseAllocation(pools, machines), world.operations())) {
            return worker.await(MachineWorld.GRANT, pools.release(
                    MachineWorld.GRANT, "all", given.get().id()).run().id());
        }
    }

    @Test
    void whatIsDueIsReleased() {
        var due = used(Duration.ZERO);
        pools.releaseDue(TestDatabase.ACCESS.system("test"));
        assertThat(pools.allocation(MachineWorld.GRANT, "all", due.id()).state())
                .isEqualTo(Allocation.State.RELEASING);
        var later = used(Duration.ofDays(1));
        pools.releaseDue(TestDatabase.ACCESS.system("test"));
        assertThat(pools.allocation(MachineWorld.GRANT, "all", later.id()).state())
                .isEqualTo(Allocation.State.ACTIVE);
        assertThatThrownBy(() -> pools.allocate(
                        MachineWorld.GRANT, "all", 1_000, "prj_test", null))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                        refusal.problem()).isInstanceOf(Problem.PoolExhausted.class));
    }
}
