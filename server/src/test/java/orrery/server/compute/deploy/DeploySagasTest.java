package orrery.server.compute.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.FaultyEngine.Moment;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Status;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.platform.stack.Published;
import orrery.server.platform.stack.Stack;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deploys on the simulated region: their clusters are made and deleted there by their own sagas.
@Tag("sagas")
class DeploySagasTest {
    private static final Grant GRANT = SimulatedWorld.GRANT;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String SPEC = """
            clusterTemplate: sim-standalone-cp-1-1-0
            parametersSchema: {type: object, properties: {zone: {type: string}}}
            parameterKeys: {zone: config.worker.zone}
            """;
    private static final DeployTable TABLE = new DeployTable();
    private static SimulatedWorld world;
    private static Makers makers;
    private static Lifecycle lifecycle;
    private static Stack stack;
    private String id = "";

    @BeforeAll
    static void start() {
        world = new SimulatedWorld();
        makers = new Makers(new ClusterMaker(world.clusters), new InstanceMaker(null),
                new EndpointMaker(null));
        lifecycle = new Lifecycle(
                world.test.database(), makers, world.process.events(), world.clock);
        stack = Published.stack(world.stacks, GRANT, "stock", SPEC);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static CreateDeploy creating() {
        return new CreateDeploy(world.test.database(), lifecycle, makers, world.stacks,
                world.process.runs());
    }

    private static UpdateDeploy updating() {
        return new UpdateDeploy(world.test.database(), lifecycle, makers, world.stacks,
                world.process.runs());
    }

    private static DeleteDeploy deleting() {
        return new DeleteDeploy(lifecycle, makers, world.process.runs());
    }

    private static Saga<?>[] all() {
        return Stream.concat(Stream.of(world.sagas()),
                Stream.of(creating(), updating(), deleting())).toArray(Saga<?>[]::new);
    }

    private static Saga<?>[] allBut(Saga<?> one) {
        return Stream.of(all()).filter(it -> !it.type().equals(one.type()))
                .toArray(Saga<?>[]::new);
    }

    private static ObjectNode zone(String zone) {
        return JsonNodeFactory.instance.objectNode().put("zone", zone);
    }

    /// A deploy that was asked for and of which nothing is there yet.
    private Wanted asked(int replicas) {
        id = world.ids.next("dep");
        var now = world.clock.instant();
        var deploy = new Deploy(id, "org_test", "prj_test", SimulatedWorld.REGION,
                "d" + COUNT.incrementAndGet(), null, null, Map.of(), stack.id(), zone("a"),
                replicas, Deploy.State.PENDING, null, null, 1, "usr_test", now, now, null);
        world.test.database().write(GRANT, tx -> TABLE.insert(tx, deploy));
        return Wanted.of(deploy);
    }

    private static <I extends Record> void run(
            TestProcess process, SagaType<I> type, I input, Status end) {
        var run = world.test.database().tx(GRANT,
                tx -> process.runs().start(tx, type, input, null));
        var ended = process.await(GRANT, run);
        assertThat(ended.status()).as(() -> ended + " " + failures()).isEqualTo(end);
    }

    /// What went wrong last, whatever run it was.
    private static List<String> failures() {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select saga || ' ' || error_step || ': ' || error_message
                from run
                where status = 'failed'
                order by completed_at desc
                limit 5
                """).mapTo(String.class).list());
    }

    private void made(int replicas) {
        var wanted = asked(replicas);
        try (var process = TestProcess.start(world.test, all())) {
            run(process, CreateDeploy.TYPE, wanted, Status.COMPLETED);
        }
    }

    private Deploy deploy() {
        return world.test.database().read(GRANT, tx -> lifecycle.get(tx, id));
    }

    private List<Cluster> clusters() {
        return lifecycle.placed(GRANT, id).stream().map(it -> world.clusters.byId(
                GRANT, it.resource().resourceId()).orElseThrow()).toList();
    }

    private List<String> zones() {
        return clusters().stream().map(it -> world.deployment(it.id()).orElseThrow()
                .at("/spec/config/worker/zone").asText()).toList();
    }

    /// Identifiers of all clusters that were ever made for it, known as its own or not.
    private List<String> everMade() {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select id from cluster where name like :name || '-%'
                """).bind("name", lifecycle.get(tx, id).name()).mapTo(String.class).list());
    }

    private void assertNothingLeft() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            for (var made : everMade()) {
                assertThat(world.clusters.byId(GRANT, made).orElseThrow().state())
                        .isEqualTo(Cluster.State.DELETED);
                assertThat(world.deployment(made)).isEmpty();
            }
        });
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, creating(), () -> asked(1),
                allBut(creating()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(deploy().state()).isEqualTo(Deploy.State.RUNNING);
                assertThat(clusters()).extracting(Cluster::state)
                        .containsExactly(Cluster.State.RUNNING);
                assertThat(everMade()).hasSize(1);
                assertThat(zones()).containsExactly("a");
            });
            check.everyFailureUnwinds(() -> {
                assertThat(deploy().state()).isIn(Deploy.State.FAILED, Deploy.State.PENDING);
                assertNothingLeft();
            });
        }
    }

    @Test
    void updatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, updating(), () -> {
            made(1);
            world.test.database().write(GRANT, tx -> TABLE.rows.begin(
                    tx, id, Deploy.State.UPDATING, "run_test", world.clock.instant()));
            return new Wanted(id, stack.id(), zone("b"), 1);
        }, allBut(updating()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(deploy().state()).isEqualTo(Deploy.State.RUNNING);
                assertThat(deploy().parameters()).isEqualTo(zone("b"));
                assertThat(everMade()).hasSize(1);
                assertThat(zones()).containsExactly("b");
            });
            check.everyFailureUnwinds(() -> {
                assertThat(deploy().state()).isIn(Deploy.State.FAILED, Deploy.State.UPDATING);
                assertThat(deploy().parameters()).isEqualTo(zone("a"));
                Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(clusters().stream().filter(it -> it.deletedAt() == null))
                            .extracting(Cluster::state).containsExactly(Cluster.State.RUNNING);
                    assertThat(world.deployment(clusters().getFirst().id()).orElseThrow()
                            .at("/spec/config/worker/zone").asText()).isEqualTo("a");
                });
            });
        }
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, deleting(), () -> {
            made(1);
            world.test.database().write(GRANT, tx -> TABLE.rows.begin(
                    tx, id, Deploy.State.DELETING, "run_test", world.clock.instant()));
            return new DeleteDeploy.Input(id, null);
        }, allBut(deleting()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(deploy().state()).isEqualTo(Deploy.State.DELETED);
                assertThat(everMade()).hasSize(1);
                assertNothingLeft();
            });
            check.everyFailureUnwinds(() -> assertThat(deploy().state())
                    .isIn(Deploy.State.FAILED, Deploy.State.DELETING));
        }
    }

    /// Whatever step of whichever run fails for good, its clusters' own runs included: after the
    /// deletion nothing is left. Every third step in turn: all of them take minutes.
    @Test
    void noClusterIsLeftAfterDeletionWhateverFailed() {
        var seen = new ArrayList<String>();
        for (int next = 0; next == 0 || next <= seen.size(); next += next == 0 ? 1 : 3) {
            var failing = next == 0 ? "" : seen.get(next - 1);
            var failed = ConcurrentHashMap.<String>newKeySet();
            var deleting = new AtomicBoolean();
            var wanted = asked(2);
            var process = TestProcess.faulty(world.test, (input, step, moment) -> {
                synchronized (seen) {
                    if (moment == Moment.ACTED && !seen.contains(step)
                            && failing.isEmpty() && !deleting.get()) {
                        seen.add(step);
                    }
                }
                if (step.equals(failing) && moment == Moment.ACTED && failed.add(step)) {
                    throw new Problem.Refused("step " + step, "for a test").raise();
                }
            });
            try (process) {
                process.engine().start(List.of(all()));
                var run = world.test.database().tx(GRANT,
                        tx -> process.runs().start(tx, CreateDeploy.TYPE, wanted, null));
                assertThat(process.await(GRANT, run).status()).as("failing " + failing)
                        .isEqualTo(failing.isEmpty() ? Status.COMPLETED : Status.FAILED);
                deleting.set(true);
                delete(process, run);
                assertNothingLeft();
            }
        }
        assertThat(seen).contains("cluster deployment", "begin", "running").hasSizeGreaterThan(15);
    }

    /// What failed may have been the taking back of a cluster: then it is deleted again, as its
    /// reason says.
    private void delete(TestProcess process, String earlier) {
        var deletion = world.test.database().tx(GRANT, tx -> process.runs().start(
                tx, DeleteDeploy.TYPE, new DeleteDeploy.Input(id, earlier), null));
        if (process.await(GRANT, deletion).status() == Status.FAILED) {
            run(process, DeleteDeploy.TYPE, new DeleteDeploy.Input(id, deletion),
                    Status.COMPLETED);
        }
    }

    @Test
    void growsAndReplacesWhatIsBroken() {
        made(1);
        var broken = clusters().getFirst().id();
        try (var process = TestProcess.start(world.test, all())) {
            world.test.database().write(GRANT, tx -> {
                tx.handle().execute("update cluster set state = 'failed' where id = ?", broken);
                TABLE.rows.begin(tx, id, Deploy.State.UPDATING, "run_test", world.clock.instant());
            });
            run(process, UpdateDeploy.TYPE, new Wanted(id, stack.id(), zone("b"), 2),
                    Status.COMPLETED);
            assertThat(clusters()).extracting(Cluster::state)
                    .containsExactly(Cluster.State.RUNNING, Cluster.State.RUNNING);
            assertThat(clusters()).extracting(Cluster::id).doesNotContain(broken);
            assertThat(zones()).containsExactly("b", "b");
            assertThat(everMade()).hasSize(3);
            assertThat(world.clusters.byId(GRANT, broken).orElseThrow().state())
                    .isEqualTo(Cluster.State.DELETED);
        }
    }

    @Test
    void aDeletionInTheMiddleOfMakingLeavesNothing() {
        var wanted = asked(2);
        try (var process = TestProcess.start(world.test, all())) {
            var run = world.test.database().tx(GRANT,
                    tx -> process.runs().start(tx, CreateDeploy.TYPE, wanted, null));
            Awaitility.await().atMost(PATIENCE).until(() -> !clusters().isEmpty());
            world.test.database().write(GRANT, tx -> {
                process.runs().stop(tx, run);
                TABLE.rows.begin(tx, id, Deploy.State.DELETING, "run_test", world.clock.instant());
            });
            run(process, DeleteDeploy.TYPE, new DeleteDeploy.Input(id, run), Status.COMPLETED);
            assertThat(deploy().state()).isEqualTo(Deploy.State.DELETED);
            assertNothingLeft();
        }
    }
}
