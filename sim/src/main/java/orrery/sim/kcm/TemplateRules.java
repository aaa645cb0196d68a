package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Judges one template or chain: what its status says.
final class TemplateRules {
    private TemplateRules() {}

    static void template(Item item, ObjectNode status) {
        var spec = item.tree().path("spec");
        verdict(status, mistake(item));
        var helm = spec.path("helm");
        if (helm.isObject()) {
            status.put("chartVersion", helm.path("chartSpec").path("version").asText());
            if (helm.has("chartRef")) {
                status.set("chartRef", helm.path("chartRef").deepCopy());
            }
        }
        status.put("description", "Simulated");
        if (!item.type().equals(Kcm.TEMPLATES)) {
            copy(spec, status, "k8sConstraint");
            return;
        }
        copy(spec, status, "k8sVersion");
        copy(spec, status, "providers");
        copy(spec, status, "providerContracts");
        status.set("config", Charts.defaults(item));
        status.put("schemaConfigMapName", schemaName(item));
    }

    /// Keeps the schema of a template's values beside it, for whoever draws forms from it.
    static void publishSchema(Cluster cluster, Item template) {
        var name = schemaName(template);
        if (cluster.get("configmaps", template.namespace(), name).isPresent()) {
            return;
        }
        var map = Json.object();
        Owners.own(template, map);
        Json.child(map, "metadata").put("name", name);
        map.putObject("data").put("schema",
                new String(Json.write(Charts.schema()), StandardCharsets.UTF_8));
        cluster.create("configmaps", map, Write.by(Kcm.MANAGER));
    }

    private static String schemaName(Item template) {
        var name = "schema-" + template.name();
        return name.substring(0, Math.min(name.length(), 253));
    }

    /// A chain counts only when every upgrade leads to a template that it supports.
    static void chain(Item item, ObjectNode status) {
        var supported = item.tree().path("spec").path("supportedTemplates");
        var known = new HashSet<String>();
        supported.forEach(one -> known.add(one.path("name").asText()));
        for (var one : supported) {
            for (var upgrade : one.path("availableUpgrades")) {
                if (!known.contains(upgrade.path("name").asText())) {
                    verdict(status, Optional.of("template " + upgrade.path("name").asText()
                            + " is allowed for upgrade but is not present in the list of"
                            + " spec.supportedTemplates"));
                    return;
                }
            }
        }
        verdict(status, Optional.empty());
    }

    private static void verdict(ObjectNode status, Optional<String> mistake) {
        status.put("valid", mistake.isEmpty());
        mistake.ifPresentOrElse(why -> status.put("validationError", why),
                () -> status.remove("validationError"));
    }

    /// Why a template cannot be used.
    private static Optional<String> mistake(Item template) {
        var spec = template.tree().path("spec");
        var helm = spec.path("helm");
        boolean chart = !helm.at("/chartSpec/chart").asText().isEmpty()
                || !helm.at("/chartRef/name").asText().isEmpty();
        boolean other = template.type().equals(Kcm.SERVICES)
                && (spec.has("kustomize") || spec.has("resources") || helm.has("chartSource"));
        if (!chart && !other) {
            return Optional.of("neither chartSpec nor chartRef names a chart");
        }
        var version = spec.path("k8sVersion").asText();
        if (!version.isEmpty() && !VersionConstraint.isVersion(version)) {
            return Optional.of("k8sVersion \"" + version + "\" is not a semantic version");
        }
        var constraint = spec.path("k8sConstraint").asText();
        if (!constraint.isEmpty() && VersionConstraint.parse(constraint).isEmpty()) {
            return Optional.of("k8sConstraint \"" + constraint + "\" is not a constraint of"
                    + " semantic versions");
        }
        return Optional.empty();
    }

    private static void copy(JsonNode spec, ObjectNode status, String field) {
        if (spec.has(field)) {
            status.set(field, spec.path(field).deepCopy());
        }
    }
}
