package orrery.kit.kube;

import java.util.Set;

/// A cluster as we connect to it.
///
/// @param key tells one connection from another, and changes with the credentials:
///     `cls_…#3`. It names the cluster in refusals, so it holds no secret
/// @param named hosts that the operator named, see [orrery.kit.net.Outbound]
public record KubeTarget(String key, Kubeconfig config, Set<String> named) {
    public KubeTarget {
        named = Set.copyOf(named);
    }

    @Override
    public String toString() {
        return key;
    }
}
