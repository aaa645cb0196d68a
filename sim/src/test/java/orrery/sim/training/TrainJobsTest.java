package orrery.sim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.Pods;
import orrery.sim.operator.SimulatedCluster;
import orrery.sim.store.Deletion;
import orrery.sim.type.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainJobsTest {
    private static final String BERT = """
            metadata: {name: %s, annotations: {%s}}
            spec:
              runtimeRef: {name: torch-distributed}
              suspend: %s
              trainer:
                image: %s
                args: ["%s"]
                numNodes: 3
                resourcesPerNode: {limits: {nvidia.com/gpu: 2}}
            """;

    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        var clock = Clock.systemUTC();
        sim = new SimulatedCluster(folder, region -> {
            region.guard(Training.gate());
            return Training.operators(SimulatedCluster.QUICK, new Events(clock), clock);
        }, Training.manifests());
        sim.node("gpu-0", "sim.gpu");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void trainsOnAllItsNodesAndCompletes() {
        train("one", "", false, "pytorch/pytorch", "");
        until("one", "Complete");
        var job = sim.find("jobs.batch", "one-node-0").tree();
        assertThat(job.at("/status/succeeded").asInt()).isEqualTo(3);
        assertThat(job.at("/status/completedIndexes").asText()).isEqualTo("0,1,2");
        assertThat(sim.list("pods")).hasSize(3).allMatch(pod ->
                Pods.phase(pod).equals("Succeeded") && pod.tree().at(
                        "/spec/containers/0/resources/limits").toString()
                        .equals("{\"nvidia.com/gpu\":2}"));
        sim.until(Training.JOBS, "one", "/status/jobsStatus/0/succeeded", "1");
    }

    @Test
    void waitsWhileItIsSuspended() {
        train("two", "", true, "pytorch/pytorch", "");
        sim.until(Training.JOBS, "two", job -> Conditions.isTrue(job.tree(), "Suspended"));
        assertThat(sim.list("pods")).isEmpty();
        sim.change(Training.JOBS, "two", job -> job.withObject("/spec").put("suspend", false));
        until("two", "Complete");
        assertThat(Conditions.isTrue(sim.find(Training.JOBS, "two").tree(), "Suspended")).isFalse();
    }

    @Test
    void beginsWithAllItsNodesOrWithNone() {
        train("first", "", false, "sim-exit", "0\", \"600");
        sim.until(Training.JOBS, "first", "/status/jobsStatus/0/ready", "1");
        train("second", "", false, "sim-exit", "0\", \"0");
        // Two GPUs are left: enough for one node of three.
        sim.create(Training.JOBS, """
                metadata: {name: small}
                spec:
                  runtimeRef: {name: torch-distributed}
                  trainer: {numNodes: 1, resourcesPerNode: {limits: {nvidia.com/gpu: 2}}}
                """);
        until("small", "Complete");
        assertThat(sim.cluster.get("jobs.batch", "default", "second-node-0")).isEmpty();
        sim.cluster.delete(Training.JOBS, "default", "first", Deletion.BACKGROUND);
        until("second", "Complete");
    }

    @Test
    void placesItsNodesWhereItIsTold() {
        sim.create(Training.JOBS, """
                metadata: {name: placed}
                spec:
                  runtimeRef: {name: torch-distributed}
                  podTemplateOverrides:
                  - targetJobs: [{name: node}]
                    spec: {nodeSelector: {nvidia.com/gpu.product: abacus}}
                """);
        sim.create(Training.JOBS, """
                metadata: {name: elsewhere}
                spec:
                  runtimeRef: {name: torch-distributed}
                  podTemplateOverrides:
                  - targetJobs: [{name: launcher}]
                    spec: {nodeSelector: {nvidia.com/gpu.product: abacus}}
                """);
        until("elsewhere", "Complete");
        assertThat(sim.cluster.get("jobs.batch", "default", "placed-node-0"))
                .as("no node is one").isEmpty();
    }

    @Test
    void failsWithItsPods() {
        train("three", "", false, "sim-exit", "1");
        until("three", "Failed");
        assertThat(Conditions.get(sim.find(Training.JOBS, "three").tree().path("status"), "Failed")
                .path("message").asText()).contains("backoff limit");
    }

    @Test
    void failsWhereItIsAskedTo() {
        train("four", "orrery.dev/fault: 'fail at running: NCCL timeout'", false, "any", "");
        until("four", "Failed");
        assertThat(Conditions.get(sim.find(Training.JOBS, "four").tree().path("status"), "Failed")
                .path("message").asText()).isEqualTo("NCCL timeout");
        sim.until("jobs.batch", "four-node-0", any -> sim.list("pods").isEmpty());
        train("five", "orrery.dev/fault: 'fail at queued: no quota'", false, "any", "");
        until("five", "Failed");
        assertThat(sim.cluster.get("jobs.batch", "default", "five-node-0")).isEmpty();
    }

    @Test
    void refusesARuntimeThatIsNotThere() {
        assertThatThrownBy(() -> sim.create(Training.JOBS, """
                metadata: {name: bad}
                spec: {runtimeRef: {name: abacus}}
                """)).isInstanceOf(Refusal.class)
                .hasMessageContaining("must be created before the TrainJob");
    }

    private void train(String name, String annotation, boolean suspend, String image,
            String argument) {
        sim.create(Training.JOBS, BERT.formatted(name, annotation, suspend, image, argument));
    }

    private void until(String name, String condition) {
        sim.until(Training.JOBS, name, job -> Conditions.isTrue(job.tree(), condition));
    }
}
