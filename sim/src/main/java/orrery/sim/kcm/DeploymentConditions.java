package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes the status of one ClusterDeployment: its conditions, and `Ready` as their sum.
record DeploymentConditions(Cluster cluster, Item item, Clock clock) {

    /// Says whether the template and the credential can be used.
    boolean references(Optional<Item> template) {
        var spec = item.tree().path("spec");
        boolean valid = template.isPresent()
                && template.get().tree().path("status").path("valid").asBoolean();
        var credential = cluster.get(Kcm.CREDENTIALS, item.namespace(),
                spec.path("credential").asText());
        boolean usable = credential.isPresent()
                && credential.get().tree().path("status").path("ready").asBoolean();
        boolean dryRun = spec.path("dryRun").asBoolean();
        write(status -> {
            set(status, "TemplateReady", valid, valid ? "Template is valid"
                    : "ClusterTemplate %s is not found or not valid".formatted(
                            spec.path("template").asText()));
            set(status, "CredentialReady", usable, usable ? "Credential is Ready"
                    : "Credential %s is not found or not ready".formatted(
                            spec.path("credential").asText()));
            if (dryRun && valid) {
                set(status, "HelmChartReady", true, "Helm chart is valid");
            }
            if (!valid || !usable) {
                aggregate(status, "False", "Failed", valid ? "Credential is not ready"
                        : "ClusterTemplate is not valid");
            }
        });
        return valid && usable;
    }

    /// A spec that was not seen before: from now on the object is on its way.
    void begin() {
        write(status -> {
            pending(status, "HelmReleaseReady", "Unknown", "Helm release is being reconciled");
            pending(status, "CAPIClusterSummary", "False", "InfrastructureReady: provisioning");
            aggregate(status, "Unknown", "Progressing", "Helm release is being reconciled");
        });
    }

    void done(Step step) {
        write(status -> {
            set(status, step.condition, true, switch (step) {
                case CHART -> "Helm chart is valid";
                case RELEASE -> "Helm install succeeded";
                case WORKERS -> "All nodes are ready";
                case SERVICES, DONE -> throw new IllegalArgumentException("see ready()");
            });
            if (step == Step.CHART) {
                aggregate(status, "Unknown", "Progressing", "Helm release is being reconciled");
            }
            if (step == Step.RELEASE) {
                pending(status, "CAPIClusterSummary", "False",
                        "WorkersAvailable: waiting for workers");
                aggregate(status, "False", "Progressing",
                        "WorkersAvailable: waiting for workers");
            }
            if (step == Step.WORKERS) {
                set(status, "SveltosClusterReady", true, "SveltosCluster is ready");
                int wanted = Services.wanted(item).size();
                pending(status, Step.SERVICES.condition, "False", "0/" + wanted);
                services(status, "Provisioning");
                aggregate(status, "False", "Progressing", "ServicesInReadyState: 0/" + wanted);
            }
        });
    }

    /// A step that ended badly; it is tried again when the object changes.
    void failed(Step step, String message) {
        write(status -> {
            set(status, step.condition, false, message);
            aggregate(status, "False", "Failed", message);
        });
    }

    /// It was ready, and cannot be reached at present.
    void unreachable() {
        write(status -> {
            set(status, "SveltosClusterReady", false, "the cluster does not answer");
            aggregate(status, "False", "Failed", "SveltosClusterReady: the cluster does not"
                    + " answer");
        });
    }

    void ready(Item template) {
        write(status -> {
            set(status, Step.WORKERS.condition, true, "All nodes are ready");
            set(status, "SveltosClusterReady", true, "SveltosCluster is ready");
            int services = Services.wanted(item).size();
            set(status, Step.SERVICES.condition, true, services + "/" + services);
            services(status, "Deployed");
            var declared = template.tree().path("status").path("k8sVersion").asText();
            if (declared.isEmpty()) {
                status.remove("k8sVersion");
            } else {
                status.put("k8sVersion", declared);
            }
            status.set("availableUpgrades", available(template));
            aggregate(status, "True", "Succeeded", "Object is ready");
        });
    }

    /// Follows the chains, which may change at any time.
    void upgrades(Item template) {
        write(status -> status.set("availableUpgrades", available(template)));
    }

    void deleting(String reason, String message) {
        write(status -> {
            Conditions.set(status, "Deleting", true, reason, message, clock);
            aggregate(status, "False", "Deleting", message);
        });
    }

    private void services(ObjectNode status, String state) {
        var all = status.putArray("services");
        for (var service : Services.wanted(item)) {
            all.addObject().put("name", service.path("name").asText())
                    .put("namespace", service.path("namespace").asText("default"))
                    .put("template", service.path("template").asText())
                    .put("state", state);
        }
    }

    private ArrayNode available(Item template) {
        var names = new TreeSet<String>();
        for (var chain : cluster.list(Kcm.CHAINS, item.namespace())) {
            for (var one : chain.tree().path("spec").path("supportedTemplates")) {
                if (one.path("name").asText().equals(template.name())) {
                    one.path("availableUpgrades").forEach(u -> names.add(u.path("name").asText()));
                }
            }
        }
        var list = Json.mapper().createArrayNode();
        names.forEach(list::add);
        return list;
    }

    private void write(Consumer<ObjectNode> edit) {
        cluster.change(item.type(), item.namespace(), item.name(),
                Write.by(Kcm.MANAGER).onStatus(), object -> {
                    var status = Json.child(object, "status");
                    status.put("observedGeneration", generation());
                    edit.accept(status);
                    return object;
                });
    }

    private void set(ObjectNode status, String type, boolean good, String message) {
        Conditions.set(status, type, good, good ? "Succeeded" : "Failed", message, clock)
                .put("observedGeneration", generation());
    }

    /// Not yet reached for this generation; it keeps saying so until it is.
    private void pending(ObjectNode status, String type, String value, String message) {
        Conditions.set(status, type, value, "Progressing", message, clock)
                .put("observedGeneration", generation());
    }

    private void aggregate(ObjectNode status, String value, String reason, String message) {
        Conditions.set(status, "Ready", value, reason, message, clock)
                .put("observedGeneration", generation());
    }

    private long generation() {
        return item.tree().path("metadata").path("generation").asLong();
    }
}
