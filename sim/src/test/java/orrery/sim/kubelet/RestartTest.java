package orrery.sim.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import orrery.sim.operator.Pods;
import orrery.sim.operator.SimulatedCluster;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    @TempDir Path folder;

    @Test
    void startsProcessesAgainAndLeavesStandInsAlone() throws IOException {
        try (var sim = new SimulatedCluster(folder)) {
            Assumptions.assumeTrue(sim.controllers.allowed(),
                    sim.controllers.sandbox());
            sim.node("worker-0", "m5.xlarge");
            sim.create("pods", """
                    metadata: {name: real}
                    spec: {containers: [{name: c, image: busybox, command: [sleep, "1000"]}]}
                    """);
            sim.create("pods", """
                    metadata: {name: stand}
                    spec: {containers: [{name: c, image: nginx}]}
                    """);
            sim.until("pods", "real", Pods::ready);
            sim.until("pods", "stand", Pods::ready);
            sim.cluster.flushed().join();
        }
        try (var sim = new SimulatedCluster(folder)) {
            sim.until("pods", "real", pod -> Pods.ready(pod)
                    && PodPlan.status(pod, "c").path("restartCount").asInt() == 1);
            assertThat(PodPlan.status(sim.find("pods", "real"), "c")
                    .at("/lastState/terminated/reason").asText()).isEqualTo("Unknown");
            assertThat(PodPlan.status(sim.find("pods", "stand"), "c").path("restartCount").asInt())
                    .isZero();
        }
    }
}
