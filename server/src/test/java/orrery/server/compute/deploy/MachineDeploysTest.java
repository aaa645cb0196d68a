package orrery.server.compute.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Status;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.instance.Instance;
import orrery.server.compute.instance.MachineWorld;
import orrery.server.platform.stack.Published;
import orrery.server.platform.stack.Stack;
import orrery.server.platform.stack.Stacks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deploys of machines on the simulated region.
@Tag("sagas")
class MachineDeploysTest {
    private static final Grant GRANT = MachineWorld.GRANT;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final DeployTable TABLE = new DeployTable();
    private static final String SPEC = """
            values:
              type: vm.small
              labels: {tier: web}
              disks: [{boot: true, source: debian-12}]
            parametersSchema:
              type: object
              properties: {size: {type: integer}, type: {type: string}}
            parameterKeys: {size: config.disks.0.sizeGb}
            """;
    private static MachineWorld world;
    private static Stacks stacks;
    private static Makers makers;
    private static Lifecycle lifecycle;
    private static Stack stack;
    private String id = "";

    @BeforeAll
    static void start() {
        world = new MachineWorld();
        stacks = new Stacks(world.test.database(), world.regions, null, world.process.events(),
                TestProcess.paging(), world.ids, world.clock);
        makers = new Makers(new ClusterMaker(null), new InstanceMaker(world.instances),
                new EndpointMaker(null));
        lifecycle = new Lifecycle(
                world.test.database(), makers, world.process.events(), world.clock);
        stack = Published.stack(stacks, GRANT, Stack.Kind.VM, "machines", SPEC);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static CreateDeploy creating() {
        return new CreateDeploy(
                world.test.database(), lifecycle, makers, stacks, world.process.runs());
    }

    private static UpdateDeploy updating() {
        return new UpdateDeploy(
                world.test.database(), lifecycle, makers, stacks, world.process.runs());
    }

    private static DeleteDeploy deleting() {
        return new DeleteDeploy(lifecycle, makers, world.process.runs());
    }

    private static Saga<?>[] all() {
        return Stream.concat(Stream.of(world.sagas()),
                Stream.of(creating(), updating(), deleting())).toArray(Saga<?>[]::new);
    }

    private static ObjectNode size(int gb) {
        return JsonNodeFactory.instance.objectNode().put("size", gb);
    }

    /// A deploy that was asked for and of which nothing is there yet.
    private Wanted asked(int replicas, ObjectNode parameters) {
        id = world.ids.next("dep");
        var now = world.clock.instant();
        var deploy = new Deploy(id, "org_test", "prj_test", MachineWorld.REGION,
                "m" + COUNT.incrementAndGet(), null, null, Map.of("app", "shop"), stack.id(),
                parameters, replicas, Deploy.State.PENDING, null, null, 1, "usr_test", now, now,
                null);
        world.test.database().write(GRANT, tx -> TABLE.insert(tx, deploy));
        return Wanted.of(deploy);
    }

    private static <I extends Record> Run run(TestProcess process, SagaType<I> type, I input) {
        return process.await(GRANT, world.test.database().tx(GRANT,
                tx -> process.runs().start(tx, type, input, null)));
    }

    private Deploy deploy() {
        return world.test.database().read(GRANT, tx -> lifecycle.get(tx, id));
    }

    private List<Instance> machines() {
        return lifecycle.placed(GRANT, id).stream()
                .map(it -> world.get(it.resource().resourceId())).toList();
    }

    private List<String> everMade() {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select id from instance where name like :name || '-%'
                """).bind("name", lifecycle.get(tx, id).name()).mapTo(String.class).list());
    }

    private void assertNothingLeft() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            for (var made : everMade()) {
                assertThat(world.get(made).state()).isEqualTo(Instance.State.DELETED);
                assertThat(world.standing()).doesNotContain(made);
            }
        });
    }

    private void wants(Deploy.State state) {
        world.test.database().write(GRANT, tx -> TABLE.rows.begin(
                tx, id, state, "run_test", world.clock.instant()));
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, creating(), () -> asked(1, size(30)),
                Stream.of(all()).filter(it -> !it.type().equals(CreateDeploy.TYPE))
                        .toArray(Saga<?>[]::new))) {
            check.everyStepMayRepeat(() -> {
                assertThat(deploy().state()).isEqualTo(Deploy.State.RUNNING);
                assertThat(everMade()).hasSize(1);
                var machine = machines().getFirst();
                assertThat(machine.state()).isEqualTo(Instance.State.RUNNING);
                assertThat(machine.name()).isEqualTo(deploy().name() + "-1");
                assertThat(machine.disks().getFirst().sizeGb()).isEqualTo(30);
                assertThat(machine.labels())
                        .isEqualTo(Map.of("tier", "web", "app", "shop"));
            });
            check.everyFailureUnwinds(() -> {
                assertThat(deploy().state()).isIn(Deploy.State.FAILED, Deploy.State.PENDING);
                assertNothingLeft();
            });
        }
    }

    @Test
    void growsShrinksReplacesWhatIsBrokenAndGoesInReverse() {
        var wanted = asked(1, size(20));
        try (var process = TestProcess.start(world.test, all())) {
            assertThat(run(process, CreateDeploy.TYPE, wanted).error()).isNull();
            var broken = machines().getFirst().id();
            world.test.database().write(GRANT, tx -> tx.handle().execute(
                    "update instance set state = 'failed' where id = ?", broken));
            wants(Deploy.State.UPDATING);
            assertThat(run(process, UpdateDeploy.TYPE,
                    new Wanted(id, stack.id(), size(20), 3)).error()).isNull();
            assertThat(deploy().replicas()).isEqualTo(3);
            assertThat(machines()).extracting(Instance::state).containsOnly(
                    Instance.State.RUNNING).hasSize(3);
            assertThat(machines()).extracting(Instance::id).doesNotContain(broken);
            var last = machines().getLast().id();
            wants(Deploy.State.UPDATING);
            assertThat(run(process, UpdateDeploy.TYPE,
                    new Wanted(id, stack.id(), size(20), 2)).error()).isNull();
            Awaitility.await().atMost(PATIENCE).until(
                    () -> world.get(last).state() == Instance.State.DELETED);
            wants(Deploy.State.UPDATING);
            assertThat(run(process, UpdateDeploy.TYPE,
                    new Wanted(id, stack.id(), size(99), 2)).status()).isEqualTo(Status.FAILED);
            assertThat(deploy().stateReason()).contains("lose their disks");
            wants(Deploy.State.DELETING);
            var two = machines().subList(0, 2);
            assertThat(two).extracting(Instance::state).containsOnly(Instance.State.RUNNING);
            assertThat(run(process, DeleteDeploy.TYPE,
                    new DeleteDeploy.Input(id, null)).error()).isNull();
            assertThat(deploy().state()).isEqualTo(Deploy.State.DELETED);
            assertNothingLeft();
            assertThat(world.get(two.get(1).id()).deletedAt()).as("the last one first")
                    .isBefore(world.get(two.get(0).id()).deletedAt());
        }
    }

    @Test
    void whatCannotBeMadeFailsItAndSaysWhy() {
        var wanted = asked(2, size(1));
        try (var process = TestProcess.start(world.test, all())) {
            var ended = run(process, CreateDeploy.TYPE, wanted);
            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(deploy().state()).isEqualTo(Deploy.State.FAILED);
            assertThat(deploy().stateReason()).contains("must be at least 4");
            assertNothingLeft();
        }
    }
}
