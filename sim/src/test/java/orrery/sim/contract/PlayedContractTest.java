package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.contract.Api.Reply;
import orrery.sim.type.Yaml;
import org.junit.jupiter.api.Test;

/// Our own definitions of what is played beside KCM: every server takes them, and answers good
/// and bad objects of them alike.
class PlayedContractTest {
    private static final String CRDS =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";

    /// Version, plural, kind, a good spec, a bad one, and the field that is bad.
    private static final List<List<String>> OBJECTS = List.of(
            List.of("metal3.io/v1alpha1", "baremetalhosts", "BareMetalHost",
                    "{\"online\":true,\"unknown\":1}", "{}", "spec.online"),
            List.of("metal3.io/v1alpha1", "baremetalhosts", "BareMetalHost",
                    "{\"online\":false}", "{\"online\":true,\"bootMode\":\"x\"}",
                    "spec.bootMode"),
            // What is null is absent.
            List.of("metal3.io/v1alpha1", "baremetalhosts", "BareMetalHost",
                    "{\"online\":true,\"bootMode\":null,\"bmc\":null,\"image\":{\"url\":\"x\","
                            + "\"checksum\":null}}", "{\"online\":null}", "spec.online"),
            List.of("metal3.io/v1alpha1", "baremetalhosts", "BareMetalHost",
                    "{\"online\":true}", "{\"online\":true,\"image\":{}}", "spec.image.url"),
            List.of("metal3.io/v1alpha1", "hardwaredata", "HardwareData", "{}", "5", "spec"),
            List.of("kubevirt.io/v1", "virtualmachines", "VirtualMachine",
                    "{\"template\":{\"spec\":{}},\"runStrategy\":\"Always\"}", "{}",
                    "spec.template"),
            List.of("kubevirt.io/v1", "virtualmachineinstances", "VirtualMachineInstance",
                    "{\"domain\":{}}", "5", "spec"),
            List.of("serving.kserve.io/v1beta1", "inferenceservices", "InferenceService",
                    "{\"predictor\":{}}", "{}", "spec.predictor"),
            List.of("serving.kserve.io/v1alpha1", "servingruntimes", "ServingRuntime",
                    "{\"containers\":[]}", "5", "spec"),
            List.of("trainer.kubeflow.org/v1alpha1", "trainjobs", "TrainJob",
                    "{\"runtimeRef\":{\"name\":\"torch-distributed\"}}", "{\"runtimeRef\":{}}",
                    "spec.runtimeRef.name"),
            List.of("trainer.kubeflow.org/v1alpha1", "trainingruntimes", "TrainingRuntime",
                    "{}", "5", "spec"));

    private final Api api = Api.shared();

    @Test
    void loadsOurDefinitionsAndHoldsObjectsToThem() throws IOException {
        for (String operator : List.of("metal3", "kubevirt", "kserve", "training")) {
            try (var in = Api.class.getResourceAsStream(
                    "/orrery/sim/" + operator + "/crds.yaml")) {
                Yaml.readAll(in.readAllBytes()).forEach(one -> load((ObjectNode) one));
            }
        }
        for (List<String> one : OBJECTS) {
            String path = "/apis/" + one.get(0) + "/namespaces/default/" + one.get(1);
            await().atMost(Duration.ofSeconds(60)).until(() -> api.get(path).code() == 200);
            Reply good = api.post(path + "?dryRun=All", object(one, one.get(3)));
            assertThat(good.code()).as("%s: %s", one, good.body()).isEqualTo(201);
            Reply bad = api.post(path + "?dryRun=All", object(one, one.get(4)));
            assertThat(bad.code()).as("%s: %s", one, bad.body()).isEqualTo(422);
            List<String> fields = new ArrayList<>();
            bad.body().at("/details/causes").forEach(c -> fields.add(c.path("field").asText()));
            assertThat(fields).as("%s", one).containsExactly(one.get(5));
        }
    }

    /// A simulated management cluster has them already.
    private void load(ObjectNode definition) {
        String name = definition.at("/metadata/name").asText();
        Reply made = api.post(CRDS, definition.toString());
        assertThat(made.code()).as("%s: %s", name, made.body()).isIn(201, 409);
        await().atMost(Duration.ofSeconds(60)).until(() -> api.get(CRDS + name).body()
                .at("/status/conditions").toString().contains("\"Established\""));
    }

    private static String object(List<String> one, String spec) {
        return """
                {"apiVersion":"%s","kind":"%s","metadata":{"name":"x"},"spec":%s}"""
                .formatted(one.get(0), one.get(2), spec);
    }
}
