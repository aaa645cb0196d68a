package orrery.server.infrastructure.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.durable.Status;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Subject;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.infrastructure.machine.Machine.State;
import org.junit.jupiter.api.Tag;

/// Servers under whatever people, their hosts and dying processes do to them, in random order: no
/// state follows another that it must not follow, requests are refused exactly where they make no
/// sense, and nothing is left on the management cluster once all are decommissioned.
@Tag("sagas")
class MachineModelTest {
    private static final int SERVERS = 4;
    private static final int MOVES = 120;
    private static final List<String> FAULTS = List.of("fail at registering: no",
            "fail at power: no", "fail at inspecting: no", "fail at provisioning: no",
            "fail at deprovisioning: no", "slow 3", "", "", "");

    /// What may follow a state: written down once more, not taken from what is tested.
    private static final Map<State, Set<State>> NEXT = new EnumMap<>(Map.of(
            State.REGISTERING, EnumSet.of(State.REGISTERED),
            State.REGISTERED, EnumSet.of(State.INSPECTING),
            State.INSPECTING, EnumSet.of(State.AVAILABLE),
            State.AVAILABLE, EnumSet.of(
                    State.PROVISIONING, State.INSPECTING, State.MAINTENANCE),
            State.PROVISIONING, EnumSet.of(State.READY),
            State.READY, EnumSet.of(State.DEPROVISIONING, State.MAINTENANCE),
            State.DEPROVISIONING, EnumSet.of(State.AVAILABLE),
            State.MAINTENANCE, EnumSet.of(State.AVAILABLE, State.READY),
            State.FAILED, EnumSet.of(State.AVAILABLE, State.READY, State.MAINTENANCE),
            State.DECOMMISSIONING, EnumSet.of(State.DECOMMISSIONED)));

    /// Where each action makes sense.
    private static final Map<Change, Set<State>> LEGAL = new EnumMap<>(Map.of(
            Change.PROVISION, EnumSet.of(State.REGISTERED, State.AVAILABLE, State.ALLOCATED),
            Change.INSPECT, EnumSet.of(State.REGISTERED, State.AVAILABLE),
            Change.DEPROVISION, EnumSet.of(State.READY),
            Change.POWER_ON, EnumSet.of(State.AVAILABLE, State.ALLOCATED, State.READY),
            Change.POWER_OFF, EnumSet.of(State.AVAILABLE, State.ALLOCATED, State.READY),
            Change.POWER_CYCLE, EnumSet.of(State.AVAILABLE, State.ALLOCATED, State.READY),
            Change.RESET, EnumSet.of(State.AVAILABLE, State.ALLOCATED, State.READY),
            Change.MAINTENANCE_ON, EnumSet.of(State.AVAILABLE, State.READY),
            Change.MAINTENANCE_OFF, EnumSet.of(State.MAINTENANCE),
            Change.RETRY, EnumSet.of(State.FAILED)));

    private static final Set<State> PASSING =
            EnumSet.of(State.PROVISIONING, State.INSPECTING, State.DEPROVISIONING);

    private final List<String> servers = new ArrayList<>();
    private MachineWorld world;
    private TestProcess worker;
    private Machines machines;
    private Story story;
    private int named;

    @Seeds({1, 2})
    void noSequenceLeadsAstray(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new MachineWorld()) {
                world = opened;
                restart();
                try {
                    for (int i = 0; i < SERVERS; i++) {
                        register();
                    }
                    for (int i = 0; i < MOVES; i++) {
                        move();
                        story.pause();
                    }
                    endsWell();
                } finally {
                    worker.close();
                }
            }
        });
    }

    private void restart() {
        worker = story.worker(world.test, world::all);
        machines = world.machines(worker);
    }

    private void move() {
        var id = story.one(servers);
        switch (story.dice(20)) {
            case 0 -> register();
            case 1 -> decommission(id);
            case 2, 3, 4 -> fault(id, story.one(FAULTS));
            case 5 -> story.happens("vanishes " + id, () -> world.remove(id));
            case 6 -> story.happens("somebody turns on " + id,
                    () -> world.spoil(id, "spec: {online: true}"));
            case 7 -> {
                story.note("restart");
                worker.close();
                restart();
            }
            case 8, 9, 10 -> story.happens("settle " + id, () -> settle(id));
            default -> operate(id);
        }
    }

    private void register() {
        servers.add(machines.register(MachineWorld.GRANT, MachineWorld.REGION,
                world.asked("m" + story.dice(1_000_000) + "-" + named++)).machine().id());
    }

    private void decommission(String id) {
        story.note("decommission " + id);
        try {
            machines.decommission(
                    MachineWorld.GRANT, MachineWorld.REGION, id, OptionalLong.empty());
        } catch (Problem.Failure refusal) {
            assertThat(refusal.problem()).isInstanceOf(Problem.NotFound.class);
        }
    }

    /// A request is carried out only where the action makes sense, and refused only where it does
    /// not or while something else is going on.
    private void operate(String id) {
        var actions = List.copyOf(LEGAL.keySet());
        var action = story.one(actions);
        var before = world.get(id);
        story.note(action + " " + id + " " + before.state());
        try {
            var now = (action == Change.PROVISION
                    ? machines.provision(MachineWorld.GRANT, MachineWorld.REGION, id,
                            MachineWorld.IMAGE, null)
                    : machines.operate(MachineWorld.GRANT, MachineWorld.REGION, id, action))
                    .machine().state();
            // What passes through a state of its own is told by the events.
            assertThat(LEGAL.get(action).contains(now) || PASSING.contains(now))
                    .as(action.text() + " from " + now).isTrue();
        } catch (Problem.Failure refusal) {
            switch (refusal.problem()) {
                case Problem.IllegalTransition _ -> refusedRightly(before, action);
                case Problem.Conflict _, Problem.NotFound _ -> { }
                default -> throw refusal;
            }
        }
    }

    private void refusedRightly(Machine before, Change action) {
        boolean restarts = action == Change.POWER_CYCLE || action == Change.RESET;
        var after = world.get(before.id());
        if (after.version() == before.version()
                && !(restarts && !before.wanted().online()) && action != Change.RETRY) {
            assertThat(before.state()).as(action.text()).isNotIn(LEGAL.get(action));
        }
    }

    private void fault(String id, String fault) {
        story.happens("fault '" + fault + "' of " + id, () -> world.fault(id, fault));
    }

    private void settle(String id) {
        world.settling(worker.runs()).look(TestDatabase.ACCESS.system("test"), id);
    }

    private void endsWell() {
        servers.forEach(id -> fault(id, ""));
        for (var id : servers) {
            story.until(() -> assertThat(isOver(id)).as(id).isTrue());
            decommission(id);
        }
        for (var id : servers) {
            story.until(() -> {
                if (isOver(id) && world.get(id).state() == State.FAILED) {
                    decommission(id);
                }
                assertThat(world.get(id).state()).isEqualTo(State.DECOMMISSIONED);
                assertThat(isOver(id)).as(id).isTrue();
            });
            follows(id);
        }
        assertThat(world.leftovers()).as("objects of servers that are gone")
                .doesNotContainAnyElementsOf(servers);
    }

    private boolean isOver(String id) {
        var run = world.get(id).runId();
        var status = worker.runs().get(MachineWorld.GRANT, run).status();
        assertThat(status).as("the run of " + id).isNotEqualTo(Status.ATTENTION);
        return status.isOver();
    }

    private List<State> states(String id) {
        var about = EventFilter.of(Scope.project("org_test", "prj_test"),
                new Subject(Machines.KIND, id));
        return worker.events().list(MachineWorld.GRANT, about, null, 500).reversed().stream()
                .flatMap(event -> Stream.of(State.values()).filter(state ->
                        event.type().equals("server." + MachineEvents.text(state))))
                .toList();
    }

    private void follows(String id) {
        var states = states(id);
        assertThat(states.getFirst()).isEqualTo(State.REGISTERING);
        for (int i = 1; i < states.size(); i++) {
            var from = states.get(i - 1);
            var to = states.get(i);
            boolean always = to == State.FAILED || to == State.DECOMMISSIONING;
            assertThat(always || NEXT.get(from).contains(to))
                    .as("%s after %s in %s", to, from, states).isTrue();
        }
    }
}
