package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import orrery.server.studio.diagram.Kind;

/// A service's environment: a config map, and a secret for what is sensitive. The workload reads
/// both as a whole.
final class EnvironmentNodes {
    private final Scene scene;

    EnvironmentNodes(Scene scene) {
        this.scene = scene;
    }

    void add(ComposeService service, Sketch.Item workload) {
        Map<String, String> open = new LinkedHashMap<>();
        Map<String, String> sensitive = new LinkedHashMap<>();
        service.environment().forEach((name, value) -> {
            if (!name.matches("[-._a-zA-Z][-._a-zA-Z0-9]*")) {
                scene.report().dropped(service.path().key("environment").key(name),
                        "Kubernetes takes no such name of a variable");
                scene.warn(service, "the variable '%s' was dropped: Kubernetes takes no such name"
                        .formatted(Spelling.brief(name)));
                return;
            }
            String text = HostNames.replace(scene, service, name, value);
            (Sensitive.is(name, text) ? sensitive : open).put(name, text);
        });
        if (!open.isEmpty()) {
            Sketch.Item config = scene.sketch().add(Kind.CONFIGMAP,
                    ObjectNames.of(service.name(), "-config"), service.name());
            ObjectNode data = config.data().put("mountPath", "/etc/config").putObject("data");
            open.forEach(data::put);
            read(workload, config, "configMap", "_linkedConfigMaps");
        }
        if (!sensitive.isEmpty()) {
            Sketch.Item secret = scene.sketch().add(Kind.SECRET,
                    ObjectNames.of(service.name(), "-secrets"), service.name());
            ArrayNode keys = secret.data().put("secretType", "Opaque")
                    .put("mountPath", "/etc/secrets").putArray("keys");
            sensitive.forEach((name, value) -> {
                keys.addObject().put("id", name).put("name", name);
                scene.sketch().secret(secret, name, value);
            });
            read(workload, secret, "secret", "_linkedSecrets");
        }
        tell(service, open.size(), sensitive.keySet());
    }

    private void read(Sketch.Item workload, Sketch.Item source, String type, String list) {
        workload.data().withArrayProperty("envFrom").addObject()
                .put("type", type).put("name", source.name()).put("nodeId", source.id());
        scene.sketch().link(source, workload, list);
    }

    private void tell(ComposeService service, int open, Set<String> sensitive) {
        String secret = sensitive.isEmpty() ? ""
                : "; %s in a secret, sealed".formatted(String.join(", ", sensitive));
        KeyPath path = service.path().key("environment");
        scene.report().converted(path, "%d variables in a config map%s".formatted(open, secret));
        if (!service.unset().isEmpty()) {
            String names = String.join(", ", service.unset());
            scene.report().dropped(path, names + ": named without a value, and none was given");
            scene.warn(service, "left out, because they have no value: " + names);
        }
        KeyPath files = service.path().key("env_file");
        for (String file : service.envFiles()) {
            if (scene.source().file(file) == null) {
                scene.report().dropped(files, "the file %s did not come along; upload it with this"
                        .formatted(file) + " one, or write its variables under environment");
                scene.warn(service, "the variables of %s are missing: the file did not come along"
                        .formatted(file));
            }
        }
        scene.report().convertedUnlessTold(files, "its variables are part of the environment");
    }
}
