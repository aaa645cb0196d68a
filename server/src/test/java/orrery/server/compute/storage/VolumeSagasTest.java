package orrery.server.compute.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.storage.VolumeWorld.GRANT;
import static orrery.server.compute.storage.VolumeWorld.REGION;
import static orrery.server.compute.storage.VolumeWorld.SYSTEM;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.kube.Kind;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.storage.Volume.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a volume on the simulated region.
@Tag("sagas")
class VolumeSagasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static VolumeWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new VolumeWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private Volume volume() {
        return world.get(id.get());
    }

    private Claim claim() {
        return world.management.claim(SYSTEM, volume()).orElseThrow();
    }

    private void delete() {
        var accepted = world.volumes.delete(GRANT, REGION, id.get(), OptionalLong.empty());
        world.expect(accepted.run(), world.deleting(world.process.runs()));
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        var before = world.usedGb();
        try (var check = SagaCheck.of(world.test, world.creating(), () -> {
            id.set(world.bare().id());
            return new CreateVolume.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(volume().state()).isEqualTo(State.AVAILABLE);
                assertThat(claim().verdict()).isEqualTo(Claim.Verdict.BOUND);
                assertThat(world.usedGb()).isEqualTo(before + 1);
                delete();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(volume().state()).isIn(State.FAILED, State.CREATING);
                assertThat(world.usedGb()).isEqualTo(
                        before + (volume().state() == State.FAILED ? 0 : 1));
                Awaitility.await().atMost(PATIENCE).untilAsserted(() ->
                        assertThat(world.standing()).doesNotContain(id.get()));
                delete();
                assertThat(world.usedGb()).isEqualTo(before);
            });
        }
    }

    @Test
    void resizingRepeatsAndKeepsWhatItsClaimAsksFor() {
        id.set(world.available().id());
        var others = world.usedGb() - 1;
        var size = new AtomicInteger(1);
        try (var check = SagaCheck.of(world.test, world.resizing(),
                () -> new ResizeVolume.Input(id.get(), size.incrementAndGet()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(volume().state()).isEqualTo(State.AVAILABLE);
                assertThat(volume().sizeGb()).isEqualTo(size.get());
                assertThat(claim().has(size.get())).isTrue();
                assertThat(world.usedGb()).isEqualTo(others + size.get());
            });
            check.everyFailureUnwinds(() -> {
                assertThat(volume().state()).isEqualTo(State.AVAILABLE);
                assertThat(claim().asksFor(volume().sizeGb())).isTrue();
                assertThat(claim().asksFor(volume().sizeGb() + 1)).isFalse();
                assertThat(world.usedGb()).isEqualTo(others + volume().sizeGb());
                assertThat(world.allocatedGb()).isEqualTo(world.usedGb());
            });
        }
        delete();
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, world.deleting(world.process.runs()), () -> {
            id.set(world.available().id());
            return new DeleteVolume.Input(id.get(), null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(volume().state()).isEqualTo(State.DELETED);
                assertThat(world.standing()).doesNotContain(id.get());
            });
            check.everyFailureUnwinds(() -> {
                assertThat(volume().state()).isIn(State.FAILED, State.AVAILABLE);
                assertThat(world.usedGb()).as("what is there counts").isPositive();
                delete();
            });
        }
    }

    @Test
    void saysThatSomebodyElseDeletedItsClaim() {
        var before = world.usedGb();
        id.set(world.available().id());
        assertThat(world.settling().look(SYSTEM, id.get())).isTrue();
        assertThat(volume().state()).isEqualTo(State.AVAILABLE);
        world.remove(id.get());
        settles();
        assertThat(volume().stateReason()).contains("is gone from region sim1");
        assertThat(world.usedGb()).as("given back").isEqualTo(before);
        delete();
        assertThat(volume().state()).isEqualTo(State.DELETED);
    }

    @Test
    void saysThatWhatStoodBehindItsClaimIsGone() {
        id.set(world.available().id());
        var claim = world.view().find(VolumeClaims.CLAIM, VolumeWorld.namespace(),
                Volume.claim(id.get())).orElseThrow();
        world.stranger().remove(new Kind("", "v1", "PersistentVolume", "persistentvolumes", false),
                null, claim.at("/spec/volumeName").asText());
        settles();
        assertThat(volume().stateReason()).contains("What stood behind");
        delete();
    }

    private void settles() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(world.settling().look(SYSTEM, id.get())).isTrue();
            assertThat(volume().state()).isEqualTo(State.FAILED);
        });
    }

    @Test
    void goesWithItsProject() {
        id.set(world.available().id());
        var project = GRANT.scope();
        var runs = world.test.database().tx(GRANT, tx -> world.volumes.clear(tx, project));
        try (var worker = TestProcess.start(
                world.test, world.deleting(world.process.runs()))) {
            runs.forEach(run -> assertThat(worker.await(GRANT, run).error()).isNull());
        }
        assertThat(volume().state()).isEqualTo(State.DELETED);
        assertThat(world.test.database().<List<String>>tx(
                GRANT, tx -> world.volumes.of(tx, project))).isEmpty();
    }

    @Test
    void passesOverTheVolumesOfOtherServers() {
        assertThat(world.settling().look(SYSTEM, "vol_" + "X".repeat(26))).isTrue();
    }
}
