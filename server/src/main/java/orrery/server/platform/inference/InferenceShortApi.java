package orrery.server.platform.inference;

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

/// The same endpoints under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/inference")
@On(Cloud.class)
@RunOnVirtualThread
public final class InferenceShortApi extends InferenceApi {
    InferenceShortApi(Endpoints endpoints) {
        super(endpoints);
    }

    @Override
    @GET
    @Own
    @Page.Of(EndpointTable.class)
    public Answer<Page<InferenceView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(endpoints.visible(grant, region, ask).map(InferenceView::of));
    }
}
