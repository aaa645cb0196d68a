package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.platform.stack.Plan;

/// A ClusterTemplate that a namespace is offered: a way to make clusters.
///
/// @param version of Kubernetes that it makes; empty when it does not say
/// @param config its default values, which tell what can be set
record Template(String name, String version, JsonNode config) {
    private static final List<String> MACHINE_KEYS =
            List.of("instanceType", "flavor", "vmSize", "machineType");

    Template {
        config = config == null ? NullNode.getInstance() : config;
    }

    /// The template to use: valid, of the version asked for, else the newest.
    ///
    /// @param version `v1.34.1`, or empty for the newest
    static Optional<Template> choose(List<? extends JsonNode> offered, String version) {
        return offered.stream()
                .filter(template -> template.at("/status/valid").asBoolean())
                .map(Template::of)
                .filter(template -> version.isEmpty() || KubernetesVersion.of(template.version())
                        .equals(KubernetesVersion.of(version)))
                .max(Comparator
                        .comparing((Template t) -> KubernetesVersion.of(t.version()))
                        .thenComparing(Template::name));
    }

    /// The one that a plan names, once it is valid.
    static Optional<Template> named(List<? extends JsonNode> offered, Plan plan) {
        return offered.stream()
                .filter(template -> template.at("/status/valid").asBoolean())
                .map(Template::of)
                .filter(template -> template.name().equals(plan.template()))
                .map(found -> found.version().isEmpty() && plan.kubernetesVersion() != null
                        ? new Template(found.name(), plan.kubernetesVersion(), found.config())
                        : found)
                .findFirst();
    }

    static Template of(JsonNode object) {
        var declared = object.at("/status/k8sVersion").asText("");
        return new Template(
                object.at("/metadata/name").asText(),
                declared.isEmpty() ? object.at("/spec/k8sVersion").asText("") : declared,
                object.at("/status/config"));
    }

    /// Hosted control planes have no nodes of their own to count. A template without defaults says
    /// nothing about that, and stock ones have.
    boolean hasControlPlane() {
        return config.isEmpty() || config.has("controlPlaneNumber");
    }

    String machineSection(Role role) {
        return switch (role) {
            case CONTROL_PLANE -> "controlPlane";
            case WORKER -> "worker";
        };
    }

    /// What this provider calls the size of a machine; empty when it cannot be chosen.
    Optional<String> machineKey(Role role) {
        var section = config.path(machineSection(role));
        return MACHINE_KEYS.stream().filter(section::has).findFirst();
    }
}
