package orrery.server.infrastructure.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.Problem;
import orrery.kit.durable.Run;
import orrery.kit.durable.Status;
import orrery.kit.kube.Kind;
import orrery.kit.secret.Secret;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.infrastructure.machine.Machine.Health;
import orrery.server.infrastructure.machine.Machine.State;
import orrery.server.tenancy.region.ProjectNamespace;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a server on the simulated region.
@Tag("sagas")
class MachineSagasTest {
    private static MachineWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new MachineWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private Machine machine() {
        return world.get(id.get());
    }

    private Host host() {
        return world.hosts.find(MachineWorld.GRANT, machine()).orElseThrow();
    }

    /// What a run takes back, the simulated Metal3 may take a moment to follow.
    private static void soon(Runnable check) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(check::run);
    }

    @Test
    void registeringRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.registering(), () -> {
            id.set(world.recorded().id());
            return new RegisterMachine.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(machine().state()).isEqualTo(State.AVAILABLE);
                assertThat(machine().health()).isEqualTo(Health.HEALTHY);
                assertThat(machine().hardware().cpuCount()).isPositive();
                assertThat(machine().poweredOn()).isFalse();
                assertThat(world.objects(id.get())).hasSize(2);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(machine().state()).isIn(State.FAILED, State.REGISTERING);
                soon(() -> assertThat(world.objects(id.get())).isEmpty());
            });
        }
    }

    @Test
    void provisioningRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.provisioning(), () -> {
            id.set(world.made().id());
            return new ProvisionMachine.Input(
                    id.get(), MachineWorld.IMAGE, Secret.of("#cloud-config"));
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(machine().state()).isEqualTo(State.READY);
                assertThat(machine().wanted().image()).isEqualTo(MachineWorld.IMAGE);
                assertThat(machine().poweredOn()).isTrue();
                assertThat(host().isAs(machine().wanted())).isTrue();
                assertThat(world.objects(id.get())).hasSize(3);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(machine().state()).isIn(State.FAILED, State.AVAILABLE);
                assertThat(machine().wanted()).isEqualTo(Machine.Wanted.EMPTY);
                assertThat(host().asked()).isEmpty();
                assertThat(world.objects(id.get())).hasSize(2);
            });
        }
    }

    @Test
    void resettingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.operating(), () -> {
            id.set(world.made(Change.POWER_ON).id());
            return new OperateMachine.Input(id.get(), Change.RESET);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(machine().state()).isEqualTo(State.AVAILABLE);
                assertThat(host().isAs(machine().wanted())).isTrue();
                assertThat(rebootAnnotations()).isZero();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(machine().state()).isIn(State.FAILED, State.AVAILABLE);
                assertThat(rebootAnnotations()).isZero();
                soon(() -> assertThat(host().isAs(machine().wanted())).isTrue());
            });
        }
    }

    @Test
    void connectingRepeatsAndUnwinds() {
        id.set(world.made().id());
        var asked = new AtomicInteger();
        try (var check = SagaCheck.of(world.test, world.connecting(), () ->
                new ConnectMachine.Input(id.get(), new Controller(machine().bmcAddress(), true,
                        machine().bootMacAddress(), new NewMachine.Login("admin",
                                Secret.of("hobbes-" + asked.incrementAndGet())))))) {
            check.everyStepMayRepeat(() -> {
                isReachedBy("hobbes-" + asked.get());
                assertThat(machine().verifyCa()).isTrue();
                assertThat(host().triedLogin()).isEqualTo(
                        world.hosts.loginVersion(MachineWorld.GRANT, machine()).orElseThrow());
            });
            var last = new AtomicInteger();
            check.everyFailureUnwinds(() -> {
                // The first of its runs is undisturbed.
                last.compareAndSet(0, asked.get() - 1);
                isReachedBy("hobbes-" + last.get());
            });
        }
    }

    private void isReachedBy(String password) {
        assertThat(machine().state()).isEqualTo(State.AVAILABLE);
        assertThat(world.lifecycle.login(MachineWorld.GRANT, id.get()).password().reveal())
                .isEqualTo(password);
        var login = world.view().find(Kind.SECRET, ProjectNamespace.name("prj_test"),
                BareMetalHosts.loginName(id.get())).orElseThrow();
        assertThat(new String(Base64.getDecoder().decode(login.at("/data/password").asText()),
                StandardCharsets.UTF_8)).isEqualTo(password);
    }

    @Test
    void aLoginThatIsNotTakenLeavesTheOldOne() {
        id.set(world.made().id());
        var old = world.lifecycle.login(MachineWorld.GRANT, id.get()).password().reveal();
        world.fault(id.get(), "fail at registering: who are you?");
        try (var worker = world.worker((input, step, moment) -> { })) {
            var refused = connected(worker, machine().bmcAddress());
            assertThat(refused.error().code()).isEqualTo("BMC_CONNECTION_FAILED");
            assertThat(refused.error().message()).contains("who are you?");
            isReachedBy(old);
            assertThat(machine().stateReason()).contains("its last run says why");
            world.fault(id.get(), "");
            var moved = machine().bmcAddress() + "/moved";
            assertThat(connected(worker, moved).error().message()).contains("not detached");
            isReachedBy(old);
            acts(worker, Change.MAINTENANCE_ON, State.MAINTENANCE);
            assertThat(connected(worker, moved).error()).isNull();
            assertThat(host().bmcAddress()).isEqualTo(moved).isEqualTo(machine().bmcAddress());
            acts(worker, Change.MAINTENANCE_OFF, State.AVAILABLE);
            isReachedBy("hobbes");
        }
    }

    private Run connected(TestProcess worker, String address) {
        return world.ended(worker, ConnectMachine.TYPE, new ConnectMachine.Input(id.get(),
                new Controller(address, false, machine().bootMacAddress(),
                        new NewMachine.Login("admin", Secret.of("hobbes")))));
    }

    private long rebootAnnotations() {
        return world.view().find(BareMetalHosts.HOST, ProjectNamespace.name("prj_test"),
                        BareMetalHosts.name(id.get())).orElseThrow()
                .at("/metadata/annotations").propertyStream()
                .filter(one -> one.getKey().startsWith("reboot.metal3.io")).count();
    }

    @Test
    void decommissioningRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(
                world.test, world.decommissioning(world.process.runs()), () -> {
                    id.set(world.made().id());
                    return new DecommissionMachine.Input(id.get(), null);
                })) {
            check.everyStepMayRepeat(() -> {
                assertThat(machine().state()).isEqualTo(State.DECOMMISSIONED);
                assertThat(machine().deletedAt()).isNotNull();
                assertThat(world.objects(id.get())).isEmpty();
            });
            check.everyFailureUnwinds(() -> assertThat(machine().state())
                    .isIn(State.FAILED, State.AVAILABLE));
        }
    }

    @Test
    void everyActionEndsWhereItShall() {
        id.set(world.made(Change.PROVISION).id());
        try (var worker = world.worker((input, step, moment) -> { })) {
            acts(worker, Change.POWER_OFF, State.READY);
            assertThat(machine().poweredOn()).isFalse();
            acts(worker, Change.POWER_ON, State.READY);
            acts(worker, Change.POWER_CYCLE, State.READY);
            acts(worker, Change.MAINTENANCE_ON, State.MAINTENANCE);
            assertThat(host().operational()).isEqualTo("detached");
            acts(worker, Change.MAINTENANCE_OFF, State.READY);
            acts(worker, Change.DEPROVISION, State.AVAILABLE);
            assertThat(world.objects(id.get())).as("no user data any more").hasSize(2);
            acts(worker, Change.INSPECT, State.AVAILABLE);
            acts(worker, Change.MAINTENANCE_ON, State.MAINTENANCE);
            var decommissioned = world.ended(worker, DecommissionMachine.TYPE,
                    new DecommissionMachine.Input(id.get(), null));
            assertThat(decommissioned.status()).isEqualTo(Status.COMPLETED);
            assertThat(world.objects(id.get())).isEmpty();
        }
    }

    private void acts(TestProcess worker, Change action, State end) {
        var run = world.ended(worker, OperateMachine.TYPE,
                new OperateMachine.Input(id.get(), action));
        assertThat(run.status()).as(action + ": " + run).isEqualTo(Status.COMPLETED);
        assertThat(machine().state()).as(action.text()).isEqualTo(end);
        assertThat(host().isAs(machine().wanted())).as(action.text()).isTrue();
    }

    @Test
    void aHostThatFailsFailsTheRunAndARetryGoesOnFromThere() {
        id.set(world.made().id());
        world.fault(id.get(), "fail at provisioning: disk is full");
        try (var worker = world.worker((input, step, moment) -> { })) {
            var failed = world.ended(worker, ProvisionMachine.TYPE, new ProvisionMachine.Input(
                    id.get(), MachineWorld.IMAGE, null));
            assertThat(failed.status()).isEqualTo(Status.FAILED);
            assertThat(failed.error().code()).isEqualTo("PROVISIONING_FAILED");
            assertThat(failed.error().message()).contains("disk is full");
            assertThat(machine().state()).isEqualTo(State.FAILED);
            assertThat(machine().health()).isEqualTo(Health.FAILED);
            world.fault(id.get(), "");
            acts(worker, Change.RETRY, State.AVAILABLE);
            world.fault(id.get(), "fail at power: no answer");
            var unreached = world.ended(worker, OperateMachine.TYPE,
                    new OperateMachine.Input(id.get(), Change.POWER_ON));
            assertThat(unreached.error().code()).isEqualTo("BMC_CONNECTION_FAILED");
        }
    }

    @Test
    void aLoginThatIsGoneIsMadeAnewByARetry() {
        var made = world.recorded();
        id.set(made.id());
        try (var worker = world.worker((input, step, moment) -> {
            if (step.equals("inspected")) {
                throw new Problem.Refused("step", "it fails, for a test").raise();
            }
        })) {
            assertThat(world.ended(worker, RegisterMachine.TYPE,
                    new RegisterMachine.Input(id.get())).status()).isEqualTo(Status.FAILED);
            soon(() -> assertThat(world.objects(id.get())).isEmpty());
            acts(worker, Change.RETRY, State.AVAILABLE);
            var login = world.view().find(Kind.SECRET, ProjectNamespace.name("prj_test"),
                    BareMetalHosts.loginName(id.get())).orElseThrow();
            assertThat(login.at("/data/password").asText()).isNotEmpty();
        }
    }

    @Test
    void settlesWhatSomebodyElseDid() {
        var settling = world.settling(world.process.runs());
        id.set(world.made().id());
        world.spoil(id.get(), "spec: {online: true}");
        settles(settling, Health.DEGRADED, State.AVAILABLE, "changed by somebody else (online)");
        world.spoil(id.get(), "spec: {online: false}");
        settles(settling, Health.HEALTHY, State.AVAILABLE, "");
        world.fault(id.get(), "flap 2s");
        settles(settling, Health.DEGRADED, State.AVAILABLE, "the BMC does not answer");
        world.fault(id.get(), "");
        settles(settling, Health.HEALTHY, State.AVAILABLE, "");
        world.remove(id.get());
        settles(settling, Health.FAILED, State.FAILED, "was deleted");
        try (var worker = world.worker((input, step, moment) -> { })) {
            acts(worker, Change.RETRY, State.AVAILABLE);
            assertThat(machine().health()).isEqualTo(Health.HEALTHY);
        }
    }

    private void settles(SettleMachines settling, Health health, State state, String reason) {
        soon(() -> {
            assertThat(settling.look(MachineWorld.GRANT, id.get())).isTrue();
            assertThat(machine().health()).isEqualTo(health);
            assertThat(machine().state()).isEqualTo(state);
            assertThat(String.join(" ", machine().failureReasons())).contains(reason);
        });
    }

    @Test
    void aProbeNamesWhatStandsInTheWay() {
        id.set(world.made().id());
        var machines = world.machines(world.process);
        assertThat(machines.validate(MachineWorld.GRANT, MachineWorld.REGION, id.get()))
                .isEmpty();
        world.spoil(id.get(), "spec: {online: true}");
        assertThat(codes(machines)).containsExactly("HOST_CHANGED");
        world.remove(id.get());
        soon(() -> assertThat(codes(machines)).containsExactly("HOST_MISSING"));
    }

    private List<String> codes(Machines machines) {
        return machines.validate(MachineWorld.GRANT, MachineWorld.REGION, id.get()).stream()
                .map(Machines.Obstacle::code).toList();
    }

    @Test
    void keepsTheLoginToItself() {
        id.set(world.made().id());
        assertThat(world.lifecycle.login(MachineWorld.GRANT, id.get()).password().reveal())
                .startsWith("calvin-of-");
        assertThat(world.lifecycle.login(MachineWorld.GRANT, id.get()).toString())
                .doesNotContain("calvin");
        assertThat(MachineView.of(machine()).toString()).doesNotContain("calvin")
                .doesNotContain("root");
    }
}
