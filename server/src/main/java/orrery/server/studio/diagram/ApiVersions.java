package orrery.server.studio.diagram;

/// The API versions of those kinds that clusters of different age serve differently. Whoever
/// applies manifests asks the cluster's discovery first.
public record ApiVersions(String cronJob, String autoscaler, String ingress) {
    /// Kubernetes 1.25 and newer.
    public static final ApiVersions CURRENT =
            new ApiVersions("batch/v1", "autoscaling/v2", "networking.k8s.io/v1");

    /// Kubernetes 1.19 to 1.20, before the first two left their beta.
    public static final ApiVersions V1_20 =
            new ApiVersions("batch/v1beta1", "autoscaling/v2beta2", "networking.k8s.io/v1");

    /// The `apiVersion` of a kind; plugins name their own.
    public String of(Kind kind) {
        return switch (kind) {
            case DEPLOYMENT, STATEFULSET, DAEMONSET -> "apps/v1";
            case CONFIGMAP, SECRET, PERSISTENTVOLUMECLAIM, SERVICE -> "v1";
            case JOB -> "batch/v1";
            case CRONJOB -> cronJob;
            case HPA -> autoscaler;
            case INGRESS -> ingress;
            case NETWORKPOLICY -> "networking.k8s.io/v1";
            case PLUGIN -> "";
        };
    }
}
