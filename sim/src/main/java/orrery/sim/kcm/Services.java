package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import orrery.sim.operator.Manifests;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Puts the services of a ClusterDeployment on its cluster.
///
/// @param charts what a Helm chart of that name installs; any other chart installs nothing
record Services(Map<String, Manifests> charts) {
    static JsonNode wanted(Item deployment) {
        return deployment.tree().path("spec").path("serviceSpec").path("services");
    }

    /// @return whether all of them are there; else it is to be tried again
    boolean install(Cluster management, Item deployment, Cluster child) {
        boolean all = true;
        for (var service : wanted(deployment)) {
            var template = management.get(Kcm.SERVICES, deployment.namespace(),
                    service.path("template").asText());
            var chart = template.map(found -> found.tree().path("spec").path("helm")
                    .path("chartSpec").path("chart").asText()).orElse("");
            var manifests = charts.get(chart);
            if (manifests != null && !service.path("disable").asBoolean()) {
                all &= manifests.install(child, "helm");
            }
        }
        return all;
    }
}
