package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Json;
import orrery.kit.kube.Trees;
import orrery.server.platform.inference.Serving.Auth;
import orrery.server.platform.inference.Serving.Desired;
import orrery.server.platform.inference.Serving.Engine;
import org.junit.jupiter.api.Test;

class InferenceServicesTest {
    private static final Serving SERVING = new Serving(
            new Serving.Model("hf://a/b", "main"), Engine.SGLANG, new Serving.Gpu("NVIDIA-L4", 2),
            null, new Serving.Replicas(0, 3), new Serving.Autoscaling(Serving.Metric.RPS, 7, 90),
            new Auth(Auth.Mode.API_KEY), Desired.RUNNING, List.of("HF_TOKEN"), 4);

    private static ObjectNode of(Serving serving) {
        return InferenceServices.of(new Endpoint("inf_1", "org_1", "prj_1", "eu1", null, "chat",
                null, null, Map.of("env", "prod"), Endpoint.State.READY, null, serving, 0, null,
                null, 1, "usr_1", Instant.EPOCH, Instant.EPOCH, null), serving);
    }

    @Test
    void saysAllThatWasAskedFor() {
        var service = of(SERVING);
        var name = Endpoint.objectName("inf_1");
        assertThat(service.at("/metadata/labels/env").asText()).isEqualTo("prod");
        assertThat(service.at("/metadata/labels").path(InferenceServices.ENDPOINT).asText())
                .isEqualTo("inf_1");
        assertThat(service.at("/metadata/annotations").path(
                "autoscaling.knative.dev/scale-to-zero-pod-retention-period").asText())
                .isEqualTo("90s");
        assertThat(service.at("/spec/predictor").toString()).isEqualTo(Trees.read("""
                minReplicas: 0
                maxReplicas: 3
                scaleMetric: rps
                scaleTarget: 7
                automountServiceAccountToken: false
                nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}
                tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
                model:
                  storageUri: hf://a/b:main
                  modelFormat: {name: sglang}
                  resources:
                    limits: {nvidia.com/gpu: "2"}
                    requests: {nvidia.com/gpu: "2"}
                  args: ["--api-key", "$(ORRERY_API_KEY)"]
                  env:
                  - name: HF_TOKEN
                    valueFrom: {secretKeyRef: {name: %1$s-4, key: HF_TOKEN}}
                  - name: ORRERY_API_KEY
                    valueFrom: {secretKeyRef: {name: %1$s-4, key: ORRERY_API_KEY}}
                """.formatted(name)).toString());
    }

    @Test
    void anInstanceTypeSaysAllThatAReplicaHas() {
        var sized = new Serving(SERVING.model(), SERVING.engine(), new Serving.Gpu(null, 8),
                new Serving.Size("vm.h100", 16, 128, "nvidia.com/H100"), SERVING.replicas(),
                null, SERVING.auth(), Desired.RUNNING, List.of(), 1);
        var predictor = of(sized).at("/spec/predictor");
        for (var part : List.of("limits", "requests")) {
            assertThat(predictor.at("/model/resources/" + part).toString()).isEqualTo(
                    "{\"cpu\":\"16\",\"memory\":\"128Gi\",\"nvidia.com/H100\":\"8\"}");
        }
        assertThat(predictor.has("nodeSelector")).isFalse();
        assertThat(predictor.has("tolerations")).isTrue();
        assertThat(Json.read(Json.write(sized), Serving.class)).isEqualTo(sized);
        var plain = new Serving(SERVING.model(), SERVING.engine(), new Serving.Gpu(null, 0),
                new Serving.Size("vm.small", 1, 2, null), SERVING.replicas(), null,
                SERVING.auth(), Desired.RUNNING, List.of(), 1);
        assertThat(of(plain).at("/spec/predictor/model/resources/limits").toString())
                .isEqualTo("{\"cpu\":\"1\",\"memory\":\"2Gi\"}");
        assertThat(of(plain).at("/spec/predictor").has("tolerations")).isFalse();
    }

    @Test
    void whatOthersAddIsNoChangeAndWhatTheyTakeIs() {
        var found = of(SERVING);
        found.withObject("/spec/predictor").put("timeout", 60).withObject("/model")
                .put("runtime", "sim-sglang");
        assertThat(InferenceServices.isChanged(found, of(SERVING))).isFalse();
        var scaled = found.deepCopy();
        scaled.withObject("/spec/predictor").put("minReplicas", 1);
        assertThat(InferenceServices.isChanged(scaled, of(SERVING))).isTrue();
        var bare = found.deepCopy();
        bare.withObject("/spec/predictor/model").remove("env");
        assertThat(InferenceServices.isChanged(bare, of(SERVING))).isTrue();
        var stopped = found.deepCopy();
        stopped.withObject("/metadata/annotations").put("serving.kserve.io/stop", "true");
        assertThat(InferenceServices.isChanged(stopped, of(SERVING))).isTrue();
        assertThat(InferenceServices.isChanged(
                stopped, of(SERVING.with(Desired.STOPPED)))).isFalse();
    }

    @Test
    void readsWhatAServiceSays() {
        assertThat(seen("{}", "").verdict()).isEqualTo(Seen.Verdict.PROGRESSING);
        assertThat(seen("{transitionStatus: UpToDate, states: {targetModelState: Loaded},"
                + " copies: {totalCopies: 3, failedCopies: 1}}", "True"))
                .isEqualTo(new Seen(Seen.Verdict.READY, "ready", 2, "http://x", true, null));
        assertThat(seen("{transitionStatus: UpToDate, states: {targetModelState: Standby}}",
                "True").verdict()).isEqualTo(Seen.Verdict.IDLE);
        assertThat(seen("{transitionStatus: UpToDate, states: {targetModelState: Loaded}}",
                "False").state()).isEqualTo(Endpoint.State.DEGRADED);
        var ready = seen("{}", "True");
        assertThat(Json.read(Json.write(ready), Seen.class)).as("as a run remembers it")
                .isEqualTo(ready);
        var rolling = seen("{transitionStatus: InProgress, states: {targetModelState: Loading}}",
                "True");
        assertThat(rolling.verdict()).isEqualTo(Seen.Verdict.LOADING);
        assertThat(rolling.state()).as("the older one serves").isEqualTo(Endpoint.State.READY);
        var failed = seen("{transitionStatus: BlockedByFailedLoad,"
                + " lastFailureInfo: {reason: ModelLoadFailed, message: out of memory}}", "False");
        assertThat(failed.verdict()).isEqualTo(Seen.Verdict.FAILED);
        assertThat(failed.text()).isEqualTo("out of memory");
    }

    private static Seen seen(String model, String ready) {
        return Seen.of(Trees.read("""
                metadata: {generation: 2}
                status:
                  observedGeneration: 2
                  url: http://x
                  modelStatus: %s
                  conditions: %s
                """.formatted(model, ready.isEmpty() ? "[]"
                        : "[{type: Ready, status: \"" + ready + "\"}]")));
    }

    @Test
    void aStaleStatusSaysNothing() {
        assertThat(Seen.of(Trees.read("""
                metadata: {generation: 3}
                status:
                  observedGeneration: 2
                  conditions: [{type: Ready, status: "True"}]
                """)).verdict()).isEqualTo(Seen.Verdict.PROGRESSING);
    }
}
