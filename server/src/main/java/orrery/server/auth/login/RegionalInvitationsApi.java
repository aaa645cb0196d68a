package orrery.server.auth.login;

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
import orrery.kit.http.Paging;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.region.Regions;

/// One's own invitations to projects, where the cloud family's older clients look for them.
@Path("/v1/regions/{region}/invitations")
@RunOnVirtualThread
@On(Cloud.class)
public final class RegionalInvitationsApi {
    private final Arrivals arrivals;
    private final Regions regions;
    private final Paging paging;

    public RegionalInvitationsApi(Arrivals arrivals, Regions regions, Paging paging) {
        this.arrivals = arrivals;
        this.regions = regions;
        this.paging = paging;
    }

    /// @param region `global`, or any that there is: invitations lie in none
    @GET
    @Own
    public Answer<Page<OwnInvitationsApi.View>> list(
            @Context Grant grant, @Context PageAsk ask, @PathParam("region") String region) {
        if (!region.equals("global")) {
            regions.get(grant, region);
        }
        return Answer.page(OwnInvitationsApi.page(arrivals, paging, grant, ask, true));
    }
}
