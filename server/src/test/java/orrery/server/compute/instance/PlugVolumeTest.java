package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.Problem;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.instance.Instance.State;
import orrery.server.compute.storage.Volume;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Volumes that machines get and give back on the simulated region.
@Tag("sagas")
class PlugVolumeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static MachineWorld world;
    private final AtomicReference<String> machine = new AtomicReference<>();
    private final AtomicReference<String> volume = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new MachineWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private void begin() {
        machine.set(world.running().id());
        volume.set(world.storage.available().id());
    }

    private Volume volume() {
        return world.storage.get(volume.get());
    }

    private void attach() {
        world.storage.expect(world.attachments.attach(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), machine.get(), OptionalLong.empty()).run(), world.plugging());
    }

    private void detach() {
        world.storage.expect(world.attachments.detach(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), OptionalLong.empty()).run(), world.plugging());
    }

    /// Whether the machine is described with the volume on the management cluster.
    private boolean isDescribed() {
        var vm = world.management.machine(MachineWorld.GRANT, world.get(machine.get()))
                .orElseThrow();
        var name = Volume.claim(volume.get());
        boolean isVolume = vm.at("/spec/template/spec/volumes")
                .findValuesAsText("claimName").contains(name);
        assertThat(vm.at("/spec/template/spec/domain/devices/disks").findValuesAsText("name")
                .contains(name)).isEqualTo(isVolume);
        assertThat(vm.at("/spec/runStrategy").asText()).isEqualTo("RerunOnFailure");
        return isVolume;
    }

    private void isAttached() {
        assertThat(volume().state()).isEqualTo(Volume.State.INUSE);
        assertThat(volume().instanceId()).isEqualTo(machine.get());
        assertThat(world.get(machine.get()).volumes())
                .containsExactly(new Instance.Plugged(volume.get(), 1));
        assertThat(isDescribed()).isTrue();
    }

    private void isFree() {
        assertThat(volume().state()).isEqualTo(Volume.State.AVAILABLE);
        assertThat(volume().instanceId()).isNull();
        assertThat(world.get(machine.get()).volumes()).isEmpty();
        assertThat(isDescribed()).isFalse();
    }

    @Test
    void attachingRepeatsAndUnwinds() {
        begin();
        try (var check = SagaCheck.of(world.test, world.plugging(), () -> {
            if (volume().instanceId() != null) {
                detach();
            }
            return new PlugVolume.Input(volume.get(), machine.get(), true);
        })) {
            check.everyStepMayRepeat(this::isAttached);
            check.everyFailureUnwinds(this::isFree);
        }
        assertThat(world.get(machine.get()).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void detachingRepeatsAndUnwinds() {
        begin();
        try (var check = SagaCheck.of(world.test, world.plugging(), () -> {
            if (volume().instanceId() == null) {
                attach();
            }
            return new PlugVolume.Input(volume.get(), machine.get(), false);
        })) {
            check.everyStepMayRepeat(this::isFree);
            check.everyFailureUnwinds(this::isAttached);
        }
    }

    @Test
    void aMachineThatIsOffTakesAVolumeAndStartsWithIt() {
        begin();
        power(Power.STOP);
        attach();
        assertThat(world.management.running(MachineWorld.GRANT, world.get(machine.get())))
                .isEmpty();
        power(Power.START);
        isAttached();
        detach();
        isFree();
    }

    private void power(Power power) {
        world.expect(world.instances.power(MachineWorld.GRANT, MachineWorld.REGION,
                machine.get(), power, OptionalLong.empty()).run(), world.powering());
    }

    @Test
    void nothingElseChangesAMachineThatTakesAVolume() {
        begin();
        var attach = world.attachments.attach(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), machine.get(), OptionalLong.empty());
        refuses(() -> world.instances.power(MachineWorld.GRANT, MachineWorld.REGION,
                machine.get(), Power.STOP, OptionalLong.empty()), Problem.Conflict.class);
        refuses(() -> world.attachments.detach(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), OptionalLong.empty()), Problem.Conflict.class);
        world.storage.expect(attach.run(), world.plugging());
        isAttached();
    }

    private static void refuses(Runnable use, Class<? extends Problem> how) {
        assertThatThrownBy(use::run).isInstanceOfSatisfying(Problem.Failure.class,
                refusal -> assertThat(refusal.problem()).isInstanceOf(how));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVolumeThatIsGoneIsNotWaitedFor(boolean isOn) {
        begin();
        if (!isOn) {
            power(Power.STOP);
        }
        world.storage.remove(volume.get());
        var run = world.attachments.attach(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), machine.get(), OptionalLong.empty()).run();
        try (var worker = TestProcess.start(world.test, world.plugging())) {
            assertThat(worker.await(MachineWorld.GRANT, run.id()).error()).asString()
                    .contains("PersistentVolumeClaim", volume.get());
        }
        if (!isOn) {
            power(Power.START);
        }
        isFree();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            world.storage.settling().look(MachineWorld.GRANT, volume.get());
            assertThat(volume().state()).isEqualTo(Volume.State.FAILED);
        });
        assertThat(world.get(machine.get()).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aDeletedMachineFreesItsVolumes() {
        begin();
        attach();
        world.expect(world.instances.delete(MachineWorld.GRANT, MachineWorld.REGION,
                machine.get(), OptionalLong.empty()).run(), world.deleting(world.process.runs()));
        assertThat(volume().state()).isEqualTo(Volume.State.AVAILABLE);
        assertThat(volume().instanceId()).isNull();
        assertThat(world.storage.standing()).as("what is on it stays").contains(volume.get());
    }

    @Test
    void aFailedMachineGivesItsVolumesBack() {
        begin();
        attach();
        world.remove(machine.get());
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            world.settling().look(MachineWorld.GRANT, machine.get());
            assertThat(world.get(machine.get()).state()).isEqualTo(State.FAILED);
        });
        assertThat(volume().instanceId()).isEqualTo(machine.get());
        refuses(() -> world.storage.volumes.delete(MachineWorld.GRANT, MachineWorld.REGION,
                volume.get(), OptionalLong.empty()), Problem.InUse.class);
        detach();
        assertThat(volume().state()).isEqualTo(Volume.State.AVAILABLE);
        assertThat(world.get(machine.get()).volumes()).isEmpty();
    }
}
