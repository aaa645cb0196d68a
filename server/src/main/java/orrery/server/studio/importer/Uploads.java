package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.importer.Compose.Mount;

/// Bind mounts whose content came with the Compose file: a config map each.
final class Uploads {
    /// A config map takes a mebibyte in all.
    private static final int MOST_CHARS = 900_000;

    private Uploads() {}

    /// Mounts the file, or the files right in the folder; false where none came along.
    static boolean mount(Scene scene, ComposeService service, Mount mount, Sketch.Item workload) {
        String source = mount.source() == null ? "" : mount.source();
        String text = scene.source().file(source);
        Map<String, String> files = text == null ? folder(scene, source)
                : Map.of(ObjectNames.key(source.substring(source.lastIndexOf('/') + 1)), text);
        long chars = files.values().stream().mapToLong(String::length).sum();
        if (files.isEmpty() || chars > MOST_CHARS) {
            return false;
        }
        Sketch.Item config = scene.sketch().add(Kind.CONFIGMAP,
                ObjectNames.of(service.name(), "-" + Storage.lastPart(source)), service.name());
        ObjectNode data = config.data().putObject("data");
        files.forEach(data::put);
        ObjectNode made = Storage.add(workload, "configMap", config.name(), mount)
                .put("nodeId", config.id());
        if (text != null) {
            made.put("subPath", files.keySet().iterator().next());
        }
        scene.sketch().link(config, workload, "_linkedConfigMaps");
        scene.report().converted(mount.path(), "the config map '%s' with the content of %s"
                .formatted(config.name(), source));
        return true;
    }

    private static Map<String, String> folder(Scene scene, String source) {
        String prefix = source.replaceFirst("^\\./", "").replaceFirst("/+$", "") + "/";
        Map<String, String> files = new TreeMap<>();
        scene.source().files().forEach((path, text) -> {
            String plain = path.replaceFirst("^\\./", "");
            String rest = plain.startsWith(prefix) ? plain.substring(prefix.length()) : "";
            if (!rest.isEmpty() && !rest.contains("/")) {
                files.put(ObjectNames.key(rest), text);
            }
        });
        return files;
    }
}
