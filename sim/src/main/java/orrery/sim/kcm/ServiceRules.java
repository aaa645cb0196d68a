package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import orrery.sim.store.Cluster;

/// Whether the services that somebody asks for can be had.
final class ServiceRules {
    private ServiceRules() {}

    /// The first mistake in what they refer to.
    ///
    /// @param namespace where their templates and chains are
    /// @param version   the cluster's Kubernetes; empty when nobody says, and nothing is compared
    static Optional<String> mistake(
            Cluster cluster, String namespace, JsonNode services, String version) {
        for (var service : services) {
            var mistake = template(cluster, namespace, service, version)
                    .or(() -> chain(cluster, namespace, service));
            if (mistake.isPresent()) {
                return mistake;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> template(
            Cluster cluster, String namespace, JsonNode service, String version) {
        var used = service.path("template").asText();
        var found = cluster.get(Kcm.SERVICES, namespace, used);
        if (found.isEmpty()) {
            return Optional.of("ServiceTemplate.%s \"%s\" not found".formatted(Kcm.GROUP, used));
        }
        var status = found.get().tree().path("status");
        if (!status.path("valid").asBoolean()) {
            return Optional.of("the template ServiceTemplate %s is not valid: %s".formatted(
                    used, status.path("validationError").asText("not checked")));
        }
        var constraint = status.path("k8sConstraint").asText();
        boolean fits = version.isEmpty() || constraint.isEmpty() || VersionConstraint
                .parse(constraint).map(one -> one.allows(version)).orElse(true);
        return fits ? Optional.empty() : Optional.of(("k8s version %s of the cluster does not"
                + " satisfy k8s constraint %s of the ServiceTemplate %s").formatted(
                        version, constraint, used));
    }

    private static Optional<String> chain(
            Cluster cluster, String namespace, JsonNode service) {
        var name = service.path("templateChain").asText();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        var chain = cluster.get(Kcm.SERVICE_CHAINS, namespace, name);
        if (chain.isEmpty()) {
            return Optional.of("ServiceTemplateChain.%s \"%s\" not found".formatted(
                    Kcm.GROUP, name));
        }
        if (!chain.get().tree().path("status").path("valid").asBoolean()) {
            return Optional.of("the chain ServiceTemplateChain " + name + " is not valid");
        }
        var template = service.path("template").asText();
        for (var one : chain.get().tree().path("spec").path("supportedTemplates")) {
            if (one.path("name").asText().equals(template)) {
                return Optional.empty();
            }
        }
        return Optional.of("the ServiceTemplate %s is not in the ServiceTemplateChain %s"
                .formatted(template, name));
    }
}
