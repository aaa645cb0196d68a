package orrery.server.compute.storage;

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

/// The same volumes under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/compute/storage")
@On(Cloud.class)
@RunOnVirtualThread
public final class VolumesShortApi extends VolumesApi {
    VolumesShortApi(Volumes volumes) {
        super(volumes);
    }

    @Override
    @GET
    @Own
    @Page.Of(VolumeTable.class)
    public Answer<Page<VolumeView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(volumes.everywhere(grant, region, ask).map(VolumeView::of));
    }
}
