package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Status;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.SettleRegions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The life of a cluster on a real API server, where a played KCM answers.
@EnabledIfSystemProperty(named = "orrery.kubernetes", matches = "true",
        disabledReason = "needs a real API server: ./test --kubernetes")
@Tag("sagas")
class ClusterSagasTest {
    private static ComputeWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeAll
    static void start() throws IOException {
        world = new ComputeWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private Cluster cluster() {
        return world.get(id.get());
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.creating(), () -> {
            id.set(world.asked().id());
            return new CreateCluster.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().endpointUrl()).startsWith("https://127.0.0.1:");
                assertThat(cluster().kubernetesVersion()).isEqualTo("v1.34.1");
                assertThat(world.hasDeployment(id.get())).isTrue();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().state()).isIn(Cluster.State.FAILED, Cluster.State.PENDING);
                assertThat(world.hasDeployment(id.get())).isFalse();
                assertThat(cluster().connection()).isZero();
            });
        }
    }

    @Test
    void scalingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.scaling(), () -> {
            var running = world.running();
            id.set(running.id());
            world.test.database().write(ComputeWorld.GRANT, tx -> new ClusterTable().rows.begin(
                    tx, running.id(), Cluster.State.SCALING, "run_test", running.updatedAt()));
            return new ScaleCluster.Input(running.id(), Pools.scaled(running, List.of(
                    new Clusters.Scale(null, NodePool.Role.WORKER, 5))));
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().nodes(NodePool.Role.WORKER)).isEqualTo(5);
                assertThat(workers()).isEqualTo(5);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().nodes(NodePool.Role.WORKER)).isEqualTo(2);
                assertThat(workers()).isEqualTo(2);
            });
        }
    }

    private int workers() {
        return world.management.deployment(ComputeWorld.GRANT, cluster()).orElseThrow()
                .at("/spec/config/workersNumber").asInt();
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, world.deleting(world.process.runs()), () -> {
            id.set(world.running().id());
            return new DeleteCluster.Input(id.get(), null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.DELETED);
                assertThat(cluster().deletedAt()).isNotNull();
                assertThat(world.hasDeployment(id.get())).isFalse();
            });
            check.everyFailureUnwinds(() -> assertThat(cluster().state())
                    .isIn(Cluster.State.DELETE_FAILED, Cluster.State.RUNNING));
        }
    }

    @Test
    void aDeploymentThatCannotBecomeReadyFailsTheRunAndIsTakenBack() {
        world.kcm.fail("no machines left");
        try {
            var made = world.asked();
            var ended = world.create(made);
            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(ended.error().message()).contains("no machines left");
            assertThat(ended.error().step()).isEqualTo("ready");
            assertThat(world.get(made.id()).state()).isEqualTo(Cluster.State.FAILED);
            assertThat(world.hasDeployment(made.id())).isFalse();
        } finally {
            world.kcm.fail("");
        }
    }

    @Test
    void settlesWhatSomebodyElseChangedAndSeesWhatIsGone() throws Exception {
        var changed = world.running();
        var gone = world.running();
        try (var scaler = TestProcess.start(world.test, world.scaling());
                var settling = world.settling(scaler.runs())) {
            spoil(changed, gone);
            settles(settling, changed, gone);
            // All are compared in the first round and then not for ten minutes: what later
            // rounds see was told by the watch.
            var later = world.running();
            spoil(changed, later);
            settles(settling, changed, later);
        }
    }

    private static void spoil(Cluster changed, Cluster gone) throws IOException {
        var namespace = ProjectNamespace.name("prj_test");
        world.cluster.merge(ClusterDeployments.CLUSTER_DEPLOYMENT, namespace,
                Cluster.objectName(changed.id()), Trees.read("spec: {config: {workersNumber: 9}}"));
        world.cluster.remove(ClusterDeployments.CLUSTER_DEPLOYMENT, namespace,
                Cluster.objectName(gone.id()));
    }

    private void settles(SettleRegions settling, Cluster changed, Cluster gone) {
        id.set(changed.id());
        Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
            round(settling);
            assertThat(workers()).isEqualTo(2);
            assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
            assertThat(world.get(gone.id()).state()).isEqualTo(Cluster.State.FAILED);
        });
        assertThat(world.get(gone.id()).stateReason()).contains("is gone from region eu1");
    }

    private static void round(SettleRegions settling) {
        var grant = TestDatabase.ACCESS.system("test");
        settling.round(
                new LoopRound(grant, new Fence("loop test", Long.MAX_VALUE, () -> true)));
    }
}
