package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.StreamSupport;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Admission of ClusterDeployments, with its traps: one without `config` becomes a dry run.
final class DeploymentRules {
    /// Other objects beside it that a deployment may name.
    static final Map<String, String> NAMED = Map.of(
            "clusterAuth", "clusterauthentications." + Kcm.GROUP,
            "auditPolicy", "clusterauditpolicies." + Kcm.GROUP,
            "dataSource", "datasources." + Kcm.GROUP);

    private DeploymentRules() {}

    static void review(Cluster cluster, Item old, ObjectNode object) {
        var spec = Json.child(object, "spec");
        if (old == null) {
            if (!spec.has("config")) {
                spec.set("config", cluster.get(Kcm.TEMPLATES, namespace(object),
                        spec.path("template").asText())
                        .map(Charts::defaults).orElseGet(Json::object));
                spec.put("dryRun", true);
            }
            references(cluster, object, spec);
            return;
        }
        var before = old.tree().path("spec");
        if (before.equals(spec)) {
            return;
        }
        if (!before.path("template").equals(spec.path("template"))) {
            upgrade(old, object, spec.path("template").asText());
        }
        if (before.has("dataSource") != spec.has("dataSource")) {
            throw denied(object, "spec.dataSource cannot be added or removed");
        }
        references(cluster, object, spec);
    }

    private static void references(Cluster cluster, ObjectNode object, ObjectNode spec) {
        var namespace = namespace(object);
        var name = spec.path("template").asText();
        var template = cluster.get(Kcm.TEMPLATES, namespace, name).orElseThrow(() -> denied(object,
                "ClusterTemplate.%s \"%s\" not found".formatted(Kcm.GROUP, name)));
        if (!template.tree().path("status").path("valid").asBoolean()) {
            throw denied(object, "the template is not valid: "
                    + template.tree().path("status").path("validationError").asText("not checked"));
        }
        for (var one : NAMED.entrySet()) {
            var wanted = spec.path(one.getKey()).asText();
            if (!wanted.isEmpty() && cluster.get(one.getValue(), namespace, wanted).isEmpty()) {
                throw denied(object, "spec.%s: %s \"%s\" not found".formatted(
                        one.getKey(), one.getValue(), wanted));
            }
        }
        if (!spec.path("dryRun").asBoolean()) {
            credential(cluster, object, spec, template);
        }
        var services = spec.path("serviceSpec").path("services");
        ServiceOrder.mistake(services)
                .or(() -> ServiceRules.mistake(cluster, namespace, services,
                        template.tree().path("status").path("k8sVersion").asText()))
                .ifPresent(why -> {
                    throw denied(object, why);
                });
    }

    private static void credential(
            Cluster cluster, ObjectNode object, JsonNode spec, Item template) {
        var wanted = spec.path("credential").asText();
        var credential = cluster.get(Kcm.CREDENTIALS, namespace(object), wanted).orElseThrow(
                () -> denied(object, "Credential.%s \"%s\" not found".formatted(
                        Kcm.GROUP, wanted)));
        if (!credential.tree().path("status").path("ready").asBoolean()) {
            throw denied(object, "credential is not Ready");
        }
        Providers.mistake(cluster, template, Regions.of(credential))
                .or(() -> Providers.identityMistake(template, credential))
                .ifPresent(why -> {
                    throw denied(object, why);
                });
    }

    private static void upgrade(Item old, ObjectNode object, String template) {
        var available = old.tree().path("status").path("availableUpgrades");
        boolean allowed = StreamSupport.stream(available.spliterator(), false)
                .anyMatch(name -> name.asText().equals(template));
        if (!allowed) {
            throw denied(object, ("cluster upgrade is forbidden: ClusterTemplate %s is not among"
                    + " the available upgrades %s").formatted(template, available));
        }
    }

    private static String namespace(ObjectNode object) {
        return object.path("metadata").path("namespace").asText();
    }

    private static Refusal denied(ObjectNode object, String why) {
        return Denial.of("clusterdeployment", "the ClusterDeployment %s is invalid: %s".formatted(
                object.path("metadata").path("name").asText(), why));
    }
}
