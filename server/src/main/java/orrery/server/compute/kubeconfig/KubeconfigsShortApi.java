package orrery.server.compute.kubeconfig;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same kubeconfigs under a path without a project: the cluster's identifier says which.
@Path("/v1/regions/{region}/compute/clusters/{cluster}/kubeconfigs")
@On(Cloud.class)
@RunOnVirtualThread
public final class KubeconfigsShortApi extends KubeconfigsApi {
    KubeconfigsShortApi(Kubeconfigs kubeconfigs) {
        super(kubeconfigs);
    }
}
