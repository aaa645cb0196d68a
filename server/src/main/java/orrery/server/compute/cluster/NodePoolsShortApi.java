package orrery.server.compute.cluster;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same node pools under a path without a project: the cluster's identifier says which.
@Path("/v1/regions/{region}/compute/clusters/{cluster}/nodepools")
@On(Cloud.class)
@RunOnVirtualThread
public final class NodePoolsShortApi extends NodePoolsApi {
    NodePoolsShortApi(NodePools pools) {
        super(pools);
    }
}
