package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import orrery.sim.quota.LimitRanges;
import orrery.sim.quota.Quotas;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.ResourceType;

/// What the built-in types do that no schema says: defaults that depend on other fields, and
/// checks across fields and against the object before.
public final class Kinds {
    /// The built-in types that count the versions of their spec.
    private static final Set<String> COUNTED = Set.of("deployments.apps", "replicasets.apps",
            "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch",
            "ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io",
            "poddisruptionbudgets.policy", "replicationcontrollers",
            "customresourcedefinitions.apiextensions.k8s.io");

    private Kinds() {}

    /// Whether `metadata.generation` is kept for the type.
    public static boolean counted(ResourceType type) {
        return type.custom() || COUNTED.contains(type.key());
    }

    /// Fills in what was left out; called after the plain defaults, on every write.
    public static void defaults(ResourceType type, ObjectNode object) {
        switch (type.key()) {
            case "pods" -> PodRules.defaults(object.path("spec"));
            case "replicasets.apps", "statefulsets.apps", "daemonsets.apps",
                    "replicationcontrollers" ->
                    PodRules.defaults(object.path("spec").path("template").path("spec"));
            case "deployments.apps" ->
                    WorkloadRules.deploymentDefaults(Json.child(object, "spec"));
            case "jobs.batch" -> WorkloadRules.jobDefaults(object, "");
            case "cronjobs.batch" -> PodRules.defaults(
                    object.at("/spec/jobTemplate/spec/template/spec"));
            case "services" -> NetworkRules.serviceDefaults(Json.child(object, "spec"));
            case "horizontalpodautoscalers.autoscaling" ->
                    ScalerRules.defaults(Json.child(object, "spec"));
            case "secrets" -> StoredRules.secretDefaults(object);
            case "namespaces" -> StoredRules.namespaceDefaults(object);
            case LimitRanges.TYPE -> LimitRanges.defaults(object);
            case "rolebindings.rbac.authorization.k8s.io",
                    "clusterrolebindings.rbac.authorization.k8s.io" ->
                    StoredRules.bindingDefaults(object);
            default -> { }
        }
    }

    /// What a new object gets beside its defaults; its uid is set already.
    public static void admit(ResourceType type, ObjectNode object) {
        switch (type.key()) {
            case "pods" -> PodRules.admit(object);
            case "jobs.batch" -> WorkloadRules.jobDefaults(
                    object, object.path("metadata").path("uid").asText());
            case "namespaces" -> {
                Json.child(object, "spec").putArray("finalizers").add("kubernetes");
                object.putObject("status").put("phase", "Active");
            }
            case "persistentvolumeclaims", "persistentvolumes" ->
                    object.putObject("status").put("phase", "Pending");
            case "services" -> object.putObject("status").putObject("loadBalancer");
            case "deployments.apps", "statefulsets.apps", "replicasets.apps" ->
                    object.putObject("status").put("replicas", 0);
            default -> { }
        }
    }

    /// All that is wrong with an object.
    ///
    /// @param old the object before; null for a new one
    public static List<Cause> check(ResourceType type, JsonNode object, JsonNode old) {
        Mistakes mistakes = new Mistakes();
        Names.check(type, object.path("metadata"), mistakes);
        switch (type.key()) {
            case "pods" -> pod(object, old, mistakes);
            case "deployments.apps" -> WorkloadRules.deployment(object, old, mistakes);
            case "replicasets.apps" -> WorkloadRules.replicaSet(object, old, mistakes);
            case "daemonsets.apps" -> WorkloadRules.daemonSet(object, old, mistakes);
            case "statefulsets.apps" -> WorkloadRules.statefulSet(object, old, mistakes);
            case "jobs.batch" -> WorkloadRules.job(object, old, mistakes);
            case "cronjobs.batch" -> WorkloadRules.cronJob(object, mistakes);
            case "services" -> NetworkRules.service(object, old, mistakes);
            case "ingresses.networking.k8s.io" -> IngressRules.check(object, old == null, mistakes);
            case "configmaps" -> StoredRules.configMap(object, old, mistakes);
            case "secrets" -> StoredRules.secret(object, old, mistakes);
            case "persistentvolumeclaims" -> StoredRules.claim(object, old, mistakes);
            case LimitRanges.TYPE -> QuotaRules.range(object, mistakes);
            case Quotas.TYPE -> QuotaRules.quota(object, mistakes);
            case "poddisruptionbudgets.policy" -> QuotaRules.budget(object, mistakes);
            case "horizontalpodautoscalers.autoscaling" -> ScalerRules.check(object, mistakes);
            case "leases.coordination.k8s.io" -> StoredRules.lease(object, mistakes);
            case "roles.rbac.authorization.k8s.io",
                    "clusterroles.rbac.authorization.k8s.io" ->
                    StoredRules.role(object, mistakes);
            case "rolebindings.rbac.authorization.k8s.io",
                    "clusterrolebindings.rbac.authorization.k8s.io" ->
                    StoredRules.binding(object, old, mistakes);
            default -> { }
        }
        return mistakes.causes();
    }

    /// Of a pod's spec little may change once it is there.
    private static void pod(JsonNode object, JsonNode old, Mistakes mistakes) {
        PodRules.check(object.path("spec"), "spec", mistakes);
        if (old != null && !Json.same(settled(old, old), settled(object, old))) {
            mistakes.forbidden("spec", "pod updates may not change fields other than"
                    + " `spec.containers[*].image`, `spec.initContainers[*].image`,"
                    + " `spec.activeDeadlineSeconds`, `spec.terminationGracePeriodSeconds`,"
                    + " `spec.tolerations`");
        }
    }

    private static JsonNode settled(JsonNode pod, JsonNode old) {
        ObjectNode spec = Json.copy(pod.path("spec"));
        spec.remove(List.of("activeDeadlineSeconds", "terminationGracePeriodSeconds",
                "tolerations", "ephemeralContainers", "schedulingGates"));
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode one : spec.path(list)) {
                if (one instanceof ObjectNode container) {
                    container.remove(List.of("image", "imagePullPolicy", "resources"));
                }
            }
        }
        if (old.path("spec").path("nodeName").asText().isEmpty()) {
            spec.remove("nodeName");
        }
        return spec;
    }
}
