package orrery.server.compute.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.instance.MachineWorld.GRANT;
import static orrery.server.compute.instance.MachineWorld.REGION;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Saga;
import orrery.kit.kube.Fence;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.deploy.Deploy.State;
import orrery.server.compute.deploy.Maker.Health;
import orrery.server.compute.instance.Instance;
import orrery.server.compute.instance.MachineWorld;
import orrery.server.platform.stack.Published;
import orrery.server.platform.stack.Stack;
import orrery.server.platform.stack.Stacks;
import org.junit.jupiter.api.Tag;

/// Random sequences of what users, regions, strangers and dying processes do with deploys and with
/// the machines that these consist of. A deploy that runs has all of its machines, no machine is
/// without a deploy, whatever failed can be brought about once nothing goes wrong any more, and
/// nothing is left of those that are deleted.
@Tag("sagas")
class DeployModelTest {
    private static final int STEPS = 60;
    private static final int MOST = 2;
    private static final int MOST_REPLICAS = 3;
    private static final DeployTable TABLE = new DeployTable();
    private static final String SPEC = """
            values: {type: vm.small, disks: [{boot: true, source: debian-12}]}
            """;

    /// The life of a deploy: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.of(
            "created", Set.of("validating", "deleting"),
            "validating", Set.of("deploying", "failed", "deleting"),
            "deploying", Set.of("running", "failed", "deleting"),
            "running", Set.of("updating", "failed", "deleting"),
            "updating", Set.of("running", "failed", "deleting"),
            "failed", Set.of("validating", "updating", "deleting"),
            "deleting", Set.of("deleted", "failed"),
            "deleted", Set.of());

    private final List<String> known = new ArrayList<>();
    private Story story;
    private MachineWorld world;
    private Lifecycle lifecycle;
    private Makers makers;
    private Stacks stacks;
    private Stack stack;
    private Deploys deploys;
    private TestProcess worker;

    @Seeds(1)
    void noMachineIsLostOrLeftOver(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new MachineWorld()) {
                world = opened;
                open();
                start();
                try {
                    for (int i = 0; i < STEPS; i++) {
                        act();
                    }
                    comesToRest();
                    isMended();
                    allGo();
                } finally {
                    worker.close();
                }
            }
        });
    }

    private void open() {
        var database = world.test.database();
        var events = world.process.events();
        stacks = new Stacks(database, world.regions, null, events, TestProcess.paging(), world.ids,
                world.clock);
        makers = new Makers(new ClusterMaker(null), new InstanceMaker(world.instances),
                new EndpointMaker(null));
        lifecycle = new Lifecycle(database, makers, events, world.clock);
        stack = Published.stack(stacks, GRANT, Stack.Kind.VM, "machines", SPEC);
        deploys = new Deploys(database, world.storage.projects, null, world.regions, stacks, makers,
                events, world.process.runs(), TestProcess.paging(), world.ids, world.clock);
    }

    private void start() {
        var database = world.test.database();
        worker = story.worker(world.test, runs -> Stream.concat(Stream.of(world.sagas()),
                Stream.of(new CreateDeploy(database, lifecycle, makers, stacks, runs),
                        new UpdateDeploy(database, lifecycle, makers, stacks, runs),
                        new DeleteDeploy(lifecycle, makers, runs))).toArray(Saga<?>[]::new));
    }

    private List<Deploy> there() {
        return world.test.database().read(GRANT, tx -> TABLE.rows.all(tx, known)).stream()
                .filter(it -> it.state() != State.DELETED)
                .sorted(Comparator.comparing(Deploy::createdAt)).toList();
    }

    /// All machines that there are, whoever has them.
    private List<Instance> machines() {
        return world.test.database().read(GRANT, tx -> world.instances.byIds(tx, everMade()))
                .values().stream().filter(it -> it.deletedAt() == null)
                .sorted(Comparator.comparing(Instance::createdAt)).toList();
    }

    private List<String> everMade() {
        return world.test.database().read(GRANT, tx -> tx.handle()
                .createQuery("select id from instance").mapTo(String.class).list());
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : story.one(there);
        switch (one == null ? 0 : story.dice(20)) {
            case 0, 1, 2 -> {
                if (there.size() < MOST) {
                    create();
                }
            }
            case 3, 4, 5, 6 -> change(one, 1 + story.dice(MOST_REPLICAS));
            case 7 -> delete(one);
            case 8, 9 -> story.meddle(worker, GRANT, one.runId());
            case 10, 11, 12, 13 -> {
                var machines = machines();
                if (!machines.isEmpty()) {
                    befall(story.one(machines));
                }
            }
            case 14 -> story.happens("settle", this::settle);
            case 15 -> {
                story.note("restart");
                worker.close();
                start();
            }
            case 16 -> {
                if (story.dice(4) == 0) {
                    story.away(world.stranger());
                }
            }
            default -> rest(one.id());
        }
    }

    private void create() {
        int replicas = 1 + story.dice(MOST_REPLICAS);
        story.asks("create with " + replicas, () -> {
            known.add(deploys.create(GRANT, REGION, new NewDeploy(null, null, null, Map.of(),
                    stack.id(), JsonNodeFactory.instance.objectNode(), replicas))
                    .seen().deploy().id());
            story.note("  " + known.getLast());
        });
    }

    private void change(Deploy one, int replicas) {
        asks("change to " + replicas, one, () -> deploys.change(GRANT, REGION, one.id(),
                old -> new NewDeploy(old.name(), null, null, old.labels(), old.stackId(),
                        old.parameters(), replicas), OptionalLong.empty()));
    }

    private void delete(Deploy one) {
        asks("delete", one, () -> deploys.delete(
                GRANT, REGION, one.id(), OptionalLong.empty()));
    }

    private void asks(String what, Deploy one, Runnable request) {
        story.asks(what + " " + one.id() + " " + one.state(), request);
    }

    /// A machine of a deploy is somebody's to work with, and to lose.
    private void befall(Instance machine) {
        var name = machine.name() + " " + machine.state();
        switch (story.dice(4)) {
            case 0 -> story.asks("delete " + name, () -> world.instances.delete(
                    GRANT, REGION, machine.id(), OptionalLong.empty()));
            case 1 -> story.happens("vanishes " + name, () -> world.remove(machine.id()));
            default -> {
                story.note("about " + name);
                story.meddle(worker, GRANT, machine.runId());
            }
        }
    }

    private void settle() {
        Story.settle(world.settling(), REGION);
        new SettleDeploys(lifecycle, world.test.database()).round(new LoopRound(Story.SYSTEM,
                new Fence("loop test", Long.MAX_VALUE, () -> true)));
    }

    private void rest(String id) {
        story.note("rest until a run is over that changes " + id);
        story.until(() -> assertThat(world.process.runs().get(GRANT,
                String.valueOf(get(id).runId())).status().isOver()).isTrue());
        story.note("  " + get(id).state());
    }

    private Deploy get(String id) {
        return world.test.database().read(GRANT, tx -> lifecycle.get(tx, id));
    }

    /// Nobody asks any more: what runs has all that it shall have, and every machine is a deploy's.
    private void comesToRest() {
        story.untilQuiet(world.test, this::settle);
        assertThat(there()).extracting(Deploy::state).isSubsetOf(State.RUNNING, State.FAILED);
        var placed = new HashSet<String>();
        for (var one : there()) {
            var parts = lifecycle.placed(GRANT, one.id());
            parts.forEach(it -> placed.add(it.part().id()));
            if (one.state() == State.RUNNING) {
                assertThat(parts.stream().filter(it -> it.part().health() == Health.WELL)
                        .map(it -> it.resource().position())).as("%s %s", one, parts)
                        .hasSize(one.replicas()).allMatch(it -> it <= one.replicas());
            }
        }
        assertThat(machines()).extracting(Instance::id).isSubsetOf(placed);
    }

    /// What failed is asked for once more, if only as it is, and comes about.
    private void isMended() {
        there().stream().filter(it -> it.state() == State.FAILED)
                .forEach(it -> change(it, it.replicas()));
        comesToRest();
        assertThat(there()).as(() -> there().stream().map(it -> it + " " + it.stateReason())
                .collect(Collectors.joining("; "))).allMatch(it -> it.state() == State.RUNNING);
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            there().stream().filter(it -> it.state() != State.DELETING).forEach(this::delete);
            assertThat(there()).isEmpty();
        });
        Story.follow(world.process.events(), GRANT, Deploys.KIND, known, LIFE);
        assertThat(machines()).isEmpty();
        assertThat(world.usedCores()).isZero();
        assertThat(world.standing()).doesNotContainAnyElementsOf(everMade());
    }
}
