package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import orrery.kit.Problem;
import orrery.kit.test.SagaCheck;
import orrery.server.compute.instance.Instance.State;
import orrery.server.infrastructure.machine.Change;
import orrery.server.infrastructure.machine.Machine;
import orrery.server.infrastructure.machine.MachineWorld;
import orrery.server.infrastructure.machine.Selector;
import orrery.server.infrastructure.pool.Pools;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of instances that are servers, on the simulated region.
@Tag("sagas")
class MetalSagasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private MetalWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeEach
    void start() {
        world = new MetalWorld();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private Instance instance() {
        return world.get(id.get());
    }

    private void comesBack(String server) {
        Awaitility.await().atMost(PATIENCE).until(() -> world.held.isGivenBack(id.get()));
        assertThat(world.server(server).state()).isEqualTo(Machine.State.AVAILABLE);
        assertThat(world.server(server).instanceId()).isNull();
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        var server = world.servers.made().id();
        try (var check = SagaCheck.of(world.test, world.creating(), () -> {
            id.set(world.asked().id());
            return new CreateInstance.Input(id.get());
        }, world.operating())) {
            check.everyStepMayRepeat(() -> {
                assertThat(instance().state()).isEqualTo(State.RUNNING);
                assertThat(instance().serverId()).isEqualTo(server);
                assertThat(world.server(server).state()).isEqualTo(Machine.State.READY);
                assertThat(world.server(server).instanceId()).isEqualTo(id.get());
                assertThat(world.server(server).wanted().image().url())
                        .isEqualTo("https://images.example/disk");
                comesBack(server);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(instance().state()).isIn(State.FAILED, State.PROVISIONING);
                if (instance().state() == State.FAILED) {
                    assertThat(instance().serverId()).isNull();
                    assertThat(world.server(server).instanceId()).isNull();
                    assertThat(world.server(server).wanted().image()).isNull();
                }
                comesBack(server);
            });
        }
    }

    @Test
    void resettingRepeatsAndUnwinds() {
        world.servers.made();
        id.set(world.running().id());
        try (var check = SagaCheck.of(world.test, world.powering(),
                () -> new PowerInstance.Input(id.get(), Power.RESET, State.RUNNING),
                world.operating())) {
            check.everyStepMayRepeat(this::runs);
            check.everyFailureUnwinds(this::runs);
        }
    }

    private void runs() {
        assertThat(instance().state()).isEqualTo(State.RUNNING);
        var server = world.server(instance().serverId());
        assertThat(server.state()).isEqualTo(Machine.State.READY);
        assertThat(server.poweredOn()).isTrue();
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        var server = world.servers.made().id();
        try (var check = SagaCheck.of(world.test, world.deleting(), () -> {
            id.set(anew(server));
            return new DeleteInstance.Input(id.get(), null);
        }, world.operating())) {
            check.everyStepMayRepeat(() -> {
                assertThat(instance().state()).isEqualTo(State.DELETED);
                assertThat(instance().serverId()).as("what it was").isEqualTo(server);
                assertThat(world.server(server).state()).isEqualTo(Machine.State.AVAILABLE);
                assertThat(world.server(server).wanted().image()).isNull();
                assertThat(world.usedCores()).isZero();
            });
            check.everyFailureUnwinds(() -> assertThat(instance().state())
                    .isIn(State.FAILED, State.RUNNING));
        }
    }

    /// One that runs: the same again where a deletion failed before it took the server away.
    private String anew(String server) {
        var there = world.server(server).instanceId();
        if (there == null) {
            return world.running().id();
        }
        world.test.database().write(MetalWorld.GRANT, tx -> tx.handle().execute(
                "update instance set state = 'running' where id = ?", there));
        return there;
    }

    @Test
    void powerIsTheServers() {
        world.servers.made();
        id.set(world.running().id());
        power(Power.STOP);
        assertThat(instance().state()).isEqualTo(State.TERMINATED);
        assertThat(world.server(instance().serverId()).poweredOn()).isFalse();
        power(Power.START);
        runs();
        assertThatThrownBy(() -> world.instances.power(MetalWorld.GRANT, MachineWorld.REGION,
                id.get(), Power.SUSPEND, OptionalLong.empty()))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                        refusal.problem()).isInstanceOf(Problem.IllegalTransition.class));
    }

    private void power(Power power) {
        world.ends(world.instances.power(MetalWorld.GRANT, MachineWorld.REGION, id.get(), power,
                OptionalLong.empty()).run());
    }

    @Test
    void followsItsServer() throws Exception {
        world.servers.made();
        id.set(world.running().id());
        var server = instance().serverId();
        settles(State.RUNNING, null);
        world.servers.change(server, Change.POWER_OFF);
        settles(State.TERMINATED, "not by us");
        world.servers.change(server, Change.POWER_ON);
        settles(State.RUNNING, null);
        world.servers.change(server, Change.MAINTENANCE_ON);
        settles(State.REPAIRING, "maintained");
        world.servers.change(server, Change.MAINTENANCE_OFF);
        world.servers.remove(server);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            world.servers.settle(server);
            return world.server(server).state() == Machine.State.FAILED;
        });
        settles(State.REPAIRING, "failed");
        assertThat(instance().stateReason()).doesNotContain("BareMetalHost");
        world.servers.change(server, Change.RETRY);
        settles(State.RUNNING, null);
    }

    private void settles(State state, String reason) throws Exception {
        world.settle();
        assertThat(instance().state()).isEqualTo(state);
        if (reason == null) {
            assertThat(instance().stateReason()).isNull();
        } else {
            assertThat(instance().stateReason()).contains(reason);
        }
    }

    @Test
    void aServerThatFailsIsGivenUpAndAnotherTriedByARetry() {
        var broken = world.servers.made().id();
        world.servers.fault(broken, "fail at provisioning: disk is full");
        var accepted = world.create(null, null);
        id.set(accepted.instance().id());
        try (var worker = world.worker()) {
            var ended = worker.await(MetalWorld.GRANT, accepted.run().id());
            assertThat(ended.error().message()).contains("the region's operators see why")
                    .doesNotContain("disk");
            assertThat(instance().state()).isEqualTo(State.FAILED);
            assertThat(instance().serverId()).isNull();
            assertThat(world.usedCores()).isZero();
            assertThat(world.server(broken).state()).isEqualTo(Machine.State.FAILED);
            assertThat(world.server(broken).instanceId()).isNull();
            assertThatThrownBy(() -> world.create(null, null)).as("nobody gets it")
                    .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                            refusal.problem()).isInstanceOf(Problem.PoolExhausted.class));
            var sound = world.servers.made().id();
            var retry = world.test.database().tx(MetalWorld.GRANT,
                    tx -> worker.runs().retry(tx, accepted.run().id(), null));
            assertThat(worker.await(MetalWorld.GRANT, retry).error()).isNull();
            assertThat(instance().serverId()).isEqualTo(sound);
            assertThat(instance().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void whatNeverBeganKeepsNoServer() {
        var server = world.servers.shelved().id();
        var accepted = world.create(null, null);
        id.set(accepted.instance().id());
        assertThat(instance().serverId()).isEqualTo(server);
        world.test.database().write(MetalWorld.GRANT,
                tx -> world.servers.process.runs().stop(tx, accepted.run().id()));
        try (var worker = world.worker()) {
            worker.await(MetalWorld.GRANT, accepted.run().id());
        }
        assertThat(instance().state()).isEqualTo(State.FAILED);
        assertThat(world.server(server).state()).isEqualTo(Machine.State.AVAILABLE);
        assertThat(world.server(server).instanceId()).isNull();
    }

    @Test
    void noServerIsGivenTwice() throws Exception {
        IntStream.range(0, 5).forEach(i -> world.servers.shelved());
        var given = new ArrayList<String>();
        var refused = new ArrayList<Problem>();
        try (var people = Executors.newFixedThreadPool(20)) {
            var all = IntStream.range(0, 20).<Callable<Instances.Accepted>>mapToObj(
                    i -> this::patiently).toList();
            for (var one : people.invokeAll(all)) {
                try {
                    given.add(one.get().instance().serverId());
                } catch (ExecutionException e) {
                    refused.add(((Problem.Failure) e.getCause()).problem());
                }
            }
        }
        assertThat(given).hasSize(5).doesNotHaveDuplicates().doesNotContainNull();
        assertThat(refused).hasSize(15).allMatch(it -> it instanceof Problem.PoolExhausted);
        assertThat(world.usedCores()).isEqualTo(5 * 64);
    }

    /// As a client that is told to try again in a second.
    private Instances.Accepted patiently() {
        while (true) {
            try {
                return world.create(null, null);
            } catch (Problem.Failure refusal) {
                if (!(refusal.problem() instanceof Problem.Unavailable)) {
                    throw refusal;
                }
            }
        }
    }

    @Test
    void takesWhatTheProjectHasFirstAndNothingOfOthers() {
        var rack = new Selector(Map.of("rack", "r1"), null, 0, null);
        world.pools.create(MetalWorld.GRANT, "all", new Pools.Terms(null, null, rack));
        IntStream.range(0, 4).forEach(i -> world.servers.shelved());
        var mine = world.pools.allocate(MetalWorld.GRANT, "all", 1, "prj_test", null);
        var other = world.pools.allocate(MetalWorld.GRANT, "all", 1, "prj_test", null);
        var first = world.create(null, mine.id()).instance();
        assertThat(first.serverId()).isEqualTo(mine.servers().getFirst());
        assertThat(first.allocationId()).isEqualTo(mine.id());
        exhausted(null, mine.id());
        exhausted(mine.servers().getFirst(), null);
        assertThat(world.create(null, null).instance().allocationId()).isEqualTo(other.id());
        var third = world.create(null, null).instance();
        assertThat(third.allocationId()).isNull();
        for (var unknown : new String[] {third.serverId(), "srv_none"}) {
            assertThat(mistakes(unknown, "alloc_none")).containsExactly(
                    "allocationId", "serverId");
        }
        assertThatThrownBy(() -> world.pools.release(MetalWorld.GRANT, "all", mine.id()))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                        ((Problem.InUse) refusal.problem()).dependents())
                        .containsExactly("instance/" + first.id()));
        other(mine.id());
        assertThat(mistakes(null, mine.id())).containsExactly("allocationId");
    }

    /// The allocation is another project's from now on.
    private void other(String allocation) {
        world.test.database().write(MetalWorld.GRANT, tx -> {
            tx.handle().execute("""
                    insert into project (id, organization_id, name, display_name, visibility,
                      created_at, updated_at)
                    values ('prj_other', 'org_test', 'other', 'O', 'private', now(), now())""");
            tx.handle().execute("update pool_allocation set project_id = 'prj_other'"
                    + " where id = ?", allocation);
        });
    }

    private List<String> mistakes(String server, String allocation) {
        try {
            world.create(server, allocation);
        } catch (Problem.Failure refusal) {
            return ((Problem.Unprocessable) refusal.problem()).mistakes().stream()
                    .map(Problem.Mistake::field).toList();
        }
        throw new AssertionError("not refused");
    }

    private void exhausted(String server, String allocation) {
        assertThatThrownBy(() -> world.create(server, allocation))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                        refusal.problem()).isInstanceOf(Problem.PoolExhausted.class));
    }
}
