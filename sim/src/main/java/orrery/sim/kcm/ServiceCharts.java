package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.sim.operator.Manifests;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Yaml;

/// What ServiceTemplates put on clusters: the known charts, and the objects that a template
/// finds in a ConfigMap or Secret. Any other chart installs nothing.
///
/// @param charts what a Helm chart of that name installs
record ServiceCharts(Map<String, Manifests> charts) {
    ServiceCharts {
        charts = Map.copyOf(charts);
    }

    /// `Helm`, `Kustomize` or `Resource`.
    static String type(Optional<Item> template) {
        var spec = template.map(one -> one.tree().path("spec"));
        return spec.filter(one -> one.has("kustomize")).map(_ -> "Kustomize")
                .or(() -> spec.filter(one -> one.has("resources")).map(_ -> "Resource"))
                .orElse("Helm");
    }

    /// @return whether all is there; else it is to be tried again
    boolean install(Cluster management, Item template, Cluster target, String namespace) {
        if (target.get("namespaces", "", namespace).isEmpty()) {
            var object = Json.object();
            object.putObject("metadata").put("name", namespace);
            target.create("namespaces", object, Write.by("helm"));
        }
        return placed(manifests(management, template), target, namespace)
                .install(target, "helm");
    }

    void uninstall(Cluster management, Item template, Cluster target, String namespace) {
        placed(manifests(management, template), target, namespace).remove(target);
    }

    private Manifests manifests(Cluster management, Item template) {
        var spec = template.tree().path("spec");
        var chart = charts.get(spec.path("helm").path("chartSpec").path("chart").asText());
        return chart != null ? chart
                : new Manifests(local(management, template.namespace(),
                        spec.path("resources").path("localSourceRef")));
    }

    private static List<ObjectNode> local(
            Cluster management, String namespace, JsonNode source) {
        var kind = source.path("kind").asText();
        var type = kind.equals("ConfigMap") ? "configmaps" : kind.equals("Secret") ? "secrets" : "";
        var all = new ArrayList<ObjectNode>();
        if (!type.isEmpty()) {
            management.get(type, namespace, source.path("name").asText())
                    .ifPresent(found -> found.tree().path("data").forEach(text -> {
                        var yaml = type.equals("secrets")
                                ? Base64.getDecoder().decode(text.asText())
                                : text.asText().getBytes(StandardCharsets.UTF_8);
                        Yaml.readAll(yaml).forEach(one -> {
                            if (one instanceof ObjectNode object) {
                                all.add(object);
                            }
                        });
                    }));
        }
        return all;
    }

    /// Objects of namespaced types that name no namespace go to the service's.
    private static Manifests placed(Manifests manifests, Cluster target, String namespace) {
        var all = new ArrayList<ObjectNode>();
        for (var object : manifests.objects()) {
            boolean homeless = target.types().kind(object.path("apiVersion").asText(),
                    object.path("kind").asText()).filter(type -> type.namespaced()).isPresent()
                    && object.path("metadata").path("namespace").asText().isEmpty();
            var own = homeless ? object.deepCopy() : object;
            if (homeless) {
                Json.child(own, "metadata").put("namespace", namespace);
            }
            all.add(own);
        }
        return new Manifests(all);
    }
}
