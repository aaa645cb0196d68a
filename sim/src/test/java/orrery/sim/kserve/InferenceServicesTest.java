package orrery.sim.kserve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import orrery.sim.fault.Faults;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.SimulatedCluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Write;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceServicesTest {
    private static final String DEPLOYMENTS = "deployments.apps";
    private static final String TARGET = "/status/modelStatus/states/targetModelState";
    private static final String LLAMA = """
            metadata: {name: llama, annotations: {%s}}
            spec:
              predictor:
                minReplicas: 2
                model:
                  modelFormat: {name: vllm}
                  storageUri: hf://meta-llama/Llama-3.1-8B
                  resources: {limits: {nvidia.com/gpu: 1}}
            """;

    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        var clock = Clock.systemUTC();
        sim = new SimulatedCluster(folder, region -> Kserve.operators(
                SimulatedCluster.QUICK, new Events(clock), clock), Kserve.manifests());
        sim.node("gpu-0", "sim.gpu");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void servesAModelByADeployment() {
        sim.create(Kserve.SERVICES, LLAMA.formatted(""));
        ready("llama");
        var service = sim.find(Kserve.SERVICES, "llama").tree();
        assertThat(service.at("/status/url").asText())
                .isEqualTo("http://llama-default.example.com");
        assertThat(service.at(TARGET).asText()).isEqualTo("Loaded");
        sim.until(Kserve.SERVICES, "llama", "/status/modelStatus/copies/totalCopies", "2");
        var container = sim.find(DEPLOYMENTS, "llama-predictor").tree()
                .at("/spec/template/spec/containers/0");
        assertThat(container.at("/resources/limits").toString())
                .isEqualTo("{\"nvidia.com/gpu\":1}");
        assertThat(container.at("/env/0/value").asText())
                .isEqualTo("hf://meta-llama/Llama-3.1-8B");
        assertThat(sim.find("services", "llama-predictor").tree().at("/spec/ports/0/port")
                .asInt()).isEqualTo(80);
        sim.cluster.delete(Kserve.SERVICES, "default", "llama", Deletion.BACKGROUND);
        sim.untilGone(DEPLOYMENTS, "llama-predictor");
        sim.untilGone("services", "llama-predictor");
    }

    @Test
    void stopsAndStartsAgain() {
        sim.create(Kserve.SERVICES, LLAMA.formatted(""));
        ready("llama");
        annotate(Kserve.STOP, "true");
        sim.until(Kserve.SERVICES, "llama", service ->
                Conditions.isTrue(service.tree(), "Stopped"));
        sim.until(DEPLOYMENTS, "llama-predictor", "/spec/replicas", "0");
        annotate(Kserve.STOP, "false");
        ready("llama");
        sim.until(DEPLOYMENTS, "llama-predictor", "/status/availableReplicas", "2");
    }

    @Test
    void saysWhichRuntimeIsMissing() {
        sim.create(Kserve.SERVICES, LLAMA.formatted("").replace("name: vllm", "name: abacus"));
        sim.until(Kserve.SERVICES, "llama", "/status/modelStatus/lastFailureInfo/reason",
                "NoSupportingRuntime");
        sim.cluster.create(Kserve.RUNTIMES, SimulatedCluster.object("""
                metadata: {name: own}
                spec:
                  supportedModelFormats: [{name: abacus, autoSelect: true}]
                  containers: [{name: kserve-container, image: abacus}]
                """), Write.by("test"));
        ready("llama");
    }

    @Test
    void failsToLoadAsLongAsItIsAskedTo() {
        sim.create(Kserve.SERVICES,
                LLAMA.formatted("orrery.dev/fault: 'fail at loading: out of memory'"));
        sim.until(Kserve.SERVICES, "llama", "/status/modelStatus/transitionStatus",
                "BlockedByFailedLoad");
        var failed = sim.find(Kserve.SERVICES, "llama").tree();
        assertThat(failed.at("/status/modelStatus/lastFailureInfo/message").asText())
                .isEqualTo("out of memory");
        assertThat(Conditions.isTrue(failed, "Ready")).isFalse();
        sim.change(Kserve.SERVICES, "llama", object -> object
                .withObject("/metadata/annotations").remove(Faults.ANNOTATION));
        ready("llama");
        annotate(Faults.ANNOTATION, "flap 50ms");
        sim.until(Kserve.SERVICES, "llama", service ->
                !Conditions.isTrue(service.tree(), "Ready"));
        ready("llama");
    }

    private void ready(String name) {
        sim.until(Kserve.SERVICES, name, service -> Conditions.isTrue(service.tree(), "Ready")
                && service.tree().at(TARGET).asText().equals("Loaded"));
    }

    private void annotate(String annotation, String value) {
        sim.change(Kserve.SERVICES, "llama", object -> object
                .withObject("/metadata/annotations").put(annotation, value));
    }
}
