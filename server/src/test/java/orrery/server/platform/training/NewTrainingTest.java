package orrery.server.platform.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.server.platform.training.Work.Framework;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NewTrainingTest {
    @Test
    void takesImagesAsRegistriesNameThem() {
        for (var image : List.of("busybox", "pytorch/pytorch:2.9.0-cuda12.6",
                "registry.example:5000/a/b_c/d.e:x@sha256:" + "a".repeat(64),
                "nvcr.io/nvidia/pytorch:25.09-py3")) {
            assertThat(image(image)).as(image).isEmpty();
        }
        for (var image : List.of("", " ", "a b", "-x", "a//b", "a:", "a@sha256:1", "a\nb",
                "x".repeat(300))) {
            assertThat(image(image)).as(image).containsExactly("image");
        }
    }

    private static List<String> image(String image) {
        return wrong(image, List.of(), 1, 1, null, null, 0);
    }

    @Test
    void namesSizesThatCannotBe() {
        assertThat(wrong("a", List.of(), 512, 16, "NVIDIA-L4", 60, 20)).isEmpty();
        assertThat(wrong("a", List.of(), 1, 0, null, null, 0)).isEmpty();
        assertThat(wrong("a", List.of(), 0, -1, "A 1", 59, -1)).containsExactlyInAnyOrder(
                "nodes", "gpusPerNode", "gpuType", "maxRuntimeSeconds", "retries");
        assertThat(wrong("a", List.of(), 513, 17, null, 90 * 24 * 3_600 + 1, 21))
                .containsExactlyInAnyOrder(
                        "nodes", "gpusPerNode", "maxRuntimeSeconds", "retries");
        assertThat(wrong("a", List.of(), 1, 0, "NVIDIA-L4", null, 0)).containsExactly("gpuType");
    }

    @Test
    void namesWordsThatCannotBe() {
        assertThat(wrong("a", List.of("ok", "x\0"), 1, 1, null, null, 0))
                .containsExactly("command[1]");
        assertThat(wrong("a", Collections.nCopies(501, "x"), 1, 1, null, null, 0))
                .containsExactly("command");
        assertThat(wrong("a", Collections.nCopies(5, "x".repeat(32 << 10)), 1, 1, null, null, 0))
                .containsExactly("command");
    }

    @Test
    void keepsOutOfTheQueuesOfOthers() {
        var label = "kueue.x-k8s.io/queue-name";
        var refused = catchThrowableOfType(Problem.Failure.class, () -> new NewTraining(null, null,
                null, Map.of(label, "best"), Training.Priority.NORMAL, Map.of(),
                Map.of(), TrainingWorld.LONG));
        assertThat(((Problem.Invalid) refused.problem()).mistakes())
                .extracting(Problem.Mistake::field).containsExactly("labels." + label);
    }

    @Test
    void namesSecretFilesThatCannotBe() {
        assertThat(secrets(Map.of("key.json", "{}", "_a-b", "x"))).isEmpty();
        assertThat(secrets(Map.of("../etc", "x", "", "y")))
                .containsExactlyInAnyOrder("secrets.../etc", "secrets.");
        assertThat(secrets(Map.of("large", "x".repeat((256 << 10) + 1))))
                .containsExactly("secrets");
    }

    @Test
    void namesVolumesThatCannotBe() {
        var data = new Work.Folder("data", "/data", null);
        assertThat(volumes(1, new Work.Folder("mine", "/checkpoints/bert", null), data)).isEmpty();
        assertThat(volumes(2, null, data)).containsExactly("nodes");
        assertThat(volumes(1, data, data))
                .containsExactly("datasets[0].volumeId", "datasets[0].path");
        assertThat(volumes(1, null, Collections.nCopies(9, data).toArray(Work.Folder[]::new)))
                .startsWith("datasets");
        for (var path : List.of("", "/", "data", "/data/", "/../etc", "/proc", "/run/secrets/x",
                "/a b")) {
            assertThat(volumes(1, new Work.Folder("NO", path, null))).as(path)
                    .containsExactly("checkpoint.volumeId", "checkpoint.path");
        }
        assertThat(volumes(1, new Work.Folder("mine", "/process", null))).isEmpty();
    }

    private static List<String> volumes(
            int nodes, Work.@Nullable Folder checkpoint, Work.Folder... datasets) {
        return mistakes(() -> new NewTraining(null, null, null, Map.of(),
                Training.Priority.NORMAL, Map.of(), Map.of(), new Work("a", List.of(), List.of(),
                        List.of(), List.of(), nodes, 0, null, Framework.CUSTOM, null, 0,
                        checkpoint, List.of(datasets))));
    }

    private static List<String> secrets(Map<String, String> secrets) {
        return mistakes(() -> new NewTraining(null, null, null, Map.of(),
                Training.Priority.NORMAL, Map.of(), secrets, TrainingWorld.LONG));
    }

    private static List<String> mistakes(Runnable made) {
        var refused = catchThrowableOfType(Problem.Failure.class, made::run);
        return refused == null ? List.of() : ((Problem.Invalid) refused.problem()).mistakes()
                .stream().map(Problem.Mistake::field).toList();
    }

    private static List<String> wrong(String image, List<String> command, int nodes, int gpus,
            @Nullable String gpuType, @Nullable Integer longest, int retries) {
        return mistakes(() -> new NewTraining(null, null, null, Map.of(),
                Training.Priority.NORMAL, Map.of(), Map.of(), new Work(image, command, List.of(),
                        List.of(), List.of(), nodes, gpus, gpuType, Framework.PYTORCH, longest,
                        retries, null, List.of())));
    }
}
