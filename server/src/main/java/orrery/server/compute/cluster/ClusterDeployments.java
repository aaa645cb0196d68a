package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.kit.kube.Kind;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.platform.stack.Plan;
import orrery.server.tenancy.region.ProjectNamespace;

/// How a cluster of ours looks in the management cluster: a ClusterDeployment of KCM in the
/// project's namespace (group `k0rdent.mirantis.com`, version `v1beta1`).
final class ClusterDeployments {
    static final Kind CLUSTER_DEPLOYMENT = kcm("ClusterDeployment", "clusterdeployments");
    static final Kind CLUSTER_TEMPLATE = kcm("ClusterTemplate", "clustertemplates");
    static final Kind SERVICE_TEMPLATE = kcm("ServiceTemplate", "servicetemplates");
    static final Kind CREDENTIAL = kcm("Credential", "credentials");

    /// The label that finds a cluster's deployment again.
    static final String CLUSTER = "orrery.dev/cluster";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ClusterDeployments() {}

    private static Kind kcm(String kind, String plural) {
        return new Kind("k0rdent.mirantis.com", "v1beta1", kind, plural, true);
    }

    /// The cluster as it shall be.
    ///
    /// `config` and `dryRun` are always said: KCM takes a deployment without `config` for a dry
    /// run, and nothing would be made.
    static ObjectNode of(Cluster cluster, Template template, String credential, String run) {
        return of(cluster, template, credential, run, false);
    }

    /// @param dryRun whether nothing is to be made of it
    static ObjectNode of(Cluster cluster, Template template, String credential, String run,
            boolean dryRun) {
        var object = NODES.objectNode()
                .put("apiVersion", CLUSTER_DEPLOYMENT.apiVersion())
                .put("kind", CLUSTER_DEPLOYMENT.kind());
        var metadata = object.putObject("metadata")
                .put("name", Cluster.objectName(cluster.id()))
                .put("namespace", ProjectNamespace.name(cluster.projectId()));
        var labels = metadata.putObject("labels");
        cluster.labels().forEach(labels::put);
        labels.put(CLUSTER, cluster.id())
                .put(ProjectNamespace.PROJECT, cluster.projectId())
                .put(ProjectNamespace.ORGANIZATION, cluster.organizationId())
                .put("k0rdent.mirantis.com/kof-tenant-id", cluster.organizationId());
        metadata.putObject("annotations")
                .put("orrery.dev/name", cluster.name())
                .put("orrery.dev/changed-by", run);
        var spec = object.putObject("spec")
                .put("template", template.name())
                .put("dryRun", dryRun)
                .put("cleanupOnDeletion", true);
        if (!credential.isEmpty()) {
            spec.put("credential", credential);
        }
        var plan = cluster.plan();
        spec.set("config", plan == null ? config(cluster, template) : config(cluster, plan));
        // Also where there are none: of a list that is applied no more API servers leave a null.
        var services = spec.putObject("serviceSpec").putArray("services");
        cluster.wantedServices().forEach(one -> services.add(service(one)));
        return object;
    }

    /// What its stack says stands where.
    static ObjectNode config(Cluster cluster, Plan plan) {
        var config = plan.values(cluster.nodePools().stream()
                .map(it -> new Plan.Choice(it.name(), it.nodeCount(), it.instanceType(),
                        it.network(), it.subnet()))
                .toList());
        labels(config, cluster);
        return config;
    }

    private static ObjectNode service(Service service) {
        var object = NODES.objectNode().put("name", service.name())
                .put("namespace", service.namespace()).put("template", service.template());
        return service.values() == null ? object : object.put("values", service.values());
    }

    private static void labels(ObjectNode config, Cluster cluster) {
        var labels = config.withObjectProperty("clusterLabels");
        cluster.labels().forEach(labels::put);
        labels.put(CLUSTER, cluster.id());
    }

    private static ObjectNode config(Cluster cluster, Template template) {
        var config = cluster.setup().values()
                .put("workersNumber", cluster.nodes(Role.WORKER));
        if (template.hasControlPlane()) {
            config.put("controlPlaneNumber", cluster.nodes(Role.CONTROL_PLANE));
        }
        labels(config, cluster);
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
