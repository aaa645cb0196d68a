package orrery.server.compute.kubeconfig;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.Cloud;

/// The same kubeconfig under a path without a project: the cluster's identifier says which.
@Path("/v1/regions/{region}/compute/clusters/{cluster}/kubeconfig")
@On(Cloud.class)
@RunOnVirtualThread
public final class ExecKubeconfigShortApi extends ExecKubeconfigApi {
    ExecKubeconfigShortApi(Kubeconfigs kubeconfigs, AccessTokens tokens) {
        super(kubeconfigs, tokens);
    }
}
