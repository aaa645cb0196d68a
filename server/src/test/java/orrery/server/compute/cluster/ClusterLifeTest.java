package orrery.server.compute.cluster;

import static orrery.server.compute.cluster.SimulatedWorld.GRANT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.Cluster.State;
import orrery.server.tenancy.quota.Quotas;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How clusters come and go on the simulated region, as [ClusterSagasTest] has it on a real API
/// server with a played KCM.
@Tag("sagas")
class ClusterLifeTest {
    private static SimulatedWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();
    /// What was counted before it was asked for.
    private volatile long before;

    @BeforeAll
    static void open() {
        world = new SimulatedWorld();
    }

    @AfterAll
    static void shut() {
        world.close();
    }

    private Cluster cluster() {
        return world.clusters.byId(GRANT, id.get()).orElseThrow();
    }

    private boolean isDeployed() {
        return world.deployment(id.get()).filter(
                it -> !it.path("metadata").has("deletionTimestamp")).isPresent();
    }

    private static long used() {
        return new Quotas(world.test.database(), world.process.events(), world.clock)
                .get(GRANT).used().clusterCount();
    }

    /// One that was asked for, and that no run has made yet.
    private String asked() {
        id.set(world.ids.next("cls"));
        before = used();
        var pools = List.of(
                new NodePool("np_c", "control-plane", NodePool.Role.CONTROL_PLANE, 1, 0, null,
                        null, null),
                new NodePool("np_w", "workers", NodePool.Role.WORKER, 1, 0, null, null, null));
        world.test.database().write(GRANT, tx -> new ClusterTable().insert(tx, Cluster.asked(
                id.get(), GRANT.scope(), SimulatedWorld.REGION, Cluster.objectName(id.get()),
                new NewCluster(null, null, null, Map.of(), null, List.of()), pools, null,
                "usr_test", world.clock.instant())));
        return id.get();
    }

    /// One that runs, made by a process that is gone afterwards.
    private String running() {
        var input = new CreateCluster.Input(asked());
        try (var maker = TestProcess.start(world.test, world.creating())) {
            var run = world.test.database().tx(GRANT,
                    tx -> maker.runs().start(tx, CreateCluster.TYPE, input, null));
            assertThat(maker.await(GRANT, run).error()).isNull();
        }
        return id.get();
    }

    @Test
    void makingOneRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.creating(),
                () -> new CreateCluster.Input(asked()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(State.RUNNING);
                assertThat(cluster().endpointUrl()).startsWith("https://");
                assertThat(cluster().nodePools()).allMatch(it -> it.readyCount() == 1);
                assertThat(isDeployed()).isTrue();
                assertThat(used()).isEqualTo(before + 1);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().state()).isIn(State.FAILED, State.PENDING);
                assertThat(cluster().connection()).isZero();
                assertThat(isDeployed()).isFalse();
                assertThat(used()).isEqualTo(before);
            });
        }
    }

    @Test
    void deletingOneRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, world.deleting(),
                () -> new DeleteCluster.Input(running(), null))) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(State.DELETED);
                assertThat(cluster().deletedAt()).isNotNull();
                assertThat(world.deployment(id.get())).isEmpty();
            });
            check.everyFailureUnwinds(() -> assertThat(cluster().state())
                    .isIn(State.DELETE_FAILED, State.RUNNING));
        }
    }
}
