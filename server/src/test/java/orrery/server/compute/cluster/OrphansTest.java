package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import orrery.kit.durable.Status;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Kube;
import orrery.kit.kube.ObjectName;
import orrery.kit.test.TestProcess;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.SettleRegions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deployments that arrive when nobody wants them any more, or that nobody knows, on a management
/// cluster that others may use too.
@OnEachManagementCluster
@Tag("sagas")
class OrphansTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private final ClusterWorld world;

    OrphansTest(ClusterWorld world) {
        this.world = world;
    }

    @BeforeEach
    void open() {
        kube(new Fence("run_test", 1, () -> true))
                .ensure(ProjectNamespace.object("prj_test", "org_test"));
        var any = asked();
        Awaitility.await("templates that are offered").atMost(PATIENCE).until(
                () -> !world.management.templates(ClusterWorld.GRANT, any).isEmpty());
    }

    private Kube kube(Fence fence) {
        return world.clients.writer(
                world.regions.target(ClusterWorld.GRANT, ClusterWorld.REGION), fence);
    }

    private static ObjectNode described(Cluster cluster) {
        return ClusterDeployments.of(
                cluster, new Template("sim-standalone-cp-1-0-0", "", null), "", "run_test", true);
    }

    private Cluster asked() {
        return world.asked(ClusterWorld.OLDEST, Setup.PLAIN);
    }

    private Cluster deployed(UnaryOperator<ObjectNode> as) {
        var cluster = asked();
        kube(new Fence("run_test", 1, () -> true)).apply(as.apply(described(cluster)));
        return cluster;
    }

    private Cluster deleted(Instant when, UnaryOperator<ObjectNode> as) {
        return deleted(when, deployed(as));
    }

    private Cluster deleted(Instant when, Cluster cluster) {
        world.test.database().write(ClusterWorld.GRANT,
                tx -> new ClusterTable().delete(tx, cluster.id(), when));
        return cluster;
    }

    private static ObjectNode named(ObjectNode object, String name) {
        object.withObjectProperty("metadata").put("name", name);
        return object;
    }

    private static ObjectNode ofNobody(ObjectNode object) {
        object.withObjectProperty("metadata").withObjectProperty("labels")
                .put(ClusterDeployments.CLUSTER, "cls_unknown");
        return named(object, ObjectName.of("cls_unknown"));
    }

    private List<String> deployments() {
        return world.management.view(ClusterWorld.GRANT, ClusterWorld.REGION)
                .list(ClusterDeployments.CLUSTER_DEPLOYMENT, ClusterWorld.namespace(), null)
                .stream().filter(it -> !it.path("metadata").has("deletionTimestamp"))
                .map(it -> it.at("/metadata/name").asText()).toList();
    }

    private static String name(Cluster cluster) {
        return Cluster.objectName(cluster.id());
    }

    @Test
    void whatIsOursAndOverForAWhileIsDeletedAndNothingElse() {
        var now = Clock.systemUTC().instant();
        var late = deleted(now, it -> it);
        var failed = deployed(it -> it);
        world.begin(failed.id(), Cluster.State.FAILED);
        var alive = deployed(it -> it);
        var fresh = deleted(now.plus(Duration.ofMinutes(5)), it -> it);
        var restored = deleted(now.minus(Duration.ofHours(1)), it -> it);
        deleted(now, it -> named(it, "a-copy"));
        deployed(OrphansTest::ofNobody);
        var theirs = deleted(now, asked());
        world.stranger().create(described(theirs));

        // What its controllers change just then is left for another time.
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            settle(Duration.ofMinutes(12));
            assertThat(deployments()).doesNotContain(name(late), name(failed));
        });
        settle(Duration.ofMinutes(12));
        assertThat(deployments()).contains(name(alive), name(fresh), name(restored),
                name(theirs), "a-copy", ObjectName.of("cls_unknown"));
        assertThat(told()).containsExactlyInAnyOrder(late.id(), failed.id());
    }

    private void settle(Duration later) {
        var clock = Clock.offset(Clock.systemUTC(), later);
        var clusters = new SettleClusters(world.management, world.lifecycle,
                world.test.database(), world.process.runs(), clock);
        try (var settling = new SettleRegions(
                world.regions, world.clients, List.of(clusters), clock)) {
            ClusterWorld.round(settling);
        }
    }

    private List<String> told() {
        return world.test.database().read(ClusterWorld.GRANT, tx -> tx.handle().createQuery("""
                select data ->> 'id' from event where type = 'region.cleared'
                """).mapTo(String.class).list());
    }

    @Test
    void whoMadeOneAndHadLostItsLeaseTakesItBack() {
        var looks = new AtomicInteger();
        var cluster = asked();
        assertThatThrownBy(() -> kube(new Fence("run_late", 1, () -> looks.getAndIncrement() == 0))
                .apply(described(cluster))).isInstanceOf(Fence.Lost.class);
        assertThat(deployments()).doesNotContain(name(cluster));
    }

    @Test
    void aChangeOfOneThatSomebodyDeletedFailsAndMakesNoneAnew() {
        var cluster = world.running();
        world.stranger().remove(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterWorld.namespace(), name(cluster));
        world.awaitGone(cluster.id());
        world.begin(cluster.id(), Cluster.State.SCALING);
        try (var scaler = TestProcess.start(world.test, world.scaling())) {
            var run = world.test.database().tx(ClusterWorld.GRANT, tx -> scaler.runs().start(
                    tx, ScaleCluster.TYPE,
                    new ScaleCluster.Input(cluster.id(), cluster.nodePools()), null));
            var ended = scaler.await(ClusterWorld.GRANT, run);
            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(ended.error().message()).contains("somebody deleted its ClusterDeployment");
        }
        assertThat(world.deployment(cluster.id()).isEmpty()).isTrue();
    }
}
