package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.instance.MachineWorld.GRANT;
import static orrery.server.compute.instance.MachineWorld.REGION;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import orrery.kit.durable.Saga;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.storage.Volume;
import orrery.server.compute.storage.Volume.State;
import orrery.server.compute.storage.VolumeWorld;
import orrery.server.compute.storage.Volumes;
import org.junit.jupiter.api.Tag;

/// Random sequences of what users, machines, strangers and dying processes do with volumes, with
/// the real sagas on the simulated region. Whatever happened, no volume took a step that its life
/// does not have, quota and backend count what there is, and nothing is left over.
@Tag("sagas")
class VolumeModelTest {
    private static final int STEPS = 60;
    private static final int MOST = 4;
    private static final int MACHINES = 2;

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

    private final List<String> machines = new ArrayList<>();
    private final List<String> known = new ArrayList<>();
    private Story story;
    private MachineWorld world;
    private TestProcess worker;

    @Seeds(1)
    void nothingIsLostOrLeftOver(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new MachineWorld()) {
                world = opened;
                start();
                try {
                    for (int i = 0; i < MACHINES; i++) {
                        machines.add(world.instances.create(GRANT, REGION,
                                MachineWorld.small(null, null)).instance().id());
                    }
                    story.untilQuiet(world.test, () -> { });
                    for (int i = 0; i < STEPS; i++) {
                        act();
                    }
                    comesToRest();
                    allGo();
                } finally {
                    worker.close();
                }
            }
        });
    }

    private void start() {
        worker = story.worker(world.test, runs -> Stream.concat(Stream.of(world.sagas()),
                Stream.of(world.plugging(), world.storage.creating(), world.storage.resizing(),
                        world.storage.deleting(runs))).toArray(Saga<?>[]::new));
    }

    private List<Volume> there() {
        return known.stream().map(world.storage::get)
                .filter(it -> it.state() != State.DELETED).toList();
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : story.one(there);
        switch (one == null ? 0 : story.dice(20)) {
            case 0, 1, 2 -> {
                if (there.size() < MOST) {
                    known.add(world.storage.volumes.create(GRANT, REGION,
                            VolumeWorld.asked(1 + story.dice(3))).volume().id());
                    story.note("create " + known.getLast());
                }
            }
            case 3 -> resize(one);
            case 4, 5, 6 -> {
                var machine = story.one(machines);
                asks("attach to " + machine, one, () -> world.attachments.attach(
                        GRANT, REGION, one.id(), machine, OptionalLong.empty()));
            }
            case 7, 8 -> asks("detach", one, () -> world.attachments.detach(
                    GRANT, REGION, one.id(), OptionalLong.empty()));
            case 9 -> delete(one);
            case 10 -> story.happens("settle", this::settle);
            case 11 -> story.meddle(worker, GRANT, one.runId());
            case 12, 13 -> befall(one);
            default -> rest(one.id());
        }
    }

    private void resize(Volume one) {
        int size = one.sizeGb() + story.dice(3);
        asks("resize to " + size, one, () -> world.storage.volumes.change(GRANT, REGION,
                one.id(), old -> new Volumes.Change("to " + size, null, old.labels(), size),
                OptionalLong.empty()));
    }

    private void delete(Volume one) {
        asks("delete", one, () -> world.storage.volumes.delete(
                GRANT, REGION, one.id(), OptionalLong.empty()));
    }

    private void asks(String what, Volume one, Supplier<Volumes.Accepted> request) {
        story.asks(what + " " + one.id() + " " + one.state(), request::get);
    }

    private void befall(Volume one) {
        switch (story.dice(8)) {
            case 0, 1 -> story.happens(
                    "vanishes " + one.id(), () -> world.storage.remove(one.id()));
            case 2 -> {
                var machine = story.one(machines);
                story.happens("vanishes " + machine, () -> world.remove(machine));
            }
            case 3 -> story.away(world.stranger());
            default -> {
                story.note("restart");
                worker.close();
                start();
            }
        }
    }

    private void settle() {
        Story.settle(world.settling(), REGION);
        Story.settle(world.storage.settling(), REGION);
    }

    /// Else hardly anything would ever come to its end.
    private void rest(String id) {
        story.note("rest until a run is over that changes " + id);
        story.until(() -> assertThat(isIdle(world.storage.get(id).runId())).as(id).isTrue());
        story.note("  " + world.storage.get(id).state());
    }

    private boolean isIdle(String run) {
        return run == null || world.process.runs().get(Story.SYSTEM, run).status().isOver();
    }

    /// Nobody asks any more: what is counted is what there is.
    private void comesToRest() {
        story.untilQuiet(world.test, this::settle);
        var all = there().stream().mapToLong(Volume::sizeGb).sum();
        // One that failed takes what it may still have on the management cluster.
        var failed = there().stream().filter(it -> it.state() == State.FAILED)
                .mapToLong(Volume::sizeGb).sum();
        assertThat(world.storage.usedGb()).as("%s", there()).isBetween(all - failed, all);
        assertThat(world.storage.allocatedGb()).as("%s", there())
                .isEqualTo(world.storage.usedGb());
        assertThat(there()).allMatch(it -> it.state() == State.FAILED
                || it.state() == (it.instanceId() == null ? State.AVAILABLE : State.INUSE));
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            machines.stream().map(world::get).filter(it -> it.state() != Instance.State.DELETED
                    && isIdle(it.runId())).forEach(it -> world.instances.delete(
                            GRANT, REGION, it.id(), OptionalLong.empty()));
            there().stream().filter(it -> isIdle(it.runId())).forEach(this::delete);
            assertThat(there()).isEmpty();
            assertThat(machines).allMatch(
                    id -> world.get(id).state() == Instance.State.DELETED);
        });
        Story.follow(world.process.events(), GRANT, "volume", known, LIFE);
        assertThat(world.storage.usedGb()).isZero();
        assertThat(world.storage.allocatedGb()).isZero();
        assertThat(world.storage.standing()).doesNotContainAnyElementsOf(known);
    }
}
