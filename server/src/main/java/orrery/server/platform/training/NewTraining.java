package orrery.server.platform.training;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.kube.Environment;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// A training job that somebody asks for. It holds nothing that could not be made.
///
/// @param name `null` for one of ours
/// @param env its environment, which may hold secrets
/// @param secrets contents of its secret files by name
/// @param work as it shall be; its names of variables are those of `env`, its names of secrets
///     those of `secrets`
public record NewTraining(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Training.Priority priority,
        Map<String, String> env,
        Map<String, String> secrets,
        Work work) {

    private static final int MOST_NODES = 512;
    private static final int MOST_GPUS = 16;
    private static final int MOST_WORDS = 500;
    private static final int LONGEST_WORD = 32 << 10;
    private static final int MOST_LETTERS = 128 << 10;
    private static final int SHORTEST = 60;
    private static final int LONGEST = 90 * 24 * 3_600;
    private static final int MOST_RETRIES = 20;
    private static final Pattern IMAGE = Pattern.compile(
            "[A-Za-z0-9][-._A-Za-z0-9]{0,252}(:[0-9]{1,5})?(/[a-z0-9][-._a-z0-9]{0,127}){0,8}"
                    + "(:[A-Za-z0-9_][-._A-Za-z0-9]{0,127})?(@sha256:[0-9a-f]{64})?");
    private static final Pattern PRODUCT =
            Pattern.compile("[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?");

    public NewTraining {
        labels = Map.copyOf(labels);
        env = Map.copyOf(env);
        secrets = Map.copyOf(secrets);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        Environment.check(mistakes, "env", env);
        SecretFiles.check(mistakes, "secrets", secrets);
        check(mistakes, work);
        mistakes.orRefuse();
    }

    private static void check(Mistakes mistakes, Work work) {
        mistakes.check("image", work.image(), it -> IMAGE.matcher(it).matches(),
                        "must be an image's name, such as pytorch/pytorch:2.9")
                .unless(work.nodes() >= 1 && work.nodes() <= MOST_NODES, "nodes",
                        "must be 1 to " + MOST_NODES)
                .unless(work.gpusPerNode() >= 0 && work.gpusPerNode() <= MOST_GPUS,
                        "gpusPerNode", "must be 0 to " + MOST_GPUS)
                .check("gpuType", work.gpuType(), it -> PRODUCT.matcher(it).matches(),
                        "must be a GPU's product name, such as NVIDIA-H100-80GB-HBM3")
                .unless(work.gpuType() == null || work.gpusPerNode() != 0, "gpuType",
                        "needs gpusPerNode to be 1 or more")
                .check("maxRuntimeSeconds", work.maxRuntimeSeconds(),
                        it -> it >= SHORTEST && it <= LONGEST,
                        "must be " + SHORTEST + " to " + LONGEST)
                .unless(work.retries() >= 0 && work.retries() <= MOST_RETRIES, "retries",
                        "must be 0 to " + MOST_RETRIES);
        VolumeFolders.check(mistakes, work);
        checkWords(mistakes, "command", work.command());
        checkWords(mistakes, "args", work.args());
    }

    private static void checkWords(Mistakes mistakes, String field, List<String> words) {
        mistakes.unless(words.size() <= MOST_WORDS, field,
                        "must have at most " + MOST_WORDS + " words")
                .unless(words.stream().mapToLong(String::length).sum() <= MOST_LETTERS, field,
                        "must have at most " + MOST_LETTERS + " letters in all");
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            mistakes.unless(word.length() <= LONGEST_WORD && word.indexOf('\0') < 0,
                    field + "[" + i + "]",
                    "must have at most " + LONGEST_WORD + " letters and no NUL");
        }
    }

    @Override
    public String toString() {
        return "NewTraining[" + name + ", " + work.image() + "]";
    }
}
