package orrery.server.compute.cluster;

/// A step that a cluster can take.
///
/// @param kubernetesVersion that it would have then; empty when the template does not say
/// @param template name of the ClusterTemplate that it would be made from
public record Upgrade(String kubernetesVersion, String template) {
    Template asTemplate() {
        return new Template(template, kubernetesVersion, null);
    }

    /// Whether it leads to a version, as anybody may write it.
    boolean isTo(String version) {
        return KubernetesVersion.isOne(kubernetesVersion) && KubernetesVersion.isOne(version)
                && KubernetesVersion.of(kubernetesVersion).equals(KubernetesVersion.of(version));
    }
}
