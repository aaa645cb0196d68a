package orrery.server.platform.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// Secrets that a job reads as files below [#FOLDER], such as the key file of an object store.
/// Whoever asks for the job gives them with it: no tenant reaches the namespace that it runs in, so
/// there is no other Secret that it could name.
final class SecretFiles {
    static final String FOLDER = "/run/secrets/orrery";

    private static final String VOLUME = "orrery-secrets";
    private static final int MOST = 50;
    private static final int MOST_BYTES = 256 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][-._A-Za-z0-9]{0,127}");

    private SecretFiles() {}

    static void check(Mistakes mistakes, String field, Map<String, String> files) {
        mistakes.unless(files.size() <= MOST, field, "must have at most " + MOST + " entries");
        long bytes = 0;
        for (var file : files.entrySet()) {
            mistakes.unless(NAME.matcher(file.getKey()).matches(), field + "." + file.getKey(),
                    "must be named by letters, digits, '-', '_' and '.', as its file is");
            bytes += file.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        mistakes.unless(bytes <= MOST_BYTES, field,
                "must have at most " + MOST_BYTES + " bytes in all contents");
    }

    /// Name of the Secret that holds them.
    static String secretName(Training training) {
        return Training.objectName(training.id()) + "-secrets";
    }

    /// Gives them to the pods of a job.
    ///
    /// @param volumes of pods
    /// @param mounts of their container
    static void mount(ArrayNode volumes, ArrayNode mounts, Training training) {
        volumes.addObject().put("name", VOLUME)
                .putObject("secret").put("secretName", secretName(training));
        mounts.addObject().put("name", VOLUME).put("mountPath", FOLDER).put("readOnly", true);
    }
}
