package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.durable.Run;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Status;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The changes of a cluster, and what somebody else does to it.
@ParameterizedClass(name = "on {0}")
@MethodSource("orrery.server.compute.cluster.ClusterWorld#simulatedOnly")
@Tag("sagas")
class ClusterChangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final String NEXT = "sim-standalone-cp-1-1-0";
    private static final Service KUBEVIRT =
            new Service("virt", "default", "sim-kubevirt-1-0-0", null);
    private final ClusterWorld world;
    private final AtomicReference<String> id = new AtomicReference<>("");

    ClusterChangesTest(ClusterWorld world) {
        this.world = world;
    }

    private Cluster cluster() {
        return world.get(id.get());
    }

    private String begun(Cluster.State state) {
        id.set(world.running().id());
        world.begin(id.get(), state);
        return id.get();
    }

    private String template() {
        return world.deployment(id.get()).at("/spec/template").asText();
    }

    private UpdateCluster.Input updated(String id) {
        return UpdateCluster.Input.of(world.get(id), served());
    }

    private static Setup served() {
        var config = JsonNodeFactory.instance.objectNode();
        config.putObject("worker").put("flavor", "m1");
        return new Setup(config, null, null, List.of(KUBEVIRT));
    }

    @Test
    void upgradingRepeatsAndSaysWhatTheDeploymentHas() {
        try (var check = SagaCheck.of(world.test, world.upgrading(), () ->
                new UpgradeCluster.Input(begun(Cluster.State.UPGRADING),
                        new Upgrade("v1.35.2", NEXT)))) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().kubernetesVersion()).isEqualTo("v1.35.2");
                assertThat(cluster().template()).isEqualTo(NEXT).isEqualTo(template());
                assertThat(cluster().upgradeVersions()).containsExactly("v1.36.3");
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().template()).isEqualTo(template());
                // What fails before it began has nothing that could be taken back.
                if (cluster().state() != Cluster.State.UPGRADING) {
                    assertThat(cluster().state()).isEqualTo(cluster().template().equals(NEXT)
                            ? Cluster.State.DEGRADED : Cluster.State.RUNNING);
                    assertThat(cluster().stateReason()).contains("its last run says why");
                }
            });
        }
    }

    @Test
    void updatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.updating(), () ->
                updated(begun(Cluster.State.UPDATING)))) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().setup()).isEqualTo(served());
                assertThat(services()).isEqualTo("virt");
                assertThat(world.deployment(id.get()).at("/spec/config/worker/flavor").asText())
                        .isEqualTo("m1");
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().state())
                        .isIn(Cluster.State.RUNNING, Cluster.State.UPDATING);
                assertThat(cluster().setup()).isEqualTo(Setup.PLAIN);
                assertThat(services()).isEmpty();
                assertThat(world.deployment(id.get()).at("/spec/config/worker/flavor").asText())
                        .isEmpty();
            });
        }
    }

    private String services() {
        return String.join(",", world.deployment(id.get()).at("/spec/serviceSpec/services")
                .findValuesAsText("name"));
    }

    @Test
    void tryingRepeatsAndLeavesNothing() {
        try (var check = SagaCheck.of(world.test, world.trying(), () -> {
            id.set(world.asked(null, Setup.PLAIN).id());
            return new TryCluster.Input(id.get());
        })) {
            var used = world.used();
            Runnable nothing = () -> {
                assertThat(cluster().state()).isIn(
                        Cluster.State.DELETED, Cluster.State.PENDING);
                assertThat(world.isDeployed(id.get())).isFalse();
                assertThat(world.used()).isEqualTo(used);
            };
            check.everyStepMayRepeat(nothing);
            check.everyFailureUnwinds(nothing);
        }
    }

    @Test
    void scalingAwayAPoolRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, world.scaling(), () -> {
            begun(Cluster.State.SCALING);
            return new ScaleCluster.Input(id.get(), cluster().nodePools().stream()
                    .filter(it -> it.role() != NodePool.Role.WORKER).toList());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().nodePools()).hasSize(1);
                assertThat(workers()).isZero();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(cluster().nodePools()).hasSize(2);
                assertThat(workers()).isEqualTo(1);
            });
        }
    }

    private int workers() {
        return world.deployment(id.get()).at("/spec/config/workersNumber").asInt(-1);
    }

    private <I extends Record> Run run(SagaType<I> type, I input) {
        try (var process = TestProcess.start(world.test, world.sagas(world.process.runs()))) {
            var run = world.test.database().tx(ClusterWorld.GRANT, tx ->
                    process.runs().start(tx, type, input, null));
            return process.await(ClusterWorld.GRANT, run);
        }
    }

    @Test
    void aTrialThatCouldNotBeMadeSaysWhy() {
        var config = JsonNodeFactory.instance.objectNode();
        config.put("worker", "large");
        id.set(world.asked(null, new Setup(config, null, null, List.of())).id());
        var ended = run(TryCluster.TYPE, new TryCluster.Input(id.get()));
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().message()).contains("got string, want object");
        assertThat(cluster().state()).isEqualTo(Cluster.State.DELETED);
    }

    @Test
    void whatNeverBecomesReadyFails() {
        var config = JsonNodeFactory.instance.objectNode();
        config.put("worker", "large");
        var made = world.asked(null, new Setup(config, null, null, List.of()));
        var ended = world.create(made);
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().step()).isEqualTo("ready");
        assertThat(world.get(made.id()).state()).isEqualTo(Cluster.State.FAILED);
        assertThat(world.isDeployed(made.id())).isFalse();
    }

    @Test
    void anUpgradeThatFailsLeavesTheClusterDegradedUntilItIsReady() {
        id.set(world.running().id());
        world.begin(id.get(), Cluster.State.UPGRADING);
        world.fault(id.get(), "fail at release: no room");
        var ended = run(UpgradeCluster.TYPE, new UpgradeCluster.Input(
                id.get(), new Upgrade("v1.35.2", NEXT)));
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().message()).contains("no room");
        assertThat(cluster().state()).isEqualTo(Cluster.State.DEGRADED);
        assertThat(cluster().template()).isEqualTo(NEXT).isEqualTo(template());
        world.fault(id.get(), "");
        settlesTo(Cluster.State.RUNNING);
    }

    @Test
    void anUpgradeThatKcmForbidsChangesNothing() {
        id.set(begun(Cluster.State.UPGRADING));
        var ended = run(UpgradeCluster.TYPE, new UpgradeCluster.Input(
                id.get(), new Upgrade("v1.36.3", "sim-standalone-cp-1-2-0")));
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().message()).contains("cluster upgrade is forbidden");
        assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
        assertThat(cluster().kubernetesVersion()).isEqualTo(ClusterWorld.OLDEST);
    }

    private void settlesTo(Cluster.State state) {
        settlesTo(state, "");
    }

    /// @param reason what is said of it then, among other things
    private void settlesTo(Cluster.State state, String reason) {
        try (var process = TestProcess.start(world.test, world.sagas(world.process.runs()));
                var settling = world.settling(process.runs())) {
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                ClusterWorld.round(settling);
                var now = cluster();
                assertThat(now.state()).as(now.stateReason()).isEqualTo(state);
                assertThat(now.stateReason() == null ? "" : now.stateReason()).contains(reason);
            });
        }
    }

    @Test
    void whatWasReadyOnceIsDegradedWhenItIsReadyNoMore() {
        id.set(world.running().id());
        world.fault(id.get(), "fail at workers: a rack burns");
        // Another generation goes through all phases again.
        world.stranger().merge(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterWorld.namespace(), Cluster.objectName(id.get()),
                Trees.read("spec: {config: {worker: {flavor: other}}}"));
        settlesTo(Cluster.State.DEGRADED, "a rack burns");
        world.fault(id.get(), "");
        settlesTo(Cluster.State.RUNNING);
        assertThat(cluster().stateReason()).isNull();
    }

    @Test
    void whatSomebodyElseDeletesIsDeletedHereToo() {
        id.set(world.running().id());
        var used = world.used();
        world.fault(id.get(), "hang at teardown");
        world.stranger().remove(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterWorld.namespace(), Cluster.objectName(id.get()));
        settlesTo(Cluster.State.DELETING);
        assertThat(world.used()).isEqualTo(used);
        world.fault(id.get(), "");
        settlesTo(Cluster.State.DELETED);
        assertThat(world.deployment(id.get()).isEmpty()).isTrue();
        assertThat(world.used()).isEqualTo(used - 1);
    }

    @Test
    void aDeletionThatFailsIsTriedAgain() {
        id.set(world.running().id());
        world.fault(id.get(), "fail at teardown: a volume is in use");
        world.begin(id.get(), Cluster.State.DELETING);
        var failed = run(DeleteCluster.TYPE, new DeleteCluster.Input(id.get(), null));
        assertThat(failed.status()).isEqualTo(Status.FAILED);
        assertThat(failed.error().message()).contains("a volume is in use");
        assertThat(cluster().state()).isEqualTo(Cluster.State.DELETE_FAILED);
        world.fault(id.get(), "");
        world.begin(id.get(), Cluster.State.DELETING);
        assertThat(run(DeleteCluster.TYPE, new DeleteCluster.Input(id.get(), null)).status())
                .isEqualTo(Status.COMPLETED);
        assertThat(cluster().state()).isEqualTo(Cluster.State.DELETED);
    }

    @Test
    void aDeploymentThatIsGoneWithoutAWordFailsTheCluster() {
        id.set(world.running().id());
        world.stranger().remove(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterWorld.namespace(), Cluster.objectName(id.get()));
        world.awaitGone(id.get());
        settlesTo(Cluster.State.FAILED);
        assertThat(cluster().stateReason()).contains("is gone from region");
    }

    @Test
    void aServiceThatSomebodyTookAwayComesBack() {
        id.set(world.running().id());
        world.begin(id.get(), Cluster.State.UPDATING);
        assertThat(run(UpdateCluster.TYPE, updated(id.get()))
                .error()).isNull();
        settlesTo(Cluster.State.RUNNING);
        world.stranger().merge(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterWorld.namespace(), Cluster.objectName(id.get()),
                Trees.read("spec: {serviceSpec: {services: []}}"));
        try (var process = TestProcess.start(world.test, world.sagas(world.process.runs()));
                var settling = world.settling(process.runs())) {
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                ClusterWorld.round(settling);
                assertThat(services()).isEqualTo("virt");
                assertThat(cluster().state()).isEqualTo(Cluster.State.RUNNING);
                assertThat(cluster().services()).extracting(Service.Seen::state)
                        .containsExactly(Service.State.DEPLOYED);
            });
        }
    }
}
