package orrery.server.compute.instance;

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

/// The virtual ones among the machines, under a path without a project: lists span all that the
/// caller may list.
@Path("/v1/regions/{region}/vms")
@On(Cloud.class)
@RunOnVirtualThread
public final class VmsApi extends InstancesApi {
    VmsApi(Instances instances) {
        super(instances.vms());
    }

    @Override
    @GET
    @Own
    @Page.Of(InstanceTable.class)
    public Answer<Page<InstanceView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(instances.vms(grant, region, ask).map(InstanceView::of));
    }
}
