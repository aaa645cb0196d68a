package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.Cluster.State;
import orrery.server.tenancy.region.SettleRegions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a cluster: made, scaled, deleted, and what the loop makes of what others did to it.
@OnEachManagementCluster
@Tag("sagas")
class ClusterSagasTest {
    private final ClusterWorld world;
    private final AtomicReference<String> id = new AtomicReference<>("");
    /// What was counted before it was asked for.
    private volatile long before;

    ClusterSagasTest(ClusterWorld world) {
        this.world = world;
    }

    private Cluster cluster() {
        return world.get(id.get());
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.creating(), () -> {
            before = world.used();
            id.set(world.asked(ClusterWorld.OLDEST, Setup.PLAIN).id());
            return new CreateCluster.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(State.RUNNING);
                assertThat(cluster().endpointUrl()).startsWith("https://127.0.0.1:");
                assertThat(cluster().kubernetesVersion()).isEqualTo(ClusterWorld.OLDEST);
                assertThat(cluster().nodePools()).allMatch(it -> it.readyCount() == 1);
                assertThat(world.isDeployed(id.get())).isTrue();
                assertThat(world.used()).isEqualTo(before + 1);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().state()).isIn(State.FAILED, State.PENDING);
                assertThat(cluster().connection()).isZero();
                assertThat(world.isDeployed(id.get())).isFalse();
                assertThat(world.used()).isEqualTo(before);
            });
        }
    }

    @Test
    void scalingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.scaling(), () -> {
            var running = world.running();
            id.set(running.id());
            world.begin(id.get(), State.SCALING);
            return new ScaleCluster.Input(id.get(), Pools.scaled(running, List.of(
                    new Clusters.Scale(null, NodePool.Role.WORKER, 5))));
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(State.RUNNING);
                assertThat(cluster().nodes(NodePool.Role.WORKER)).isEqualTo(5);
                assertThat(workers()).isEqualTo(5);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().nodes(NodePool.Role.WORKER)).isEqualTo(1);
                assertThat(workers()).isEqualTo(1);
            });
        }
    }

    private int workers() {
        return world.deployment(id.get()).at("/spec/config/workersNumber").asInt(-1);
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, world.deleting(world.process.runs()), () -> {
            id.set(world.running().id());
            return new DeleteCluster.Input(id.get(), null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(State.DELETED);
                assertThat(cluster().deletedAt()).isNotNull();
                assertThat(world.deployment(id.get()).isEmpty()).isTrue();
            });
            check.everyFailureUnwinds(() -> assertThat(cluster().state())
                    .isIn(State.DELETE_FAILED, State.RUNNING));
        }
    }

    @Test
    void settlesWhatSomebodyElseChangedAndSeesWhatIsGone() {
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

    private void spoil(Cluster changed, Cluster gone) {
        world.stranger().merge(ClusterDeployments.CLUSTER_DEPLOYMENT, ClusterWorld.namespace(),
                Cluster.objectName(changed.id()), Trees.read("spec: {config: {workersNumber: 9}}"));
        world.stranger().remove(ClusterDeployments.CLUSTER_DEPLOYMENT, ClusterWorld.namespace(),
                Cluster.objectName(gone.id()));
        world.awaitGone(gone.id());
    }

    private void settles(SettleRegions settling, Cluster changed, Cluster gone) {
        id.set(changed.id());
        Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
            ClusterWorld.round(settling);
            assertThat(workers()).isEqualTo(1);
            assertThat(cluster().state()).isEqualTo(State.RUNNING);
            assertThat(world.get(gone.id()).state()).isEqualTo(State.FAILED);
        });
        assertThat(world.get(gone.id()).stateReason()).contains("is gone from region eu1");
    }
}
