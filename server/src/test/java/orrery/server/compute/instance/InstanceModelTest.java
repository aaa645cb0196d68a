package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.events.EventFilter;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.instance.Instance.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random sequences of what users, regions and strangers do with machines, with the real sagas on
/// the simulated region. Whatever happened, no machine took a step that its life does not have, the
/// quota is what the machines are, no address is given twice, and nothing is left over.
@Tag("sagas")
class InstanceModelTest {
    private static final int STEPS = 120;
    private static final int MOST = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Grant SYSTEM = TestDatabase.ACCESS.system("test");

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

    private final long seed = Long.getLong("orrery.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final List<String> machines = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> told = new ArrayList<>();

    @Test
    void nothingIsLostOrTakenTwice() {
        try (var world = new MachineWorld(); var worker = world.worker()) {
            for (int i = 0; i < STEPS; i++) {
                step(world);
                if (i % 10 == 9) {
                    check(world);
                }
            }
            settle(world);
            machines.forEach(id -> ended(worker, world.instances.delete(
                    MachineWorld.GRANT, MachineWorld.REGION, id, OptionalLong.empty()).run()));
            lifeIsLegal(world);
            assertThat(world.usedCores()).as(why()).isZero();
            Awaitility.await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(world.standing()).as(why()).doesNotContainAnyElementsOf(
                            known));
        }
    }

    private String why() {
        return "-Dorrery.seed=" + seed + "\n" + String.join("\n", told);
    }

    private void step(MachineWorld world) {
        var which = machines.isEmpty() ? null : machines.get(random.nextInt(machines.size()));
        int what = which == null ? 0 : random.nextInt(14);
        try {
            switch (what) {
                case 0, 1 -> create(world);
                case 2, 3, 4, 5, 6 -> power(world, which);
                case 7 -> delete(world, which);
                case 8 -> halt(world, which, random.nextBoolean());
                case 9 -> vanish(world, which);
                case 10 -> world.settling().alive(SYSTEM, MachineWorld.REGION)
                        .forEach(id -> world.settling().look(SYSTEM, id));
                default -> rest(world, which);
            }
        } catch (Problem.Failure refused) {
            told.add("  refused: " + refused.problem());
            assertThat(refused.problem()).as(why()).isInstanceOfAny(
                    Problem.IllegalTransition.class, Problem.Conflict.class,
                    Problem.NotFound.class, Problem.Unprocessable.class);
        }
    }

    private void create(MachineWorld world) {
        if (machines.size() >= MOST) {
            return;
        }
        var address = random.nextBoolean() ? null : "10.20.0." + (2 + random.nextInt(4));
        told.add("create with " + address);
        var made = world.instances.create(
                MachineWorld.GRANT, MachineWorld.REGION, MachineWorld.small(null, address));
        machines.add(made.instance().id());
        known.add(made.instance().id());
        told.add("  " + made.instance().id());
    }

    private void power(MachineWorld world, String id) {
        var power = Power.values()[random.nextInt(Power.values().length)];
        var before = world.get(id).state();
        told.add(power + " " + id + " " + before);
        world.instances.power(
                MachineWorld.GRANT, MachineWorld.REGION, id, power, OptionalLong.empty());
    }

    private void delete(MachineWorld world, String id) {
        told.add("delete " + id);
        world.instances.delete(MachineWorld.GRANT, MachineWorld.REGION, id, OptionalLong.empty());
        machines.remove(id);
    }

    private void halt(MachineWorld world, String id, boolean halt) {
        told.add("somebody " + (halt ? "halts " : "starts ") + id);
        if (world.hasMachine(id)) {
            var strategy = Trees.read("spec: {runStrategy: "
                    + (halt ? "Halted" : "RerunOnFailure") + "}");
            try {
                world.stranger().merge(VirtualMachines.VIRTUAL_MACHINE, world.namespace(),
                        world.get(id).objectName(), strategy);
            } catch (KubeFailure gone) {
                assertThat(gone.status()).isEqualTo(404);
            }
        }
    }

    private void vanish(MachineWorld world, String id) {
        if (random.nextInt(4) == 0) {
            told.add("vanishes " + id);
            world.remove(id);
        }
    }

    /// Else hardly anything would ever come to its end.
    private void rest(MachineWorld world, String id) {
        told.add("rest until a run is over that changes " + id);
        Awaitility.await(why()).atMost(PATIENCE).until(() -> {
            var run = world.get(id).runId();
            return run == null || world.process.runs().get(SYSTEM, run).status().isOver();
        });
        told.add("  " + world.get(id).state());
    }

    private static void ended(TestProcess worker, Run run) {
        assertThat(worker.await(MachineWorld.GRANT, run.id()).error()).isNull();
    }

    /// What must hold at every moment.
    private void check(MachineWorld world) {
        var all = world.test.database().read(MachineWorld.GRANT,
                tx -> new InstanceTable().rows.all(tx, known));
        var alive = all.stream().filter(it -> it.state() != State.DELETED).toList();
        var addresses = alive.stream().flatMap(it -> it.nics().stream())
                .map(Nic::ipv4Address).toList();
        assertThat(addresses).as(why()).doesNotHaveDuplicates().doesNotContain(
                "10.20.0.0", "10.20.0.1", "10.20.0.255");
        assertThat(alive).as(why()).allMatch(it -> it.nics().size() == 1);
        lifeIsLegal(world);
    }

    private void lifeIsLegal(MachineWorld world) {
        for (var id : known) {
            var events = world.process.events().list(MachineWorld.GRANT, EventFilter.of(
                    MachineWorld.GRANT.scope(), Lifecycle.subject(id)), null, 500);
            var life = events.reversed().stream()
                    .map(it -> it.type().substring(it.type().indexOf('.') + 1)).toList();
            assertThat(life.getFirst()).isEqualTo("created");
            for (int i = 1; i < life.size(); i++) {
                assertThat(LIFE.getOrDefault(life.get(i - 1), Set.of()))
                        .as("after " + life.get(i - 1) + " of " + id + "\n" + why())
                        .contains(life.get(i));
            }
        }
    }

    /// Waits until no run changes a machine, and compares the quota with the machines.
    private void settle(MachineWorld world) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                states(world)).as(why()).doesNotContain(State.PROVISIONING, State.STAGING,
                        State.STOPPING, State.SUSPENDING, State.DELETING));
        assertThat(world.usedCores()).as(why()).isEqualTo(states(world).stream()
                .filter(it -> it != State.FAILED && it != State.DELETED).count());
    }

    private List<State> states(MachineWorld world) {
        return world.test.database().read(MachineWorld.GRANT,
                tx -> new InstanceTable().rows.all(tx, known)).stream()
                .map(Instance::state).toList();
    }
}
