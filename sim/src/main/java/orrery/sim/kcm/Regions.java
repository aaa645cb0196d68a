package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// KCM's own Regions: clusters that carry other clusters' control.
final class Regions {
    private Regions() {}

    /// The Region that a credential's clusters are made in; empty for the management cluster.
    static String of(Item credential) {
        return credential.tree().path("spec").path("region").asText();
    }

    /// The cluster that a Region is, when it exists and works.
    static Optional<Cluster> cluster(Cluster management, ChildClusters children, Item region) {
        var spec = region.tree().path("spec");
        var deployed = spec.path("clusterDeployment");
        if (deployed.isObject()) {
            return management.get(Kcm.DEPLOYMENTS, deployed.path("namespace").asText(),
                            deployed.path("name").asText())
                    .filter(one -> Conditions.isTrue(one.tree(), "SveltosClusterReady"))
                    .flatMap(children::find);
        }
        var reference = spec.path("kubeConfig");
        return management.get("secrets", Kcm.SYSTEM, reference.path("name").asText())
                .flatMap(secret -> children.named(
                        kubeconfig(secret, reference.path("key").asText("value"))));
    }

    /// The cluster whose namespaces hold the Secrets of a credential's clusters.
    static Optional<Cluster> home(
            Cluster management, ChildClusters children, Item deployment) {
        var credential = management.get(Kcm.CREDENTIALS, deployment.namespace(),
                deployment.tree().path("spec").path("credential").asText());
        var region = credential.map(Regions::of).orElse("");
        return region.isEmpty() ? Optional.of(management)
                : management.get(Kcm.REGIONS, "", region)
                        .flatMap(one -> cluster(management, children, one));
    }

    /// A kubeconfig out of a Secret's key.
    static String kubeconfig(Item secret, String key) {
        JsonNode value = secret.tree().path("data").path(key);
        return new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8);
    }
}
