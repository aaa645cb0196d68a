package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes the status of one ClusterDeployment: its conditions, and `Ready` as their sum.
record DeploymentConditions(Cluster cluster, Item item, Clock clock) {

    /// Says whether what it refers to can be used.
    ///
    /// @return whether to go on
    boolean references(Optional<Item> template) {
        var spec = item.tree().path("spec");
        boolean valid = template.isPresent()
                && template.get().tree().path("status").path("valid").asBoolean();
        var credential = cluster.get(Kcm.CREDENTIALS, item.namespace(),
                spec.path("credential").asText());
        boolean usable = credential.isPresent()
                && credential.get().tree().path("status").path("ready").asBoolean();
        boolean dryRun = spec.path("dryRun").asBoolean();
        boolean isNew = item.tree().path("status").path("observedGeneration").asLong()
                != generation();
        write(status -> {
            set(status, "TemplateReady", valid, valid ? "Template is valid"
                    : "ClusterTemplate %s is not found or not valid".formatted(
                            spec.path("template").asText()));
            set(status, "CredentialReady", usable, usable ? "Credential is Ready"
                    : "Credential %s is not found or not ready".formatted(
                            spec.path("credential").asText()));
            named(status);
            services(status, template.filter(_ -> valid));
            credential.map(Regions::of).filter(region -> !region.isEmpty())
                    .ifPresent(region -> status.put("region", region));
            if (dryRun && valid) {
                chart(status, template.get());
            }
            if (!valid || !usable || dryRun) {
                ReadySum.write(status, item, clock);
            } else if (isNew) {
                // No longer ready by what was seen of an earlier generation.
                onItsWay(status);
            }
        });
        return valid && usable;
    }

    private void named(ObjectNode status) {
        DeploymentRules.NAMED.forEach((field, type) -> {
            var name = item.tree().path("spec").path(field).asText();
            var condition = switch (field) {
                case "clusterAuth" -> "ClusterAuthenticationReady";
                case "auditPolicy" -> "ClusterAuditPolicyReady";
                default -> "DataSourceReady";
            };
            if (!name.isEmpty()) {
                boolean there = cluster.get(type, item.namespace(), name).isPresent();
                set(status, condition, there,
                        there ? "Object is ready" : type + " " + name + " not found");
            } else {
                Conditions.drop(status, condition);
            }
        });
    }

    private void services(ObjectNode status, Optional<Item> template) {
        var wanted = Services.wanted(item);
        var version = template.map(one -> one.tree().path("status").path("k8sVersion").asText())
                .orElse("");
        var mistake = ServiceRules.mistake(cluster, item.namespace(), wanted, version);
        set(status, "ServicesReferencesValidation", mistake.isEmpty(),
                mistake.orElse("Services' references are valid"));
        var order = ServiceOrder.mistake(wanted);
        set(status, "ServicesDependencyValidation", order.isEmpty(),
                order.orElse("Services' dependencies are valid"));
        var paths = UpgradePaths.ofServices(cluster, item.namespace(), wanted);
        if (paths.isEmpty()) {
            status.remove("servicesUpgradePaths");
        } else {
            status.set("servicesUpgradePaths", paths);
        }
    }

    /// Whether the values are such as the chart takes.
    boolean chart(Item template) {
        var mistake = Charts.mistake(template, item.tree().path("spec").path("config"));
        if (mistake.isPresent()) {
            failed(Step.CHART, mistake.get());
        }
        return mistake.isEmpty();
    }

    private void chart(ObjectNode status, Item template) {
        var mistake = Charts.mistake(template, item.tree().path("spec").path("config"));
        set(status, Step.CHART.condition, mistake.isEmpty(),
                mistake.orElse("Helm chart is valid"));
    }

    /// A spec that was not seen before: from now on the object is on its way.
    void begin() {
        write(this::onItsWay);
    }

    private void onItsWay(ObjectNode status) {
        pending(status, Step.RELEASE, "Unknown", "Helm release is being reconciled");
        pending(status, Step.WORKERS, "False", "InfrastructureReady: provisioning");
        ReadySum.write(status, item, clock);
    }

    void done(Step step) {
        write(status -> {
            set(status, step.condition, true, switch (step) {
                case CHART -> "Helm chart is valid";
                case RELEASE -> "Helm install succeeded";
                case WORKERS -> "All nodes are ready";
                case SERVICES, DONE -> throw new IllegalArgumentException("see services()");
            });
            if (step == Step.RELEASE) {
                pending(status, Step.WORKERS, "False", "WorkersAvailable: waiting for workers");
            }
            ReadySum.write(status, item, clock);
        });
    }

    /// The release is made anew, since the template's chart is another one.
    void renamed(String from, String to) {
        write(status -> set(status, "HelmChartNameChanged", true, "the chart's name changed from "
                + from + " to " + to + ": the release is installed anew"));
    }

    /// A step that ended badly; it is tried again when the object changes.
    void failed(Step step, String message) {
        write(status -> {
            set(status, step.condition, false, message);
            ReadySum.write(status, item, clock);
        });
    }

    /// What has taken too long counts as failed from now on.
    void overdue() {
        write(status -> ReadySum.write(status, item, clock));
    }

    /// It was ready, and cannot be reached at present.
    void unreachable() {
        write(status -> {
            set(status, "SveltosClusterReady", false, "the cluster does not answer");
            ReadySum.write(status, item, clock);
        });
    }

    /// The cluster is there; its services may be, or come.
    ///
    /// @param adopted whether others made it
    void running(Item template, List<ObjectNode> states, boolean adopted) {
        write(status -> {
            set(status, Step.WORKERS.condition, true, adopted
                    ? "The cluster is adopted: there is no CAPI Cluster" : "All nodes are ready");
            if (adopted) {
                Conditions.set(status, Step.WORKERS.condition, "True", "CAPIClusterMissing",
                        "The cluster is adopted: there is no CAPI Cluster", clock);
            }
            set(status, "SveltosClusterReady", true, "SveltosCluster is ready");
            long deployed = Services.deployed(states);
            var sum = deployed + "/" + states.size();
            if (deployed == states.size()) {
                set(status, Step.SERVICES.condition, true, sum);
            } else {
                pending(status, Step.SERVICES, "False", sum);
            }
            status.set("services",
                    Services.stamped(states, status.path("services"), Conditions.now(clock)));
            var declared = template.tree().path("status").path("k8sVersion").asText();
            if (declared.isEmpty()) {
                status.remove("k8sVersion");
            } else {
                status.put("k8sVersion", declared);
            }
            status.set("availableUpgrades", UpgradePaths.ofCluster(cluster, template));
            ReadySum.write(status, item, clock);
        });
    }

    void deleting(String reason, String message) {
        write(status -> {
            Conditions.set(status, "Deleting", true, reason, message, clock);
            ReadySum.write(status, item, clock);
        });
    }

    /// What its cluster left at the provider.
    void cleaned(boolean done) {
        write(status -> set(status, "CloudResourcesDeletedCondition", done, done
                ? "Load balancers and volumes are deleted" : "Load balancers and volumes go"));
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
    private void pending(ObjectNode status, Step step, String value, String message) {
        Conditions.set(status, step.condition, value, "Progressing", message, clock)
                .put("observedGeneration", generation());
    }

    private long generation() {
        return item.tree().path("metadata").path("generation").asLong();
    }
}
