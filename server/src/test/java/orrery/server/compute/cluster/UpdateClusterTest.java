package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.kit.Problem;
import orrery.kit.durable.Status;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Published;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// Clusters made from a stack.
@OnEachManagementCluster
@Tag("sagas")
class UpdateClusterTest {
    private static final String SPEC = """
            clusterTemplate: sim-standalone-cp-1-1-0
            pools:
            - {name: cp, role: control-plane, countKey: controlPlaneNumber}
            - {name: w, role: worker, nodeCount: 1, countKey: workersNumber,
               machineKey: worker.machine.type}
            - {name: gpu, role: worker, nodeCount: 0, countKey: worker.gpus}
            instanceTypes: {small: s-1}
            parametersSchema:
              {type: object, properties: {zone: {type: string}, workers: {type: integer}}}
            defaults: {zone: a}
            parameterKeys: {zone: config.worker.zone, workers: config.workersNumber}
            """;
    private static final AtomicInteger COUNT = new AtomicInteger();
    private final ClusterWorld world;
    private final Clusters clusters;
    private String id = "";

    UpdateClusterTest(ClusterWorld world) {
        this.world = world;
        this.clusters = world.clusters(world.process.events(), world.process.runs());
    }

    @BeforeParameterizedClassInvocation
    static void publish(ClusterWorld world) {
        Published.stack(world.stacks, ClusterWorld.GRANT, "stock", SPEC);
        Published.stack(world.stacks, ClusterWorld.GRANT, "next", SPEC.replace("1-1-0", "1-2-0"));
    }

    private Cluster cluster() {
        return world.get(id);
    }

    private Plan plan(String zone) {
        return plan("stock", zone);
    }

    private Plan plan(String stack, String zone) {
        var parameters = JsonNodeFactory.instance.objectNode().put("zone", zone);
        return world.test.database().tx(ClusterWorld.GRANT, tx -> world.stacks.plan(
                tx, ClusterWorld.REGION, stack, parameters));
    }

    /// Asks for a cluster and lets it be made, by a process that is gone afterwards.
    private void run(List<NewCluster.Pool> pools) {
        try (var maker = TestProcess.start(world.test, world.sagas(world.process.runs()))) {
            var asked = clusters.create(ClusterWorld.GRANT, ClusterWorld.REGION, new NewCluster(
                    "planned-" + COUNT.incrementAndGet(), null, null, Map.of(), null, pools,
                    "stock", null));
            id = asked.cluster().id();
            assertThat(maker.await(ClusterWorld.GRANT, asked.run().id()).error()).isNull();
        }
    }

    private String said(String pointer) {
        return world.deployment(id).at(pointer).asText();
    }

    @Test
    void aStackSaysWhereThingsStand() {
        run(List.of(new NewCluster.Pool("w", NodePool.Role.WORKER, 2, "small", null, null)));
        assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
        assertThat(cluster().nodePools()).extracting(NodePool::name, NodePool::nodeCount)
                .containsExactly(tuple("w", 2),
                        tuple("cp", 1),
                        tuple("gpu", 0));
        assertThat(said("/spec/template")).isEqualTo("sim-standalone-cp-1-1-0");
        assertThat(said("/spec/config/workersNumber")).isEqualTo("2");
        assertThat(said("/spec/config/worker/machine/type")).isEqualTo("s-1");
        assertThat(said("/spec/config/worker/zone")).isEqualTo("a");
        assertThat(said("/spec/config/worker/gpus")).isEqualTo("0");
        var deployed = Deployed.of(world.deployment(id));
        assertThat(deployed.isChanged(cluster())).isFalse();
        assertThat(deployed.isChanged(cluster().planned(plan("b"), cluster().nodePools())))
                .as("somebody else's value is told from ours").isTrue();
    }

    private void begin() {
        var now = cluster().updatedAt();
        world.test.database().write(ClusterWorld.GRANT, tx -> new ClusterTable().rows.begin(
                tx, id, Cluster.State.UPDATING, "run_test", now));
    }

    @Test
    void aTemplateThatNobodyMayLeaveIsKeptWhenTheRunFails() {
        run(List.of());
        var old = cluster().plan();
        var next = plan("next", "b");
        begin();
        var input = new UpdateCluster.Input(
                id, next, Pools.planned(cluster(), next, world.ids), cluster().setup());
        try (var worker = TestProcess.faulty(world.test.address(), TestProcess.LIMITS,
                (asked, step, moment) -> {
                    if (step.equals("ready")) {
                        throw new Problem.Refused("step", "it fails, for a test").raise();
                    }
                })) {
            worker.engine().start(List.of(world.updating()));
            var run = worker.database().tx(ClusterWorld.GRANT,
                    tx -> worker.runs().start(tx, UpdateCluster.TYPE, input, null));
            assertThat(worker.await(ClusterWorld.GRANT, run).status())
                    .isEqualTo(Status.FAILED);
        }
        assertThat(said("/spec/template")).isEqualTo("sim-standalone-cp-1-2-0")
                .isEqualTo(cluster().template());
        assertThat(cluster().plan()).isEqualTo(next);
        assertThat(Deployed.of(world.deployment(id)).isChanged(cluster()))
                .as("the record says what the deployment has").isFalse();
        assertThat(cluster().state()).isEqualTo(Cluster.State.DEGRADED);
        assertThat(cluster().stateReason()).contains("its last run says why");
        boolean isOver = world.test.database().tx(
                ClusterWorld.GRANT, tx -> clusters.restore(tx, id, old));
        assertThat(isOver).isTrue();
        assertThat(cluster().state()).as("nobody tries").isEqualTo(Cluster.State.DEGRADED);
    }

    @Test
    void changingRepeatsAndUnwinds() {
        var zone = new AtomicInteger();
        run(List.of());
        try (var check = SagaCheck.of(world.test, world.updating(), () -> {
            var now = cluster();
            begin();
            var plan = plan("z" + zone.incrementAndGet());
            return new UpdateCluster.Input(
                    id, plan, Pools.planned(now, plan, world.ids), now.setup());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().plan()).isEqualTo(plan("z" + zone.get()));
                assertThat(said("/spec/config/worker/zone")).isEqualTo("z" + zone.get());
            });
            var last = new AtomicInteger();
            check.everyFailureUnwinds(() -> {
                // The first of its runs is undisturbed.
                last.compareAndSet(0, zone.get() - 1);
                assertThat(cluster().state())
                        .isIn(Cluster.State.RUNNING, Cluster.State.UPDATING);
                assertThat(cluster().plan()).isEqualTo(plan("z" + last.get()));
                assertThat(said("/spec/config/worker/zone")).isEqualTo("z" + last.get());
            });
        }
    }
}
