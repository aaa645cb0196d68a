package orrery.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Pods;
import orrery.sim.operator.SimulatedCluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLossTest {
    private static final String DEPLOYMENTS = "deployments.apps";

    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        sim = new SimulatedCluster(folder, region -> List.of(new UnreachableNodes(
                SimulatedCluster.QUICK, Clock.systemUTC())), new Manifests(List.of()));
        sim.node("worker-0", "m5.xlarge");
        sim.node("worker-1", "m5.xlarge");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void movesTheWorkOfALostNodeAndTakesTheNodeBack() {
        sim.create(DEPLOYMENTS, """
                metadata: {name: web}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      containers:
                      - {name: web, image: nginx, resources: {requests: {cpu: 500m}}}
                """);
        sim.until(DEPLOYMENTS, "web", "/status/availableReplicas", "4");
        assertThat(nodesOf(pod -> true)).containsExactlyInAnyOrder("worker-0", "worker-1");
        annotate("worker-0", "lost");
        until(() -> Conditions.get(node().tree().path("status"), "Ready").path("status")
                .asText().equals("Unknown"));
        until(() -> node().tree().at("/spec/taints").size() == 2);
        until(() -> nodesOf(Pods::ready).equals(Set.of("worker-1"))
                && sim.list("pods").stream().filter(Pods::ready).count() == 4);
        // Nobody is there to end them.
        assertThat(sim.list("pods").stream().filter(Pods::going)).isNotEmpty().allMatch(
                pod -> pod.tree().at("/spec/nodeName").asText().equals("worker-0"));
        annotate("worker-0", null);
        until(() -> sim.list("pods").size() == 4);
        until(() -> Conditions.isTrue(node().tree(), "Ready")
                && !node().tree().path("spec").has("taints"));
    }

    private Item node() {
        return sim.cluster.require("nodes", "", "worker-0");
    }

    private Set<String> nodesOf(Predicate<Item> which) {
        return sim.list("pods").stream().filter(which)
                .map(pod -> pod.tree().at("/spec/nodeName").asText()).collect(Collectors.toSet());
    }

    private void annotate(String node, String fault) {
        sim.cluster.change("nodes", "", node, Write.by("test"), object -> {
            object.withObject("/metadata/annotations").put(Faults.ANNOTATION, fault);
            if (fault == null) {
                object.withObject("/metadata/annotations").remove(Faults.ANNOTATION);
            }
            return object;
        });
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(java.time.Duration.ofSeconds(60))
                .pollInterval(java.time.Duration.ofMillis(20)).until(condition);
    }
}
