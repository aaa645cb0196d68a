package orrery.kit.kube;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A kind of Kubernetes object and where its objects are found.
///
/// @param group API group; empty for the core group
/// @param version `v1`, `v1beta1`, …
/// @param plural the name in paths: `deployments`
public record Kind(String group, String version, String kind, String plural, boolean namespaced) {
    public static final Kind NAMESPACE = core("Namespace", "namespaces", false);
    public static final Kind NODE = core("Node", "nodes", false);
    public static final Kind POD = core("Pod", "pods", true);
    public static final Kind SERVICE = core("Service", "services", true);
    public static final Kind SECRET = core("Secret", "secrets", true);
    public static final Kind CONFIG_MAP = core("ConfigMap", "configmaps", true);
    public static final Kind EVENT = core("Event", "events", true);
    public static final Kind SERVICE_ACCOUNT = core("ServiceAccount", "serviceaccounts", true);
    public static final Kind PERSISTENT_VOLUME_CLAIM =
            core("PersistentVolumeClaim", "persistentvolumeclaims", true);
    public static final Kind DEPLOYMENT =
            new Kind("apps", "v1", "Deployment", "deployments", true);
    public static final Kind STATEFUL_SET =
            new Kind("apps", "v1", "StatefulSet", "statefulsets", true);
    public static final Kind REPLICA_SET =
            new Kind("apps", "v1", "ReplicaSet", "replicasets", true);
    public static final Kind JOB = new Kind("batch", "v1", "Job", "jobs", true);
    public static final Kind INGRESS =
            new Kind("networking.k8s.io", "v1", "Ingress", "ingresses", true);
    public static final Kind NETWORK_POLICY =
            new Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true);
    public static final Kind STORAGE_CLASS =
            new Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", false);
    public static final Kind ROLE_BINDING =
            new Kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true);
    public static final Kind CLUSTER_ROLE_BINDING = new Kind(
            "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false);
    public static final Kind CUSTOM_RESOURCE_DEFINITION = new Kind(
            "apiextensions.k8s.io", "v1", "CustomResourceDefinition",
            "customresourcedefinitions", false);

    private static Kind core(String kind, String plural, boolean namespaced) {
        return new Kind("", "v1", kind, plural, namespaced);
    }

    /// As an object says it: `apps/v1`, or `v1` in the core group.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /// Path of the collection; with a `null` namespace, of all namespaces' objects.
    String path(@Nullable String namespace) {
        var root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
        return namespaced && namespace != null
                ? root + "/namespaces/" + escape(namespace) + "/" + plural
                : root + "/" + plural;
    }

    /// Path of one object.
    String path(@Nullable String namespace, String name) {
        if (namespaced && namespace == null) {
            throw new IllegalArgumentException(kind + " " + name + " needs a namespace");
        }
        return path(namespace) + "/" + escape(name);
    }

    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
