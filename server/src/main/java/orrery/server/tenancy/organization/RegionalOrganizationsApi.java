package orrery.server.tenancy.organization;

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
import orrery.server.tenancy.region.Regions;

/// The organizations that one sees, where the cloud family's older clients look for them: they lie
/// in no region.
@Path("/v1/regions/{region}/organizations")
@RunOnVirtualThread
@On(Cloud.class)
public final class RegionalOrganizationsApi {
    private final Organizations organizations;
    private final Regions regions;

    public RegionalOrganizationsApi(Organizations organizations, Regions regions) {
        this.organizations = organizations;
        this.regions = regions;
    }

    @GET
    @Own
    @Page.Of(OrganizationTable.class)
    public Answer<Page<OrganizationsApi.View>> list(
            @Context Grant grant, @Context PageAsk ask, @PathParam("region") String region) {
        regions.get(grant, region);
        return Answer.page(organizations.list(grant, ask).map(OrganizationsApi.View::of));
    }
}
