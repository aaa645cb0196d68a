package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.compute.cluster.SimulatedWorld.GRANT;

import java.util.List;
import java.util.Map;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Run;
import orrery.kit.durable.Saga;
import orrery.kit.durable.Status;
import orrery.kit.kube.Fence;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.ModelClusters;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.ProjectNamespace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An endpoint on a cluster of its project, which goes its own ways.
@Tag("sagas")
class InferenceOnClustersTest {
    private static final Serving SMALL = new Serving(
            new Serving.Model("hf://meta-llama/Llama-3.1-8B", null), Serving.Engine.VLLM,
            new Serving.Gpu(null, 0), new Serving.Size("vm.small", 1, 2, null),
            new Serving.Replicas(1, 1), null, new Serving.Auth(Serving.Auth.Mode.PUBLIC),
            Serving.Desired.RUNNING, List.of("TOKEN"), 1);

    private SimulatedWorld world;
    private ModelClusters clusters;
    private EndpointLifecycle lifecycle;
    private EndpointLook look;
    private String id = "";

    @BeforeEach
    void start() {
        world = new SimulatedWorld();
        clusters = new ModelClusters(world.clusters);
        lifecycle = new EndpointLifecycle(world.test.database(), new Quotas(
                world.test.database(), world.process.events(), world.clock),
                TestProcess.sealing(), world.process.events(), world.clock);
        look = new EndpointLook(
                world.regions, clusters, world.clients, lifecycle, world.clock);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private CreateEndpoint creating() {
        return new CreateEndpoint(lifecycle, look, world.clients);
    }

    private String asked() {
        id = world.ids.next("inf");
        var now = world.clock.instant();
        world.test.database().write(GRANT, tx -> new EndpointTable().insert(tx, new Endpoint(
                id, "org_test", "prj_test", SimulatedWorld.REGION, world.cluster,
                Endpoint.objectName(id), null, null, Map.of(), State.PENDING, null, SMALL, 0,
                null, null, 1, "usr_test", now, now, null),
                lifecycle.sealed(id, Map.of("TOKEN", "hush"))));
        return id;
    }

    private <I extends Record> Run run(Saga<I> saga, I input) {
        try (var maker = TestProcess.start(world.test, saga)) {
            return maker.await(GRANT, world.test.database().tx(GRANT,
                    tx -> maker.runs().start(tx, saga.type(), input, null)));
        }
    }

    private Run delete() {
        return run(new DeleteEndpoint(lifecycle, look, world.clients, world.process.runs()),
                new DeleteEndpoint.Input(id, null));
    }

    private Endpoint endpoint() {
        return lifecycle.get(GRANT, id);
    }

    private void round() {
        new SettleOnClusters(clusters, world.clients, lifecycle, new SettleEndpoints(
                look, lifecycle, world.test.database(), world.process.runs(), world.clock))
                .round(new LoopRound(TestDatabase.ACCESS.system("test"),
                        new Fence("loop test", Long.MAX_VALUE, () -> true)));
    }

    private void clusterIs(String state) {
        world.test.database().write(GRANT, tx -> tx.handle().execute(
                "update cluster set state = ? where id = ?", state, world.cluster));
    }

    @Test
    void isFollowedWhereItRuns() {
        asked();
        assertThat(run(creating(), new CreateEndpoint.Input(id)).error()).isNull();
        assertThat(endpoint().state()).isEqualTo(State.READY);
        assertThat(lifecycle.alive(GRANT, SimulatedWorld.REGION))
                .as("its region's management cluster knows nothing of it").isEmpty();
        assertThat(lifecycle.onClusters(GRANT)).containsOnlyKeys(world.cluster);
        round();
        assertThat(endpoint().state()).isEqualTo(State.READY);
        world.stranger().remove(InferenceServices.KIND, ProjectNamespace.name("prj_test"),
                Endpoint.objectName(id));
        round();
        assertThat(endpoint().state()).isEqualTo(State.FAILED);
        assertThat(endpoint().stateReason()).contains("gone from cluster " + world.cluster);
        assertThat(delete().error()).isNull();
    }

    @Test
    void goesWithItsCluster() {
        asked();
        assertThat(run(creating(), new CreateEndpoint.Input(id)).error()).isNull();
        clusterIs("deleting");
        round();
        assertThat(endpoint().state()).isEqualTo(State.FAILED);
        assertThat(endpoint().stateReason()).contains("cluster " + world.cluster + " is gone");
        assertThat(delete().error()).isNull();
        assertThat(endpoint().state()).isEqualTo(State.DELETED);
        clusterIs("running");
        world.stranger().remove(InferenceServices.KIND, ProjectNamespace.name("prj_test"),
                Endpoint.objectName(id));
        assertThat(look.isGone(GRANT, endpoint())).as("for the next test").isTrue();
    }

    /// Whatever step fails as the cluster goes, what was done is taken back as far as it is there.
    @Test
    void creatingUnwindsAlthoughTheClusterIsGone() {
        try (var check = SagaCheck.of(world.test, creating(), () -> {
            clusterIs("running");
            return new CreateEndpoint.Input(asked());
        })) {
            check.everyFailureUnwinds(() -> {
                assertThat(endpoint().state()).isIn(State.FAILED, State.PENDING);
                assertThat(look.isGone(GRANT, endpoint())).isTrue();
            });
        }
        clusterIs("deleted");
        asked();
        var ended = run(creating(), new CreateEndpoint.Input(id));
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().message()).contains("cluster " + world.cluster + " is gone");
        assertThat(endpoint().state()).isEqualTo(State.FAILED);
    }
}
