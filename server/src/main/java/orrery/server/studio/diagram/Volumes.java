package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What a container mounts: the node's `volumeMounts`, and what an edge links without saying where.
final class Volumes {
    private final Part part;
    private final ObjectNode container;
    private final Map<String, ObjectNode> volumes = new LinkedHashMap<>();
    private final Set<String> paths = new HashSet<>();
    private final Set<String> mounted = new HashSet<>();

    private Volumes(Part part, ObjectNode container) {
        this.part = part;
        this.container = container;
    }

    static void into(Part part, ObjectNode pod, ObjectNode container) {
        Volumes volumes = new Volumes(part, container);
        part.fields().objects("volumeMounts").forEach(volumes::given);
        volumes.linked();
        if (!volumes.volumes.isEmpty()) {
            ArrayNode list = pod.putArray("volumes");
            volumes.volumes.values().forEach(list::add);
        }
    }

    /// Whether the pod mounts a claim.
    static boolean claims(ObjectNode template) {
        for (JsonNode volume : template.path("spec").path("volumes")) {
            if (volume.has("persistentVolumeClaim")) {
                return true;
            }
        }
        return false;
    }

    /// Mounts a volume that stands elsewhere, such as one of a StatefulSet's templates.
    static void mount(ObjectNode template, String volume, String path) {
        ObjectNode container = (ObjectNode) template.path("spec").path("containers").path(0);
        container.withArrayProperty("volumeMounts").addObject()
                .put("name", volume).put("mountPath", path);
    }

    private void given(Fields mount) {
        String type = mount.oneOf("type", "configMap", "configMap", "secret",
                "persistentVolumeClaim", "emptyDir", "hostPath");
        String id = mount.text("nodeId", "");
        String name = part.wiring().nameOf(id, mount.text("name", ""));
        if (!type.equals("emptyDir") && !type.equals("hostPath")) {
            mount.check("name", name, Rules::isName, Rules.NAME);
        }
        String path = mount.text("mountPath", "");
        mount.check("mountPath", path, p -> p.startsWith("/") && !p.contains(":"),
                "it must be an absolute path");
        boolean template = part.kind() == Kind.STATEFULSET && isTemplate(name);
        String volume = template ? name : volume(mount, type, name);
        mounted.add(type + "/" + name);
        add(volume, path, mount, type.equals("configMap") || type.equals("secret"));
    }

    private boolean isTemplate(String name) {
        return part.fields().objects("volumeClaimTemplates").stream()
                .anyMatch(t -> t.text("name", "data").equals(name));
    }

    private void add(String volume, String path, Fields mount, boolean readOnly) {
        if (!paths.add(path)) {
            mount.wrong("mountPath", "'%s' is mounted twice".formatted(path));
        }
        ObjectNode made = container.withArrayProperty("volumeMounts").addObject()
                .put("name", volume).put("mountPath", path);
        if (mount.has("subPath")) {
            made.put("subPath", mount.text("subPath", ""));
        }
        if (mount.flag("readOnly", readOnly)) {
            made.put("readOnly", true);
        }
    }

    private String volume(Fields mount, String type, String name) {
        // Items and modes belong to the volume, so two mounts share one only if they agree.
        String key = String.join("/", type, name, mount.raw("items").toString(),
                mount.text("defaultMode", ""));
        ObjectNode known = volumes.get(key);
        return known == null ? fresh(key, mount, type, name) : known.path("name").asText();
    }

    private String fresh(String key, Fields mount, String type, String name) {
        ObjectNode volume = container.objectNode().put("name", label(name, type));
        volumes.put(key, volume);
        ObjectNode source = volume.putObject(type);
        switch (type) {
            case "configMap", "secret" -> {
                source.put(type.equals("secret") ? "secretName" : "name", name);
                if (mount.has("items")) {
                    source.set("items", mount.raw("items").deepCopy());
                    mount.objects("items");
                }
                if (mount.has("defaultMode")) {
                    source.put("defaultMode", mount.whole("defaultMode", 420, 0, 511));
                }
                if (mount.flag("optional", false)) {
                    source.put("optional", true);
                }
            }
            case "persistentVolumeClaim" -> source.put("claimName", name);
            case "emptyDir" -> {
                if (mount.has("medium")) {
                    source.put("medium", mount.oneOf("medium", "Memory", "Memory"));
                }
                if (mount.has("sizeLimit")) {
                    mount.check("sizeLimit", mount.text("sizeLimit", ""), Rules::isQuantity,
                            Rules.QUANTITY);
                    source.put("sizeLimit", mount.text("sizeLimit", ""));
                }
            }
            default -> {
                String field = mount.has("hostPath") ? "hostPath" : "path";
                String path = mount.text(field, "");
                mount.check(field, path, p -> p.startsWith("/"), "it must be an absolute path");
                source.put("path", path);
                if (mount.has("hostPathType")) {
                    source.put("type", mount.text("hostPathType", ""));
                }
            }
        }
        return volume.path("name").asText();
    }

    /// A free name for a volume: `data-volume`, else `data-volume-2`.
    private String label(String name, String type) {
        String base = Rules.toLabel(name.isEmpty() ? type : name);
        String stem = base.substring(0, Math.min(base.length(), 52)) + "-volume";
        String label = stem;
        for (int i = 2; taken(label); i++) {
            label = stem + "-" + i;
        }
        return label;
    }

    private boolean taken(String label) {
        return volumes.values().stream().anyMatch(v -> v.path("name").asText().equals(label));
    }

    /// What is linked by an edge, but neither mounted nor read into the environment: mounted where
    /// editors would put it.
    private void linked() {
        Set<String> read = new HashSet<>();
        for (Fields source : part.fields().objects("envFrom")) {
            read.add(source.text("type", "configMap") + "/" + part.wiring()
                    .nameOf(source.text("nodeId", ""), source.text("name", "")));
        }
        String variables = part.fields().raw("env").toString();
        for (Wiring.Link link : part.wiring().links(part.node(), k -> k == Kind.CONFIGMAP
                || k == Kind.SECRET || k == Kind.PERSISTENTVOLUMECLAIM)) {
            String name = link.node().name();
            String type = switch (link.kind()) {
                case CONFIGMAP -> "configMap";
                case SECRET -> "secret";
                default -> "persistentVolumeClaim";
            };
            String key = type + "/" + name;
            if (!mounted.contains(key) && !read.contains(key)
                    && !variables.contains("\"name\":\"" + name + "\"")) {
                Fields mount = part.fields().none();
                add(volume(mount, type, name), path(link, type), mount, !type.startsWith("p"));
            }
        }
    }

    private static String path(Wiring.Link link, String type) {
        String own = link.node().data().path("mountPath").asText("");
        if (!own.isBlank()) {
            return own;
        }
        return switch (type) {
            case "configMap" -> "/etc/config";
            case "secret" -> "/etc/secrets";
            default -> "/data/" + link.node().name();
        };
    }
}
