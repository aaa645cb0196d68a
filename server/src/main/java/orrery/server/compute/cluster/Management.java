package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// What is read in the management clusters of regions.
@Singleton
final class Management {
    private final Regions regions;
    private final KubeClients clients;

    Management(Regions regions, KubeClients clients) {
        this.regions = regions;
        this.clients = clients;
    }

    KubeView view(Grant grant, String region) {
        return view(regions.target(grant, region));
    }

    KubeView view(KubeTarget target) {
        return clients.view(target);
    }

    /// What was seen of a cluster, with the versions that its upgrades lead to.
    Observation resolved(Grant grant, Cluster cluster, Observation seen) {
        if (seen.availableUpgrades().isEmpty()) {
            return seen;
        }
        var versions = new HashMap<String, String>();
        templates(grant, cluster).stream().map(Template::of)
                .forEach(template -> versions.put(template.name(), template.version()));
        return seen.with(seen.availableUpgrades().stream()
                .map(name -> new Upgrade(versions.getOrDefault(name, ""), name)).toList());
    }

    /// What the cluster's deployment says; empty when there is none.
    Optional<ObjectNode> deployment(Grant grant, Cluster cluster) {
        return view(grant, cluster.region()).find(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ProjectNamespace.name(cluster.projectId()),
                Cluster.objectName(cluster.id()));
    }

    /// The templates that a project is offered in a region.
    List<ObjectNode> templates(Grant grant, Cluster cluster) {
        return list(view(grant, cluster.region()), ClusterDeployments.CLUSTER_TEMPLATE, cluster);
    }

    /// The template that the cluster was made from.
    Template template(Grant grant, Cluster cluster) {
        var name = cluster.template();
        if (name == null) {
            throw new IllegalStateException(cluster + " was made from no template");
        }
        return view(grant, cluster.region())
                .find(ClusterDeployments.CLUSTER_TEMPLATE,
                        ProjectNamespace.name(cluster.projectId()), name)
                .map(Template::of)
                .orElseGet(() -> new Template(name, "", null));
    }

    /// Name of the credential to make clusters with: the one that was asked for, else the first
    /// that is ready, by name. Empty when the project is offered none, as where clusters need none.
    String credential(Grant grant, Cluster cluster) {
        var asked = cluster.setup().credential();
        if (asked != null) {
            return asked;
        }
        return list(view(grant, cluster.region()), ClusterDeployments.CREDENTIAL, cluster).stream()
                .filter(credential -> credential.at("/status/ready").asBoolean())
                .map(credential -> credential.at("/metadata/name").asText())
                .min(Comparator.naturalOrder())
                .orElse("");
    }

    /// The kubeconfig of the cluster's administrator, once it is there.
    Optional<JsonNode> kubeconfig(Grant grant, Cluster cluster) {
        return view(grant, cluster.region())
                .find(Kind.SECRET, ProjectNamespace.name(cluster.projectId()),
                        Cluster.objectName(cluster.id()) + "-kubeconfig")
                .map(secret -> secret.at("/data/value"))
                .filter(JsonNode::isTextual);
    }

    private static List<ObjectNode> list(KubeView view, Kind kind, Cluster cluster) {
        try {
            return view.list(kind, ProjectNamespace.name(cluster.projectId()), null);
        } catch (KubeFailure failure) {
            if (failure.status() == 404) {
                return List.of();
            }
            throw failure;
        }
    }
}
