package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.kit.kube.Kind;
import orrery.server.compute.cluster.NodePool.Role;

/// How a cluster of ours looks in the management cluster: a ClusterDeployment of KCM in the
/// project's namespace (group `k0rdent.mirantis.com`, version `v1beta1`).
final class ClusterDeployments {
    static final Kind CLUSTER_DEPLOYMENT = kcm("ClusterDeployment", "clusterdeployments");
    static final Kind CLUSTER_TEMPLATE = kcm("ClusterTemplate", "clustertemplates");
    static final Kind CREDENTIAL = kcm("Credential", "credentials");

    /// Labels that find our objects again.
    static final String CLUSTER = "orrery.dev/cluster";
    static final String PROJECT = "orrery.dev/project";
    static final String ORGANIZATION = "orrery.dev/organization";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ClusterDeployments() {}

    private static Kind kcm(String kind, String plural) {
        return new Kind("k0rdent.mirantis.com", "v1beta1", kind, plural, true);
    }

    /// Name of the namespace that a project has in every management cluster.
    static String namespace(String projectId) {
        return "prj-" + Digest.of(projectId);
    }

    /// The project's namespace. Its labels are those that AccessManagement selects to offer
    /// templates and credentials in it.
    static ObjectNode namespaceOf(Cluster cluster) {
        var namespace = namespace(cluster.projectId());
        var object = NODES.objectNode().put("apiVersion", "v1").put("kind", "Namespace");
        object.putObject("metadata").put("name", namespace).putObject("labels")
                .put("app.k0rdent.ai/managed", "true")
                .put("app.k0rdent.ai/project-namespace", "true")
                .put("k0rdent.mirantis.com/project", namespace)
                .put(PROJECT, cluster.projectId())
                .put(ORGANIZATION, cluster.organizationId());
        return object;
    }

    /// The cluster as it shall be.
    ///
    /// `config` and `dryRun` are always said: KCM takes a deployment without `config` for a dry
    /// run, and nothing would be made.
    static ObjectNode of(Cluster cluster, Template template, String credential, String run) {
        var object = NODES.objectNode()
                .put("apiVersion", CLUSTER_DEPLOYMENT.apiVersion())
                .put("kind", CLUSTER_DEPLOYMENT.kind());
        var metadata = object.putObject("metadata")
                .put("name", Cluster.objectName(cluster.id()))
                .put("namespace", namespace(cluster.projectId()));
        var labels = metadata.putObject("labels");
        cluster.labels().forEach(labels::put);
        labels.put(CLUSTER, cluster.id())
                .put(PROJECT, cluster.projectId())
                .put(ORGANIZATION, cluster.organizationId())
                .put("k0rdent.mirantis.com/kof-tenant-id", cluster.organizationId());
        metadata.putObject("annotations")
                .put("orrery.dev/name", cluster.name())
                .put("orrery.dev/changed-by", run);
        var spec = object.putObject("spec")
                .put("template", template.name())
                .put("dryRun", false)
                .put("cleanupOnDeletion", true);
        if (!credential.isEmpty()) {
            spec.put("credential", credential);
        }
        spec.set("config", config(cluster, template));
        return object;
    }

    private static ObjectNode config(Cluster cluster, Template template) {
        var config = NODES.objectNode()
                .put("workersNumber", cluster.nodes(Role.WORKER));
        if (template.hasControlPlane()) {
            config.put("controlPlaneNumber", cluster.nodes(Role.CONTROL_PLANE));
        }
        var labels = config.putObject("clusterLabels");
        cluster.labels().forEach(labels::put);
        labels.put(CLUSTER, cluster.id());
        for (var pool : cluster.nodePools()) {
            if (pool.instanceType() != null) {
                template.machineKey(pool.role()).ifPresent(key -> config
                        .withObjectProperty(template.machineSection(pool.role()))
                        .put(key, pool.instanceType()));
            }
        }
        return config;
    }
}
