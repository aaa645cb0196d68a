package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;

/// The same servers under a path without a project: operators list those of all projects.
@Path("/v1/regions/{region}/infrastructure/servers")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class MachinesShortApi extends MachinesApi {
    MachinesShortApi(Machines machines) {
        super(machines);
    }

    @Override
    @GET
    @Needs(value = "infrastructure.servers.list", in = Place.PLATFORM)
    @Page.Of(MachineTable.class)
    public Answer<Page<MachineView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(machines.everywhere(grant, region, ask).map(MachineView::of));
    }
}
