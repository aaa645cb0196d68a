package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import orrery.kit.Problem;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.server.compute.address.Address;
import orrery.server.compute.address.NewAddress;
import orrery.server.compute.instance.Instance.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a machine on the simulated region.
@Tag("sagas")
class InstanceSagasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

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

    private Instance instance() {
        return world.get(id.get());
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.creating(), () -> {
            id.set(world.asked().id());
            return new CreateInstance.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(instance().state()).isEqualTo(State.RUNNING);
                assertThat(world.standing()).contains(id.get());
                world.remove(id.get());
            });
            check.everyFailureUnwinds(() -> {
                assertThat(instance().state()).isIn(State.FAILED, State.PROVISIONING);
                if (instance().state() == State.FAILED) {
                    goes();
                } else {
                    world.remove(id.get());
                }
            });
        }
    }

    private void goes() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(
                () -> assertThat(world.standing()).doesNotContain(id.get()));
    }

    @Test
    void resettingRepeatsAndUnwinds() {
        id.set(world.running().id());
        try (var check = SagaCheck.of(world.test, world.powering(),
                () -> new PowerInstance.Input(id.get(), Power.RESET, State.RUNNING))) {
            check.everyStepMayRepeat(this::runs);
            check.everyFailureUnwinds(this::runs);
        }
        world.remove(id.get());
    }

    private void runs() {
        assertThat(instance().state()).isEqualTo(State.RUNNING);
        becomes(Machine.Verdict.RUNNING);
    }

    private void becomes(Machine.Verdict verdict) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                world.management.machine(MachineWorld.GRANT, instance()).map(Machine::of)
                        .map(Machine::verdict)).contains(verdict));
    }

    @Test
    void suspendingRepeatsAndUnwinds() {
        id.set(world.running().id());
        try (var check = SagaCheck.of(world.test, world.powering(), () -> {
            if (instance().state() == State.SUSPENDED) {
                world.expect(world.instances.power(MachineWorld.GRANT, MachineWorld.REGION,
                        id.get(), Power.RESUME, OptionalLong.empty()).run(), world.powering());
            }
            return new PowerInstance.Input(id.get(), Power.SUSPEND, State.RUNNING);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(instance().state()).isEqualTo(State.SUSPENDED);
                becomes(Machine.Verdict.PAUSED);
            });
            check.everyFailureUnwinds(() -> {
                // The last run before the first failure ended well.
                assertThat(instance().state()).isEqualTo(State.RUNNING);
                becomes(Machine.Verdict.RUNNING);
            });
        }
        world.remove(id.get());
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        var left = new ArrayList<String>();
        try (var check = SagaCheck.of(world.test, world.deleting(world.process.runs()), () -> {
            id.set(world.running().id());
            left.add(id.get());
            return new DeleteInstance.Input(id.get(), null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(instance().state()).isEqualTo(State.DELETED);
                assertThat(instance().nics()).isEmpty();
                assertThat(world.standing()).doesNotContain(id.get());
            });
            check.everyFailureUnwinds(() -> {
                assertThat(instance().state()).isIn(State.FAILED, State.RUNNING);
                assertThat(instance().nics()).hasSize(1);
            });
        }
        left.forEach(world::remove);
    }

    @Test
    void aFailureGivesTheQuotaBackAndARetryAsksForItAgain() {
        var before = world.usedCores();
        var accepted = world.instances.create(
                MachineWorld.GRANT, MachineWorld.REGION, MachineWorld.small("again", null));
        id.set(accepted.instance().id());
        assertThat(world.usedCores()).isEqualTo(before + 1);
        world.test.database().write(MachineWorld.GRANT,
                tx -> world.process.runs().stop(tx, accepted.run().id()));
        try (var worker = world.worker()) {
            worker.await(MachineWorld.GRANT, accepted.run().id());
            assertThat(instance().state()).isEqualTo(State.FAILED);
            assertThat(world.usedCores()).isEqualTo(before);
            var retry = world.test.database().tx(MachineWorld.GRANT,
                    tx -> worker.runs().retry(tx, accepted.run().id(), null));
            assertThat(worker.await(MachineWorld.GRANT, retry).error()).isNull();
        }
        assertThat(instance().state()).isEqualTo(State.RUNNING);
        assertThat(world.usedCores()).isEqualTo(before + 1);
        world.remove(id.get());
    }

    @Test
    void saysWhatSomebodyElseDid() {
        var before = world.usedCores();
        id.set(world.running().id());
        switched("Halted", State.TERMINATED);
        assertThat(instance().stateReason()).contains("not by us");
        switched("RerunOnFailure", State.RUNNING);
        assertThat(instance().stateReason()).isNull();
        world.remove(id.get());
        settles(State.FAILED);
        assertThat(instance().stateReason()).contains("is gone from region sim1");
        assertThat(world.usedCores()).as("given back").isEqualTo(before);
    }

    private void switched(String strategy, State state) {
        world.stranger().merge(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                instance().objectName(),
                Trees.read("spec: {runStrategy: " + strategy + "}"));
        settles(state);
    }

    private void settles(State state) {
        var grant = TestDatabase.ACCESS.system("test");
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(world.settling().look(grant, id.get())).isTrue();
            assertThat(instance().state()).isEqualTo(state);
        });
    }

    @Test
    void saysThatAMachineCrashesUntilItDoesNot() {
        id.set(world.running().id());
        annotated("'fail at starting: kernel panic'");
        var pods = world.view().list(Kind.POD, world.namespace(),
                "vm.kubevirt.io/name=" + instance().objectName());
        pods.forEach(pod -> world.stranger().remove(
                Kind.POD, world.namespace(), pod.at("/metadata/name").asText()));
        settles(State.REPAIRING);
        assertThat(instance().stateReason()).isNotEmpty();
        annotated("null");
        settles(State.RUNNING);
        world.remove(id.get());
    }

    private void annotated(String fault) {
        world.stranger().merge(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                instance().objectName(), Trees.read(
                        "metadata: {annotations: {orrery.dev/fault: " + fault + "}}"));
    }

    @Test
    void aRunFailsWhenSomebodyStopsWhatItStarts() {
        id.set(world.running().id());
        annotated("'hang at starting'");
        var reset = world.instances.power(MachineWorld.GRANT, MachineWorld.REGION, id.get(),
                Power.RESET, OptionalLong.empty());
        try (var worker = world.worker()) {
            Awaitility.await().atMost(PATIENCE).until(() -> worker.runs()
                    .steps(MachineWorld.GRANT, reset.run().id()).stream()
                    .anyMatch(step -> step.name().equals("ready")));
            world.stranger().merge(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                    instance().objectName(), Trees.read("spec: {runStrategy: Halted}"));
            var ended = worker.await(MachineWorld.GRANT, reset.run().id());
            assertThat(ended.error().message()).contains("somebody stopped it meanwhile");
        }
        assertThat(instance().state()).isEqualTo(State.RUNNING);
        world.remove(id.get());
    }

    @Test
    void goesWithItsProject() {
        id.set(world.running().id());
        var project = MachineWorld.GRANT.scope();
        var runs = world.test.database().tx(
                MachineWorld.GRANT, tx -> world.instances.clear(tx, project));
        try (var worker = world.worker()) {
            runs.forEach(run -> assertThat(
                    worker.await(MachineWorld.GRANT, run).error()).isNull());
        }
        assertThat(instance().state()).isEqualTo(State.DELETED);
        assertThat(world.test.database().<List<String>>tx(
                MachineWorld.GRANT, tx -> world.instances.of(tx, project))).isEmpty();
    }

    @Test
    void passesOverTheMachinesOfOtherServers() {
        assertThat(world.settling().look(
                TestDatabase.ACCESS.system("test"), "ins_" + "X".repeat(26))).isTrue();
    }

    @Test
    void leavesAloneWhatARunIsChanging() {
        var grant = TestDatabase.ACCESS.system("test");
        id.set(world.running().id());
        world.instances.power(MachineWorld.GRANT, MachineWorld.REGION, id.get(), Power.RESET,
                OptionalLong.empty());
        world.remove(id.get());
        goesFromRegion();
        assertThat(world.settling().look(grant, id.get())).isFalse();
        assertThat(instance().state()).isEqualTo(State.RUNNING);
    }

    private void goesFromRegion() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                world.view().find(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                        instance().objectName())).isEmpty());
    }

    @Test
    void ofMachinesThatWantAPublicAddressAtOnceOneGetsItAndAMachineGetsOne() throws Exception {
        var one = world.asked().id();
        var other = world.asked().id();
        var first = external();
        var winners = attached(List.of(one, other, one, other, one, other),
                List.of(first, first, first, first, first, first));
        assertThat(winners).as("to one, however often").isNotEmpty();
        var winner = world.get(one).externalAddresses().isEmpty() ? other : one;
        assertThat(winners).containsOnly(winner);
        assertThat(world.get(winner.equals(one) ? other : one).externalAddresses()).isEmpty();

        var third = world.asked().id();
        var more = List.of(external(), external(), external(), external());
        assertThat(attached(List.of(third, third, third, third), more)).hasSize(1);
        assertThat(world.get(third).externalAddresses()).hasSize(1);
    }

    private static String external() {
        return world.addresses.allocate(MachineWorld.GRANT, MachineWorld.REGION, new NewAddress(
                null, null, null, Map.of(), Address.Type.EXTERNAL, null, null, null, null)).id();
    }

    /// Attaches all at the same time.
    ///
    /// @return the machines that got what they wanted
    private static List<String> attached(List<String> machines, List<String> addresses)
            throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(IntStream.range(0, machines.size())
                            .mapToObj(i -> (Callable<String>) () -> attached(
                                    machines.get(i), addresses.get(i))).toList())
                    .stream().map(Future::resultNow).filter(it -> !it.isEmpty()).toList();
        }
    }

    /// @return empty when something else was quicker
    private static String attached(String machine, String address) {
        try {
            return world.externalAddresses.attach(MachineWorld.GRANT, MachineWorld.REGION,
                    address, machine, OptionalLong.empty()).attachedTo();
        } catch (Problem.Failure refused) {
            assertThat(refused.problem())
                    .isInstanceOfAny(Problem.InUse.class, Problem.Conflict.class);
            return "";
        }
    }

    @Test
    void itsDeletionFreesAPublicAddressWhichStaysTheProjects() {
        id.set(world.running().id());
        var address = external();
        assertThat(attached(id.get(), address)).isEqualTo(id.get());
        var deletion = world.instances.delete(MachineWorld.GRANT, MachineWorld.REGION, id.get(),
                OptionalLong.empty());
        var late = external();
        assertThat(catchThrowableOfType(Problem.Failure.class,
                () -> world.externalAddresses.attach(MachineWorld.GRANT, MachineWorld.REGION, late,
                        id.get(), OptionalLong.empty())).problem())
                .isInstanceOf(Problem.IllegalTransition.class);
        world.expect(deletion.run(), world.deleting(world.process.runs()));
        assertThat(instance().externalAddresses()).isEmpty();
        var free = world.addresses.get(MachineWorld.GRANT, MachineWorld.REGION, address);
        assertThat(free.state()).isEqualTo(Address.State.AVAILABLE);
        var next = world.asked().id();
        assertThat(attached(next, address)).isEqualTo(next);
    }

    @Test
    void tellsTheRegionAllThatWasAskedFor() {
        var made = world.running();
        id.set(made.id());
        var vm = world.management.machine(MachineWorld.GRANT, made).orElseThrow();
        var spec = vm.at("/spec/template/spec");
        assertThat(vm.at("/metadata/labels/app").asText()).isEqualTo("test");
        assertThat(spec.at("/domain/cpu/cores").asInt()).isEqualTo(1);
        assertThat(spec.at("/domain/memory/guest").asText()).isEqualTo("2Gi");
        assertThat(vm.at("/spec/dataVolumeTemplates/0/spec/source/http/url").asText())
                .startsWith("https://cloud.debian.org/");
        assertThat(spec.at("/domain/devices/interfaces/0/macAddress").asText())
                .isEqualTo(made.nics().getFirst().macAddress()).matches("02(:[0-9a-f]{2}){5}");
        assertThat(spec.at("/networks/0/multus/networkName").asText())
                .isEqualTo(VirtualMachines.attachment(made, 0));
        assertThat(CloudInit.networkData(made))
                .contains(made.nics().getFirst().ipv4Address() + "/24")
                .contains("\"gateway4\":\"10.20.0.1\"");
        assertThat(CloudInit.userData(made)).startsWith("#cloud-config\n")
                .contains("ssh-ed25519 AAAA test");
        assertThat(List.of(made.hostname(), spec.path("hostname").asText()))
                .containsOnly(made.name());
        world.remove(id.get());
    }
}
