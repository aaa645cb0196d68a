package orrery.server.tenancy.project;

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

/// The projects that one sees and that have something in a region, as the cloud family shows them.
@Path("/v1/regions/{region}/projects")
@RunOnVirtualThread
@On(Cloud.class)
public final class RegionalProjectsApi {
    private final Projects projects;
    private final Regions regions;

    public RegionalProjectsApi(Projects projects, Regions regions) {
        this.projects = projects;
        this.regions = regions;
    }

    @GET
    @Own
    @Page.Of(ProjectTable.class)
    public Answer<Page<ProjectsApi.View>> list(
            @Context Grant grant, @Context PageAsk ask, @PathParam("region") String region) {
        regions.get(grant, region);
        return Answer.page(projects.listIn(grant, ask, region).map(ProjectsApi.View::of));
    }
}
