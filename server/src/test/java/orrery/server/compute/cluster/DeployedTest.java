package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import orrery.kit.kube.Trees;
import org.junit.jupiter.api.Test;

class DeployedTest {
    private static ObjectNode deployment(String conditions, String services) {
        return Trees.read("""
                metadata: {generation: 1}
                spec:
                  template: stock-1-0-0
                  config: {workersNumber: 1, controlPlaneNumber: 1}
                  serviceSpec: {services: [%s]}
                status: {observedGeneration: 1, conditions: [%s]}
                """.formatted(services, conditions));
    }

    private static final String READY = "{type: Ready, status: 'True', reason: Succeeded}";
    private static final String SERVICE = "{name: virt, namespace: default, template: virt-1}";

    private static Cluster cluster() {
        return ClusterDeploymentsTest.cluster(List.of(
                new NodePool("np_1", "cp", NodePool.Role.CONTROL_PLANE, 1, 0, null, null, null),
                new NodePool("np_2", "w", NodePool.Role.WORKER, 1, 0, null, null, null)))
                .upgraded("stock-1-0-0")
                .with(new Setup(Setup.PLAIN.config(), null, null,
                        List.of(new Service("virt", "default", "virt-1", null))));
    }

    @Test
    void aPausedOneIsDegradedAndSaysWhy() {
        var paused = Deployed.of(deployment(READY
                + ", {type: Paused, status: 'True', reason: Paused, message: by hand}", SERVICE));
        assertThat(paused.state()).isEqualTo(Cluster.State.DEGRADED);
        assertThat(paused.reason()).isEqualTo("Paused: by hand");
        var running = Deployed.of(deployment(
                READY + ", {type: Paused, status: 'False', reason: NotPaused}", SERVICE));
        assertThat(running.state()).isEqualTo(Cluster.State.RUNNING);
        assertThat(running.reason()).isEmpty();
    }

    @Test
    void oneThatLacksWhatWasAskedForIsChanged() {
        assertThat(Deployed.of(deployment(READY, SERVICE)).isChanged(cluster())).isFalse();
        assertThat(Deployed.of(deployment(READY, "")).isChanged(cluster())).isTrue();
        assertThat(Deployed.of(deployment(READY, SERVICE.replace("virt-1", "virt-2")))
                .isChanged(cluster())).isTrue();
        assertThat(Deployed.of(deployment(READY, SERVICE + ", " + SERVICE.replace("virt", "x")))
                .isChanged(cluster())).as("what others add is theirs").isFalse();
        assertThat(Deployed.of(deployment(READY, SERVICE)).isChanged(
                cluster().upgraded("stock-2-0-0"))).isTrue();
    }

    @Test
    void oneThatIsBeingDeletedIsLeaving() {
        var leaving = Deployed.of(deployment(
                READY + ", {type: Deleting, status: 'True', reason: Deleting}", SERVICE));
        assertThat(leaving.isLeaving()).isTrue();
        assertThat(leaving.isNews(cluster())).isTrue();
        assertThat(Deployed.of(deployment(READY, SERVICE)).isLeaving()).isFalse();
    }
}
