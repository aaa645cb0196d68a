package orrery.server.studio.diagram;

import java.util.Arrays;
import java.util.Optional;

/// The kinds of node, in the order in which their objects are created when no edge says otherwise:
/// what others read or mount first, what needs a running workload last.
public enum Kind {
    CONFIGMAP("configmap", "ConfigMap", "configmaps"),
    SECRET("secret", "Secret", "secrets"),
    PERSISTENTVOLUMECLAIM("persistentvolumeclaim", "PersistentVolumeClaim",
            "persistentvolumeclaims"),
    NETWORKPOLICY("networkpolicy", "NetworkPolicy", "networkpolicies"),
    SERVICE("service", "Service", "services"),
    STATEFULSET("statefulset", "StatefulSet", "statefulsets"),
    DEPLOYMENT("deployment", "Deployment", "deployments"),
    DAEMONSET("daemonset", "DaemonSet", "daemonsets"),
    JOB("job", "Job", "jobs"),
    CRONJOB("cronjob", "CronJob", "cronjobs"),
    INGRESS("ingress", "Ingress", "ingresses"),
    HPA("hpa", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    PLUGIN("plugin", "", "");

    private final String type;
    private final String kubernetes;
    private final String plural;

    Kind(String type, String kubernetes, String plural) {
        this.type = type;
        this.kubernetes = kubernetes;
        this.plural = plural;
    }

    /// The word on the wire: `deployment`.
    public String type() {
        return type;
    }

    /// Kubernetes' own word: `Deployment`. Empty for plugins, whose nodes name it.
    public String kubernetes() {
        return kubernetes;
    }

    /// The resource in Kubernetes' paths: `deployments`. Empty for plugins.
    public String plural() {
        return plural;
    }

    /// Whether objects of this kind run containers.
    public boolean isWorkload() {
        return switch (this) {
            case STATEFULSET, DEPLOYMENT, DAEMONSET, JOB, CRONJOB -> true;
            case CONFIGMAP, SECRET, PERSISTENTVOLUMECLAIM, NETWORKPOLICY, SERVICE, INGRESS, HPA,
                    PLUGIN -> false;
        };
    }

    /// Whether a Service can lead to its pods for long: all workloads but jobs.
    public boolean isServer() {
        return this == STATEFULSET || this == DEPLOYMENT || this == DAEMONSET;
    }

    /// The kind of a node. A type of its own that names a custom resource is a plugin's.
    public static Optional<Kind> of(Node node) {
        Optional<Kind> named = Arrays.stream(values())
                .filter(k -> k.type.equals(node.type())).findFirst();
        boolean custom = node.data().hasNonNull("crdGroup");
        return named.isEmpty() && custom ? Optional.of(PLUGIN) : named;
    }
}
