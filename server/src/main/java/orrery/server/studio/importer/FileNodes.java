package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.importer.Compose.FileReference;
import orrery.server.studio.importer.Compose.Resource;

/// The file's `secrets` and `configs`: a node each, mounted as single files.
final class FileNodes {
    private final Scene scene;
    private final Map<String, Sketch.Item> secrets = new LinkedHashMap<>();
    private final Map<String, Sketch.Item> configs = new LinkedHashMap<>();

    FileNodes(Scene scene) {
        this.scene = scene;
    }

    void mount(ComposeService service, Sketch.Item workload) {
        for (FileReference reference : service.secrets()) {
            Resource secret = scene.compose().secrets().get(reference.source());
            add(service, workload, reference, secret, Kind.SECRET);
        }
        for (FileReference reference : service.configs()) {
            Resource config = scene.compose().configs().get(reference.source());
            add(service, workload, reference, config, Kind.CONFIGMAP);
        }
    }

    private void add(ComposeService service, Sketch.Item workload, FileReference reference,
            Resource resource, Kind kind) {
        boolean secret = kind == Kind.SECRET;
        String key = ObjectNames.key(resource.key());
        String wanted = ObjectNames.of(resource.name() == null ? resource.key() : resource.name());
        Sketch.Item node = resource.external() ? null
                : (secret ? secrets : configs).computeIfAbsent(resource.key(),
                        k -> secret ? secret(resource, key, wanted, service)
                                : config(resource, key, wanted, service));
        String name = node == null ? wanted : node.name();
        if (node == null) {
            scene.report().approximated(path(resource, secret), "'%s' must stand in the cluster"
                    .formatted(name) + " already, with the key '" + key + "'");
        }
        ObjectNode mount = workload.data().withArrayProperty("volumeMounts").addObject()
                .put("type", secret ? "secret" : "configMap").put("name", name)
                .put("mountPath", reference.target()).put("subPath", key).put("readOnly", true);
        if (reference.mode() >= 0) {
            mount.put("defaultMode", reference.mode());
        }
        if (node != null) {
            mount.put("nodeId", node.id());
            scene.sketch().link(node, workload, secret ? "_linkedSecrets" : "_linkedConfigMaps");
        }
        scene.report().converted(reference.path(), "the file %s of the %s '%s'".formatted(
                reference.target(), secret ? "secret" : "config map", name));
    }

    private Sketch.Item secret(Resource resource, String key, String name,
            ComposeService service) {
        Sketch.Item node = scene.sketch().add(Kind.SECRET, name, service.name());
        node.data().put("secretType", "Opaque").put("mountPath", "/run/secrets")
                .putArray("keys").addObject().put("id", key).put("name", key);
        KeyPath path = path(resource, true);
        if (resource.content() != null) {
            scene.sketch().secret(node, key, resource.content());
            scene.report().converted(path, "the secret '%s'; its value is kept sealed"
                    .formatted(node.name()));
        } else {
            scene.report().approximated(path, "the secret '%s' with the key '%s'; its value did not"
                    .formatted(node.name(), key) + " come with the file and is asked for by the"
                    + " run");
            scene.warnings().add("Secret '%s': give the value of its key '%s' before the first run"
                    .formatted(node.name(), key));
        }
        return node;
    }

    private Sketch.Item config(Resource resource, String key, String name,
            ComposeService service) {
        Sketch.Item node = scene.sketch().add(Kind.CONFIGMAP, name, service.name());
        ObjectNode data = node.data().put("mountPath", "/etc/config").putObject("data");
        KeyPath path = path(resource, false);
        data.put(key, resource.content() == null ? "" : resource.content());
        if (resource.content() != null) {
            scene.report().converted(path, "the config map '%s'".formatted(node.name()));
        } else {
            scene.report().approximated(path, "the config map '%s'; its content did not come with"
                    .formatted(node.name()) + " the file: put it under the key '" + key + "'");
            scene.warnings().add("Config '%s': its content did not come with the file"
                    .formatted(node.name()));
        }
        return node;
    }

    private static KeyPath path(Resource resource, boolean secret) {
        return KeyPath.of(secret ? "secrets" : "configs", resource.key());
    }
}
