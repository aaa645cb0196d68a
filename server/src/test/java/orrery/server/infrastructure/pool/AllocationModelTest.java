package orrery.server.infrastructure.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.infrastructure.machine.MachineWorld.GRANT;
import static orrery.server.infrastructure.machine.MachineWorld.REGION;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import orrery.kit.durable.Saga;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.infrastructure.machine.Change;
import orrery.server.infrastructure.machine.Machine;
import orrery.server.infrastructure.machine.MachineWorld;
import orrery.server.infrastructure.machine.Machines;
import orrery.server.infrastructure.machine.Selector;
import org.junit.jupiter.api.Tag;

/// Random sequences of what operators, projects, hosts and dying processes do with the servers of
/// two pools that select the same ones. Whoever gets servers gets as many as asked for, nobody gets
/// one that another has, and what is released is wiped and free.
@Tag("sagas")
class AllocationModelTest {
    private static final int STEPS = 100;
    private static final int SERVERS = 4;
    private static final List<String> POOLS = List.of("racks", "gpus");
    private static final List<String> FAULTS = List.of("fail at provisioning: no",
            "fail at deprovisioning: no", "fail at power: no", "slow 3", "", "", "");
    private static final List<Change> CHANGES = List.of(Change.DEPROVISION, Change.POWER_ON,
            Change.POWER_OFF, Change.MAINTENANCE_ON, Change.MAINTENANCE_OFF, Change.RETRY,
            Change.RETRY, Change.INSPECT);
    private static final Machine.Image IMAGE = new Machine.Image(
            "http://images.example/ubuntu.raw", "http://images.example/sums", null, "raw", false);

    /// The life of an allocation: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.of(
            "active", Set.of("releasing"),
            "releasing", Set.of("released", "failed"),
            "failed", Set.of("releasing"),
            "released", Set.of());

    private final List<String> servers = new ArrayList<>();
    private final List<String> known = new ArrayList<>();
    private Story story;
    private MachineWorld world;
    private Machines machines;
    private Pools pools;
    private TestProcess worker;

    @Seeds(1)
    void allAreGivenOrNoneAndNoneTwice(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new MachineWorld()) {
                world = opened;
                machines = world.machines(world.process);
                pools = world.pools(world.process, machines);
                pools.create(GRANT, "racks", new Pools.Terms(null, null,
                        new Selector(Map.of("rack", "r1"), null, 0, null)));
                pools.create(GRANT, "gpus", new Pools.Terms(null, null,
                        new Selector(Map.of(), "H100", 8, REGION)));
                for (int i = 0; i < SERVERS; i++) {
                    servers.add(world.made().id());
                }
                start();
                try {
                    for (int i = 0; i < STEPS; i++) {
                        act();
                        assertThat(disagreements()).isEmpty();
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
        worker = story.worker(world.test, _ -> Stream.concat(world.sagas().stream(),
                Stream.of(new ReleaseAllocation(pools, machines))).toArray(Saga<?>[]::new));
    }

    private List<Allocation> held() {
        return known.stream().map(this::get)
                .filter(it -> it.state() != Allocation.State.RELEASED).toList();
    }

    private Allocation get(String id) {
        return world.test.database().read(GRANT,
                tx -> new PoolTable().allocation(tx, id).orElseThrow());
    }

    private void act() {
        var held = held();
        var one = held.isEmpty() ? null : story.one(held);
        var server = story.one(servers);
        switch (story.dice(20)) {
            case 0, 1, 2, 3 -> allocate();
            case 4, 5, 6 -> {
                if (one != null) {
                    release(one);
                }
            }
            case 7, 8, 9 -> story.asks("provision " + server,
                    () -> machines.provision(GRANT, REGION, server, IMAGE, null));
            case 10, 11, 12 -> operate(server, story.one(CHANGES));
            case 13 -> fault(server, story.one(FAULTS));
            case 14 -> {
                story.note("what is due is released");
                pools.releaseDue(Story.SYSTEM);
            }
            case 15 -> story.meddle(worker, Story.SYSTEM, one == null ? null : one.runId());
            case 16 -> story.meddle(worker, Story.SYSTEM, world.get(server).runId());
            case 17 -> {
                story.note("restart");
                worker.close();
                start();
            }
            case 18 -> story.happens("settle", this::settle);
            default -> rest(server);
        }
    }

    private void allocate() {
        int count = 1 + story.dice(3);
        var pool = story.one(POOLS);
        var ttl = story.dice(3) == 0 ? Duration.ZERO : null;
        story.asks("allocate " + count + " of " + pool + " " + ttl, () -> {
            var made = pools.allocate(GRANT, pool, count, "prj_test", ttl);
            known.add(made.id());
            story.note("  " + made.id() + " " + made.servers());
            assertThat(made.servers()).hasSize(count).doesNotHaveDuplicates()
                    .isSubsetOf(servers);
        });
    }

    private void release(Allocation one) {
        story.asks("release " + one.id() + " " + one.state(), () -> pools.release(
                GRANT, one.poolId(), one.id()));
    }

    private void operate(String server, Change change) {
        story.asks(change + " " + server,
                () -> machines.operate(GRANT, REGION, server, change));
    }

    private void fault(String server, String fault) {
        story.happens("fault '" + fault + "' of " + server, () -> world.fault(server, fault));
    }

    private void settle() {
        servers.forEach(world::settle);
    }

    private void rest(String server) {
        story.note("rest until a run is over that changes " + server);
        story.until(() -> assertThat(isIdle(world.get(server).runId())).isTrue());
        story.note("  " + world.get(server).state());
    }

    private boolean isIdle(String run) {
        return run == null || world.process.runs().get(Story.SYSTEM, run).status().isOver();
    }

    /// Where servers and allocations say something else of each other, in one look.
    private List<String> disagreements() {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select machine.id || ' has ' || allocation_id
                from machine
                where allocation_id is not null
                  and not exists (
                    select from pool_allocation
                    where id = machine.allocation_id
                      and state <> 'released'
                      and machine.id in (select jsonb_array_elements_text(servers)))
                union all
                select pool_allocation.id || ' has lost ' || server
                from pool_allocation, jsonb_array_elements_text(servers) as server
                where state <> 'released'
                  and not exists (
                    select from machine
                    where id = server
                      and allocation_id = pool_allocation.id)
                """).mapTo(String.class).list());
    }

    /// Nobody asks any more and nothing goes wrong: no release waits for somebody to do something.
    private void comesToRest() {
        story.untilQuiet(world.test, () -> {
            servers.forEach(id -> fault(id, ""));
            settle();
        });
        assertThat(held()).extracting(Allocation::state)
                .isSubsetOf(Allocation.State.ACTIVE, Allocation.State.FAILED);
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            servers.stream().map(world::get).forEach(it -> {
                if (it.state() == Machine.State.FAILED) {
                    operate(it.id(), Change.RETRY);
                } else if (it.state() == Machine.State.MAINTENANCE) {
                    operate(it.id(), Change.MAINTENANCE_OFF);
                }
            });
            held().forEach(this::release);
            assertThat(held()).isEmpty();
        });
        Story.follow(world.process.events(), Story.SYSTEM, Pools.ALLOCATION, known, LIFE);
        assertThat(disagreements()).isEmpty();
        assertThat(servers).allMatch(id -> world.get(id).allocationId() == null);
    }
}
