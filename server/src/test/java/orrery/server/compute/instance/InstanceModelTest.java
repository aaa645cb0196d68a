package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.instance.MachineWorld.GRANT;
import static orrery.server.compute.instance.MachineWorld.REGION;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.instance.Instance.State;
import org.junit.jupiter.api.Tag;

/// Random sequences of what users, regions, strangers and dying processes do with machines, with
/// the real sagas on the simulated region. Whatever happened, no machine took a step that its life
/// does not have, the quota is what the machines are, no address is given twice, and nothing is
/// left over.
@Tag("sagas")
class InstanceModelTest {
    private static final int STEPS = 60;
    private static final int MOST = 5;

    /// The life of a machine as its specification has it, with what may happen without us.
    private static final Map<String, Set<String>> LIFE = Map.ofEntries(
            Map.entry("created", Set.of("staging", "failed", "deleting")),
            Map.entry("provisioning", Set.of("staging", "failed", "deleting")),
            Map.entry("staging", Set.of(
                    "running", "terminated", "suspended", "failed", "deleting")),
            Map.entry("running", Set.of(
                    "running", "stopping", "suspending", "repairing", "terminated",
                    "suspended", "failed", "deleting")),
            Map.entry("stopping", Set.of("terminated", "running", "repairing", "deleting")),
            Map.entry("suspending", Set.of("suspended", "running", "deleting")),
            Map.entry("suspended", Set.of(
                    "staging", "running", "repairing", "terminated", "suspended",
                    "failed", "deleting")),
            Map.entry("repairing", Set.of(
                    "running", "repairing", "terminated", "suspended", "stopping",
                    "failed", "deleting")),
            Map.entry("terminated", Set.of(
                    "staging", "running", "repairing", "suspended", "terminated",
                    "failed", "deleting")),
            Map.entry("deleting", Set.of("deleted", "failed")),
            Map.entry("failed", Set.of("provisioning", "deleting")),
            Map.entry("deleted", Set.of()));

    private final List<String> known = new ArrayList<>();
    private Story story;
    private MachineWorld world;
    private TestProcess worker;

    @Seeds(1)
    void nothingIsLostOrTakenTwice(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new MachineWorld()) {
                world = opened;
                start();
                try {
                    for (int i = 0; i < STEPS; i++) {
                        act();
                        noAddressIsGivenTwice();
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
        worker = story.worker(world.test, _ -> world.sagas());
    }

    private List<Instance> there() {
        return world.lifecycle.all(GRANT, known).stream()
                .filter(it -> it.state() != State.DELETED)
                .sorted(Comparator.comparing(Instance::createdAt)).toList();
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : story.one(there);
        switch (one == null ? 0 : story.dice(20)) {
            case 0, 1 -> {
                if (there.size() < MOST) {
                    create();
                }
            }
            case 2, 3, 4, 5, 6, 7 -> power(one);
            case 8 -> delete(one);
            case 9, 10 -> halt(one, story.random().nextBoolean());
            case 11 -> {
                if (story.dice(3) == 0) {
                    story.happens("vanishes " + one.id(), () -> world.remove(one.id()));
                }
            }
            case 12 -> story.happens("settle", this::settle);
            case 13 -> story.meddle(worker, GRANT, one.runId());
            case 14 -> {
                story.note("restart");
                worker.close();
                start();
            }
            case 15 -> {
                if (story.dice(4) == 0) {
                    story.away(world.stranger());
                }
            }
            default -> rest(one.id());
        }
    }

    private void create() {
        var address = story.random().nextBoolean() ? null : "10.20.0." + (2 + story.dice(4));
        story.asks("create with " + address, () -> {
            var made = world.instances.create(GRANT, REGION, MachineWorld.small(null, address));
            known.add(made.instance().id());
            story.note("  " + made.instance().id());
        });
    }

    private void power(Instance one) {
        var power = story.one(List.of(Power.values()));
        story.asks(power + " " + one.id() + " " + one.state(), () -> world.instances.power(
                GRANT, REGION, one.id(), power, OptionalLong.empty()));
    }

    private void delete(Instance one) {
        story.asks("delete " + one.id() + " " + one.state(), () -> world.instances.delete(
                GRANT, REGION, one.id(), OptionalLong.empty()));
    }

    private void halt(Instance one, boolean halt) {
        var strategy = Trees.read("spec: {runStrategy: "
                + (halt ? "Halted" : "RerunOnFailure") + "}");
        story.happens("somebody " + (halt ? "halts " : "starts ") + one.id(),
                () -> world.stranger().merge(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                        one.objectName(), strategy));
    }

    private void settle() {
        Story.settle(world.settling(), REGION);
    }

    /// Else hardly anything would ever come to its end.
    private void rest(String id) {
        story.note("rest until a run is over that changes " + id);
        story.until(() -> assertThat(isIdle(world.get(id))).as(id).isTrue());
        story.note("  " + world.get(id).state());
    }

    private boolean isIdle(Instance one) {
        return one.runId() == null
                || world.process.runs().get(Story.SYSTEM, one.runId()).status().isOver();
    }

    private void noAddressIsGivenTwice() {
        var there = there();
        assertThat(there).allMatch(it -> it.nics().size() == 1);
        assertThat(there.stream().map(it -> it.nics().getFirst().ipv4Address()))
                .doesNotHaveDuplicates().doesNotContain("10.20.0.0", "10.20.0.1", "10.20.0.255");
    }

    /// Nobody asks any more: machines are at rest, and what is counted is what there is.
    private void comesToRest() {
        story.untilQuiet(world.test, this::settle);
        assertThat(there()).extracting(Instance::state).isSubsetOf(State.RUNNING,
                State.SUSPENDED, State.REPAIRING, State.TERMINATED, State.FAILED);
        // One that failed takes what it may still have on the management cluster.
        assertThat(world.usedCores()).as("%s", there()).isBetween(there().stream()
                .filter(it -> it.state() != State.FAILED).count(), (long) there().size());
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            there().stream().filter(this::isIdle).forEach(this::delete);
            assertThat(there()).isEmpty();
        });
        Story.follow(world.process.events(), GRANT, Instances.KIND, known, LIFE);
        assertThat(world.usedCores()).isZero();
        story.until(() -> assertThat(world.standing()).doesNotContainAnyElementsOf(known));
    }
}
