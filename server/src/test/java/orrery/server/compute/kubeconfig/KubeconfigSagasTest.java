package orrery.server.compute.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.ClusterWorld;
import orrery.server.compute.cluster.Clusters;
import orrery.server.compute.cluster.OnEachManagementCluster;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Kubeconfigs of a cluster that runs, used by the real kubectl.
@OnEachManagementCluster
@Tag("sagas")
class KubeconfigSagasTest {
    private static final Grant GRANT = ClusterWorld.GRANT;
    private final ClusterWorld world;
    private final Cluster cluster;
    private final Clusters clusters;
    private final Kubeconfigs kubeconfigs;
    private final KubeconfigTable table = new KubeconfigTable();
    private final AtomicReference<String> id = new AtomicReference<>("");

    KubeconfigSagasTest(ClusterWorld world) {
        this.world = world;
        cluster = world.running();
        clusters = world.clusters(world.process.events(), world.process.runs());
        kubeconfigs = new Kubeconfigs(world.test.database(), clusters, null,
                TestDatabase.ACCESS, TestProcess.sealing(), world.process.events(),
                world.process.runs(), TestProcess.paging(), world.ids, Clock.systemUTC());
    }

    private IssueKubeconfig issuing() {
        return new IssueKubeconfig(kubeconfigs, clusters, world.clients);
    }

    private RevokeKubeconfig revoking() {
        return new RevokeKubeconfig(kubeconfigs, clusters, world.clients);
    }

    /// For an administrator: `view` and `edit` are filled by a controller that does not run here.
    private String asked() {
        var made = world.ids.next("kcf");
        var now = Clock.systemUTC().instant();
        world.test.database().write(GRANT, tx -> table.insert(tx, new Kubeconfig(made,
                cluster.id(), "org_test", "prj_test", AccessObjects.name(made), "usr_test",
                Kubeconfig.Role.ADMIN, Kubeconfig.State.ISSUING, 600, null, null, null, 1,
                "usr_test", now, now, null)));
        id.set(made);
        return made;
    }

    private String issued() {
        asked();
        try (var process = TestProcess.start(world.test, issuing())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(
                    tx, IssueKubeconfig.TYPE, new IssueKubeconfig.Input(id.get()), null));
            assertThat(process.await(GRANT, run).error()).isNull();
        }
        return id.get();
    }

    private Kubeconfig kubeconfig() {
        return world.test.database().read(GRANT, tx -> table.rows.get(tx, id.get()));
    }

    private void assertObjects(boolean there) {
        var view = world.clients.view(clusters.target(GRANT, cluster.id()));
        var name = AccessObjects.name(id.get());
        assertThat(view.find(Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE, name).isPresent())
                .isEqualTo(there);
        assertThat(view.find(Kind.CLUSTER_ROLE_BINDING, null, name).isPresent())
                .isEqualTo(there);
    }

    @Test
    void issuingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, issuing(),
                () -> new IssueKubeconfig.Input(asked()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(kubeconfig().state()).isEqualTo(Kubeconfig.State.ACTIVE);
                assertThat(kubeconfig().expiresAt()).isNotNull();
                assertObjects(true);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(kubeconfig().state())
                        .isIn(Kubeconfig.State.FAILED, Kubeconfig.State.ISSUING);
                assertObjects(false);
            });
        }
    }

    @Test
    void revokingRepeats() {
        try (var check = SagaCheck.of(world.test, revoking(), () ->
                new RevokeKubeconfig.Input(issued(), Kubeconfig.State.REVOKED))) {
            check.everyStepMayRepeat(() -> {
                assertThat(kubeconfig().state()).isEqualTo(Kubeconfig.State.REVOKED);
                assertObjects(false);
            });
        }
    }

    @Test
    void kubectlWorksUntilRevocation() throws Exception {
        Assumptions.assumeTrue(kubectl(null) == 0, "no kubectl on this machine");
        issued();
        var file = Files.createTempFile(Path.of("target"), "kubeconfig", ".yaml");
        var sealed = world.test.database().read(GRANT,
                tx -> table.rows.sealed(tx, id.get(), Kubeconfigs.SEALED)).orElseThrow();
        Files.writeString(file, TestProcess.sealing()
                .open(sealed, Kubeconfigs.SEALED.at(id.get())), StandardCharsets.UTF_8);
        assertThat(kubectl(file, "get", "configmaps", "-n", "default")).isZero();
        try (var process = TestProcess.start(world.test, revoking())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(tx,
                    RevokeKubeconfig.TYPE, new RevokeKubeconfig.Input(
                            id.get(), Kubeconfig.State.REVOKED), null));
            assertThat(process.await(GRANT, run).error()).isNull();
        }
        // A real API server remembers a good token for ten seconds.
        Awaitility.await().atMost(15, TimeUnit.SECONDS).until(
                () -> kubectl(file, "get", "configmaps", "-n", "default") != 0);
    }

    private static int kubectl(Path kubeconfig, String... arguments) throws Exception {
        var command = new ArrayList<String>(List.of("kubectl"));
        if (kubeconfig == null) {
            command.addAll(List.of("version", "--client"));
        } else {
            command.addAll(List.of("--kubeconfig", kubeconfig.toString(),
                    "--request-timeout=10s"));
            command.addAll(List.of(arguments));
        }
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(120, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException none) {
            return -1;
        }
    }
}
