package orrery.server.compute.deploy;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// The deploys of a project as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/deploys")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class DeploysApi permits DeploysShortApi {
    final Deploys deploys;

    public DeploysApi(Deploys deploys) {
        this.deploys = deploys;
    }

    @GET
    @Needs(value = "compute.deploys.list", in = Place.PROJECT)
    @Page.Of(DeployTable.class)
    public Answer<Page<DeployView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(deploys.list(grant, region, ask).map(DeployView::of));
    }

    @POST
    @Needs(value = "compute.deploys.create", in = Place.PROJECT)
    public Answer<DeployView> create(@Context Grant grant, @Context Whereabouts where,
            DeployBody.New body) {
        body.checkProject(grant);
        return DeployView.started(deploys.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{deploy}")
    @Needs(value = "compute.deploys.get", in = Place.PROJECT)
    public Answer<DeployView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("deploy") String deploy, @Context Deleted deleted) {
        var view = DeployView.of(deploys.get(grant, region, deploy, deleted));
        return Answer.ok(view).version(view.version());
    }

    @PATCH
    @Path("{deploy}")
    @Needs(value = "compute.deploys.update", in = Place.PROJECT)
    public Answer<DeployView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("deploy") String deploy,
            @HeaderParam("If-Match") @Nullable String expected, DeployBody.Change body) {
        return DeployView.answer(deploys.change(
                grant, region, deploy, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{deploy}")
    @Needs(value = "compute.deploys.delete", in = Place.PROJECT)
    public Answer<DeployView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("deploy") String deploy,
            @HeaderParam("If-Match") @Nullable String expected) {
        return DeployView.started(
                deploys.delete(grant, region, deploy, IfMatch.version(expected)));
    }
}
