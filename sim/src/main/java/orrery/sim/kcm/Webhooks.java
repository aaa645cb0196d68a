package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.StreamSupport;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// KCM's admission: what it fills in and what it denies, with its traps. A ClusterDeployment
/// without `config` becomes a dry run.
record Webhooks(String management) implements Gate {
    @Override
    public void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (!type.key().equals(Kcm.DEPLOYMENTS) || !cluster.name().equals(management)
                || object.path("metadata").has("deletionTimestamp")) {
            return;
        }
        var spec = Json.child(object, "spec");
        if (old == null) {
            if (!spec.has("config")) {
                spec.putObject("config");
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
        var namespace = object.path("metadata").path("namespace").asText();
        var name = spec.path("template").asText();
        var template = cluster.get(Kcm.TEMPLATES, namespace, name).orElseThrow(() -> denied(object,
                "ClusterTemplate.%s \"%s\" not found".formatted(Kcm.GROUP, name)));
        if (!template.tree().path("status").path("valid").asBoolean()) {
            throw denied(object, "the template is not valid: "
                    + template.tree().path("status").path("validationError").asText("not checked"));
        }
        if (spec.path("dryRun").asBoolean()) {
            return;
        }
        var wanted = spec.path("credential").asText();
        var credential = cluster.get(Kcm.CREDENTIALS, namespace, wanted).orElseThrow(() -> denied(
                object, "Credential.%s \"%s\" not found".formatted(Kcm.GROUP, wanted)));
        if (!credential.tree().path("status").path("ready").asBoolean()) {
            throw denied(object, "credential is not Ready");
        }
        var services = spec.path("serviceSpec").path("services");
        ServiceOrder.mistake(services).ifPresent(why -> {
            throw denied(object, why);
        });
        for (var service : services) {
            var used = service.path("template").asText();
            var found = cluster.get(Kcm.SERVICES, namespace, used).orElseThrow(() -> denied(
                    object, "ServiceTemplate.%s \"%s\" not found".formatted(Kcm.GROUP, used)));
            if (!found.tree().path("status").path("valid").asBoolean()) {
                throw denied(object, "the template ServiceTemplate %s is not valid".formatted(
                        used));
            }
        }
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

    private static Refusal denied(ObjectNode object, String why) {
        return Refusal.plain(403, "Forbidden", ("admission webhook"
                + " \"validation.clusterdeployment.%s\" denied the request: the ClusterDeployment"
                + " %s is invalid: %s").formatted(Kcm.GROUP,
                        object.path("metadata").path("name").asText(), why));
    }
}
