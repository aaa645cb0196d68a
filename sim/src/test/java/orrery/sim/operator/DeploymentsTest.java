package orrery.sim.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import orrery.sim.store.Item;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentsTest {
    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        sim = new SimulatedCluster(folder);
        sim.node("worker-0", "m5.xlarge");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    private static final String WEB = """
            metadata: {name: web}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: nginx:1.27}]}
            """;

    @Test
    void runsThePodsItAsksFor() {
        sim.create(Deployments.TYPE, WEB);
        sim.until(Deployments.TYPE, "web", "/status/availableReplicas", "3");
        var pods = sim.list("pods");
        assertThat(pods).hasSize(3).allMatch(Pods::ready)
                .allMatch(pod -> pod.name().matches("web-[a-z0-9]{10}-[a-z0-9]{5}"));
        assertThat(Conditions.isTrue(sim.find(Deployments.TYPE, "web").tree(), "Available"))
                .isTrue();
        assertThat(reasons()).contains("Scheduled", "Started", "ScalingReplicaSet");
    }

    @Test
    void scalesUpAndDown() {
        sim.create(Deployments.TYPE, WEB);
        sim.until(Deployments.TYPE, "web", "/status/availableReplicas", "3");
        sim.change(Deployments.TYPE, "web", o -> o.withObject("/spec").put("replicas", 5));
        sim.until(Deployments.TYPE, "web", "/status/availableReplicas", "5");
        sim.change(Deployments.TYPE, "web", o -> o.withObject("/spec").put("replicas", 1));
        sim.until(Deployments.TYPE, "web", "/status/replicas", "1");
        sim.until(Deployments.TYPE, "web", any -> sim.list("pods").size() == 1);
    }

    @Test
    void rollsToANewTemplateWithoutLosingService() {
        sim.create(Deployments.TYPE, WEB);
        sim.until(Deployments.TYPE, "web", "/status/availableReplicas", "3");
        sim.change(Deployments.TYPE, "web", o -> o.withObject("/spec/template/spec/containers/0")
                .put("image", "nginx:1.28"));
        var fewest = new int[] {3};
        sim.until(Deployments.TYPE, "web", web -> {
            fewest[0] = Math.min(fewest[0],
                    (int) sim.list("pods").stream().filter(Pods::ready).count());
            return web.tree().at("/status/updatedReplicas").asInt() == 3
                    && web.tree().at("/status/replicas").asInt() == 3
                    && web.tree().at("/status/availableReplicas").asInt() == 3;
        });
        assertThat(fewest[0]).isGreaterThanOrEqualTo(3);
        assertThat(sim.list(ReplicaSets.TYPE)).hasSize(2);
        assertThat(Deployments.revision(sim.find(Deployments.TYPE, "web"))).isEqualTo(2);
    }

    @Test
    void saysWhyAPodFindsNoNode() {
        sim.create(Deployments.TYPE, WEB.replace("image: nginx:1.27}",
                "image: nginx, resources: {limits: {nvidia.com/gpu: 1}}}"));
        sim.until(ReplicaSets.TYPE, name(), "/status/replicas", "3");
        var pod = sim.list("pods").getFirst();
        sim.until("pods", pod.name(), p -> Conditions.get(p.tree().path("status"), "PodScheduled")
                .path("message").asText()
                .equals("0/1 nodes are available: 1 Insufficient nvidia.com/gpu."));
        sim.node("gpu-0", "sim.gpu");
        sim.until("pods", pod.name(), "/spec/nodeName", "gpu-0");
    }

    private String name() {
        org.awaitility.Awaitility.await().until(() -> !sim.list(ReplicaSets.TYPE).isEmpty());
        return sim.list(ReplicaSets.TYPE).getFirst().name();
    }

    private java.util.Set<String> reasons() {
        return sim.list("events").stream().map(Item::tree)
                .map(tree -> tree.path("reason").asText()).collect(Collectors.toSet());
    }
}
