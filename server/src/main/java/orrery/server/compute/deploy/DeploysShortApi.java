package orrery.server.compute.deploy;

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

/// The same deploys under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/deploys")
@On(Cloud.class)
@RunOnVirtualThread
public final class DeploysShortApi extends DeploysApi {
    DeploysShortApi(Deploys deploys) {
        super(deploys);
    }

    @Override
    @GET
    @Own
    @Page.Of(DeployTable.class)
    public Answer<Page<DeployView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(deploys.visible(grant, region, ask).map(DeployView::of));
    }
}
