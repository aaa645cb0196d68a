package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.instance.MachineWorld.GRANT;
import static orrery.server.compute.instance.MachineWorld.REGION;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.durable.Run;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Subject;
import orrery.kit.test.TestProcess;
import orrery.server.compute.storage.Volume;
import orrery.server.compute.storage.Volume.State;
import orrery.server.compute.storage.VolumeWorld;
import orrery.server.compute.storage.Volumes;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random sequences of what users, machines and strangers do with volumes, with the real sagas on
/// the simulated region. Whatever happened, no volume took a step that its life does not have,
/// quota and backend count what there is, and nothing is left over.
@Tag("sagas")
class VolumeModelTest {
    private static final int STEPS = 60;
    private static final int MOST = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /// The life of a volume as its specification has it, with what may happen without us.
    private static final Map<String, Set<String>> LIFE = Map.of(
            "created", Set.of("available", "failed", "deleting"),
            "creating", Set.of("available", "failed", "deleting"),
            "available", Set.of("inUse", "resizing", "failed", "deleting"),
            "inUse", Set.of("available", "resizing", "failed"),
            "resizing", Set.of("available", "inUse", "deleting"),
            "failed", Set.of("creating", "deleting"),
            "deleting", Set.of("deleted", "failed"),
            "deleted", Set.of());

    private final long seed = Long.getLong("orrery.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final List<String> machines = new ArrayList<>();
    private final List<String> volumes = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> told = new ArrayList<>();

    @Test
    void nothingIsLostOrLeftOver() {
        try (var world = new MachineWorld(); var worker = TestProcess.start(world.test,
                world.creating(), world.deleting(world.process.runs()), world.plugging(),
                world.storage.creating(), world.storage.resizing(),
                world.storage.deleting(world.process.runs()))) {
            for (int i = 0; i < 2; i++) {
                var made = world.instances.create(GRANT, REGION, MachineWorld.small(null, null));
                ended(worker, made.run());
                machines.add(made.instance().id());
            }
            for (int i = 0; i < STEPS; i++) {
                step(world);
            }
            settle(world);
            machines.forEach(id -> ended(worker, world.instances.delete(
                    GRANT, REGION, id, OptionalLong.empty()).run()));
            volumes.forEach(id -> ended(worker, world.storage.volumes.delete(
                    GRANT, REGION, id, OptionalLong.empty()).run()));
            lifeIsLegal(world);
            assertThat(world.storage.usedGb()).as(why()).isZero();
            assertThat(world.storage.allocatedGb()).as(why()).isZero();
            assertThat(world.storage.standing()).as(why()).doesNotContainAnyElementsOf(known);
        }
    }

    private String why() {
        return "-Dorrery.seed=" + seed + "\n" + String.join("\n", told);
    }

    private void step(MachineWorld world) {
        var which = volumes.isEmpty() ? null : volumes.get(random.nextInt(volumes.size()));
        try {
            switch (which == null ? 0 : random.nextInt(12)) {
                case 0, 1 -> create(world);
                case 2 -> resize(world, which);
                case 3, 4 -> attach(world, which);
                case 5, 6 -> detach(world, which);
                case 7 -> delete(world, which);
                case 8 -> vanish(world, which);
                case 9 -> world.storage.settling().alive(VolumeWorld.SYSTEM, REGION)
                        .forEach(id -> world.storage.settling().look(VolumeWorld.SYSTEM, id));
                default -> rest(world, which);
            }
        } catch (Problem.Failure refused) {
            told.add("  refused: " + refused.problem());
            assertThat(refused.problem()).as(why()).isInstanceOfAny(
                    Problem.IllegalTransition.class, Problem.Conflict.class,
                    Problem.InUse.class, Problem.NotFound.class);
        }
    }

    private void create(MachineWorld world) {
        if (volumes.size() < MOST) {
            var made = note(world.storage.volumes.create(
                    GRANT, REGION, VolumeWorld.asked(1 + random.nextInt(3))), "create");
            volumes.add(made);
            known.add(made);
        }
    }

    private void resize(MachineWorld world, String id) {
        int size = world.storage.get(id).sizeGb() + random.nextInt(3);
        note(world.storage.volumes.change(GRANT, REGION, id,
                old -> new Volumes.Change("to " + size, null, old.labels(), size),
                OptionalLong.empty()), "resize to " + size);
    }

    private void attach(MachineWorld world, String id) {
        var machine = machines.get(random.nextInt(machines.size()));
        note(world.attachments.attach(GRANT, REGION, id, machine, OptionalLong.empty()),
                "attach to " + machine);
    }

    private void detach(MachineWorld world, String id) {
        note(world.attachments.detach(GRANT, REGION, id, OptionalLong.empty()), "detach");
    }

    private void delete(MachineWorld world, String id) {
        note(world.storage.volumes.delete(GRANT, REGION, id, OptionalLong.empty()), "delete");
        volumes.remove(id);
    }

    private void vanish(MachineWorld world, String id) {
        if (random.nextInt(4) == 0) {
            told.add("vanishes " + id);
            world.storage.remove(id);
        }
    }

    private String note(Volumes.Accepted accepted, String what) {
        told.add(what + " " + accepted.volume().id() + " " + accepted.volume().state());
        return accepted.volume().id();
    }

    /// Else hardly anything would ever come to its end.
    private void rest(MachineWorld world, String id) {
        told.add("rest until a run is over that changes " + id);
        Awaitility.await(why()).atMost(PATIENCE).until(() -> isIdle(world, id));
        told.add("  " + world.storage.get(id).state());
    }

    private static boolean isIdle(MachineWorld world, String id) {
        var run = world.storage.get(id).runId();
        return run == null || world.process.runs().get(VolumeWorld.SYSTEM, run).status().isOver();
    }

    private static void ended(TestProcess worker, Run run) {
        assertThat(worker.await(GRANT, run.id()).error()).isNull();
    }

    /// Waits until no run changes anything, and compares what is counted with what there is.
    private void settle(MachineWorld world) {
        Awaitility.await(why()).atMost(PATIENCE).until(
                () -> known.stream().allMatch(id -> isIdle(world, id)));
        var there = known.stream().map(world.storage::get)
                .filter(it -> it.state() != State.FAILED && it.state() != State.DELETED).toList();
        var sum = there.stream().mapToLong(Volume::sizeGb).sum();
        assertThat(world.storage.usedGb()).as(why()).isEqualTo(sum);
        assertThat(world.storage.allocatedGb()).as(why()).isEqualTo(sum);
        assertThat(there).as(why()).allMatch(it -> it.state() == (it.instanceId() == null
                ? State.AVAILABLE : State.INUSE));
    }

    private void lifeIsLegal(MachineWorld world) {
        for (var id : known) {
            var events = world.process.events().list(GRANT, EventFilter.of(
                    GRANT.scope(), new Subject("volume", id)), null, 500);
            var life = events.reversed().stream()
                    .map(it -> it.type().substring(it.type().indexOf('.') + 1))
                    .filter(it -> !it.equals("updated")).toList();
            assertThat(life.getFirst()).isEqualTo("created");
            for (int i = 1; i < life.size(); i++) {
                assertThat(LIFE.get(life.get(i - 1)))
                        .as("after " + life.get(i - 1) + " of " + id + "\n" + why())
                        .contains(life.get(i));
            }
        }
    }
}
