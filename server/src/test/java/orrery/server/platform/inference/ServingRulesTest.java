package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.server.platform.inference.Serving.Auth;
import orrery.server.platform.inference.Serving.Autoscaling;
import orrery.server.platform.inference.Serving.Engine;
import orrery.server.platform.inference.Serving.Gpu;
import orrery.server.platform.inference.Serving.Metric;
import orrery.server.platform.inference.Serving.Model;
import orrery.server.platform.inference.Serving.Replicas;
import org.junit.jupiter.api.Test;

class ServingRulesTest {
    private static final Model LLAMA = new Model("hf://meta-llama/Llama-3.1-8B", null);
    private static final Gpu ONE = new Gpu(null, 1);
    private static final Auth KEY = new Auth(Auth.Mode.API_KEY);

    @Test
    void takesWhatCanBeServed() {
        assertThat(wrong(LLAMA, ONE, new Replicas(0, 100), new Autoscaling(Metric.RPS, 50, 300)))
                .isEmpty();
        for (var source : List.of("s3://models/llama/8b/", "gs://b/x", "oci://repo.example/m:1",
                "s3://bucket")) {
            assertThat(wrong(new Model(source, null), ONE, new Replicas(1, 1), null))
                    .as(source).isEmpty();
        }
        assertThat(wrong(new Model(LLAMA.source(), "refs/pr/1"), new Gpu("NVIDIA-L4", 16),
                new Replicas(3, 3), new Autoscaling(Metric.CPU, 100, null))).isEmpty();
    }

    @Test
    void namesModelsThatCannotBe() {
        for (var source : List.of("", "llama", "hf://llama", "hf://a/b/c", "file:///etc/passwd",
                "http://169.254.169.254/x", "pvc://other/model", "s3://../x", "s3://b/../../x",
                "hf://a/b\n", "s3://b//x", "hf://a/" + "b".repeat(100))) {
            assertThat(wrong(new Model(source, null), ONE, new Replicas(1, 1), null))
                    .as(source).containsExactly("model.source");
        }
        assertThat(wrong(new Model("s3://b/m", "main"), ONE, new Replicas(1, 1), null))
                .containsExactly("model.revision");
        assertThat(wrong(new Model(LLAMA.source(), "a b"), ONE, new Replicas(1, 1), null))
                .containsExactly("model.revision");
    }

    @Test
    void namesSizesThatCannotBe() {
        assertThat(wrong(LLAMA, new Gpu("A 100", 0), new Replicas(-1, 0), null))
                .containsExactlyInAnyOrder("gpu.type", "gpu.count", "replicas.min",
                        "replicas.max");
        assertThat(wrong(LLAMA, new Gpu(null, 17), new Replicas(5, 4), null))
                .containsExactlyInAnyOrder("gpu.count", "replicas.max");
        assertThat(wrong(LLAMA, ONE, new Replicas(1, 101), new Autoscaling(Metric.CPU, 101, null)))
                .containsExactlyInAnyOrder("replicas.max", "autoscaling.target");
        assertThat(wrong(LLAMA, ONE, new Replicas(0, 1), new Autoscaling(Metric.RPS, 0, 29)))
                .containsExactlyInAnyOrder("autoscaling.target",
                        "autoscaling.scaleToZeroAfterSeconds");
        assertThat(wrong(LLAMA, ONE, new Replicas(1, 1), new Autoscaling(Metric.RPS, 1, 60)))
                .as("it never scales to nothing")
                .containsExactly("autoscaling.scaleToZeroAfterSeconds");
        assertThat(wrong(LLAMA, ONE, new Replicas(0, 1), new Autoscaling(Metric.MEMORY, 1, 60)))
                .containsExactly("autoscaling.scaleToZeroAfterSeconds");
    }

    @Test
    void tritonAsksForNoKey() {
        var refused = refusal(() -> new NewEndpoint(null, null, null, Map.of(), LLAMA,
                Engine.TRITON, ONE, null, new Replicas(1, 1), null, KEY, Map.of(), null));
        assertThat(refused).containsExactly("auth.mode");
        new NewEndpoint(null, null, null, Map.of(), LLAMA, Engine.TRITON, ONE,
                null, new Replicas(1, 1), null, new Auth(Auth.Mode.PUBLIC), Map.of(), null);
    }

    @Test
    void aReplicaHasGpusOrAnInstanceType() {
        assertThat(sized(null, null)).containsExactly("gpu");
        assertThat(sized(ONE, "vm.h100")).containsExactly("instanceType");
        assertThat(sized(null, "VM h100")).containsExactly("instanceType");
        assertThat(sized(null, "vm.h100")).isEmpty();
        assertThat(sized(ONE, null)).isEmpty();
    }

    private static List<String> sized(Gpu gpu, String instanceType) {
        return refusal(() -> new NewEndpoint(null, null, null, Map.of(), LLAMA, Engine.VLLM, gpu,
                instanceType, new Replicas(1, 1), null, KEY, Map.of(), null));
    }

    private static List<String> wrong(
            Model model, Gpu gpu, Replicas replicas, Autoscaling autoscaling) {
        return refusal(() -> new NewEndpoint(null, null, null, Map.of(), model, Engine.VLLM, gpu,
                null, replicas, autoscaling, KEY, Map.of(), null));
    }

    private static List<String> refusal(Runnable made) {
        var refused = catchThrowableOfType(Problem.Failure.class, made::run);
        return refused == null ? List.of() : ((Problem.Invalid) refused.problem()).mistakes()
                .stream().map(Problem.Mistake::field).toList();
    }
}
