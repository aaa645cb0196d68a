package orrery.cli.demo;

import java.util.List;

/// A look at a cluster by a kubeconfig.
sealed interface Kubernetes permits Kubectl, DirectKubernetes {
    /// Lists objects of all namespaces.
    ///
    /// @param kinds plural names: `nodes`, `deployments`
    /// @return `kind/name` or `kind/namespace/name`
    /// @throws orrery.cli.Refused when the cluster does not let us
    List<String> list(List<String> kinds);

    /// What the table calls it.
    String program();

    /// Forgets the kubeconfig.
    void close();
}
