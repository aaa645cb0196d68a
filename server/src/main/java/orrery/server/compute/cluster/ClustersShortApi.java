package orrery.server.compute.cluster;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.server.surface.Cloud;

/// The same clusters under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/compute/clusters")
@On(Cloud.class)
@RunOnVirtualThread
public final class ClustersShortApi extends ClustersApi {
    ClustersShortApi(Clusters clusters) {
        super(clusters);
    }

    @Override
    @GET
    @Own
    @Page.Of(value = ClusterTable.class, items = Cluster.class)
    public Answer<Page<ClusterView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(clusters.everywhere(grant, region, ask).map(ClusterView::of));
    }
}
