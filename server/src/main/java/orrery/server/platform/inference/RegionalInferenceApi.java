package orrery.server.platform.inference;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.kube.Pods;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.project.ProjectGrants;
import org.jspecify.annotations.Nullable;

/// The same endpoints where no path names a project: lists span all that the caller may list, and
/// each is found by its identifier.
@Path("/v1/regions/{region}/inference")
@On(Cloud.class)
@RunOnVirtualThread
public final class RegionalInferenceApi {
    private static final Permission CREATE = new Permission("ai.inference.create");

    private final Endpoints endpoints;
    private final ProjectGrants projects;

    public RegionalInferenceApi(Endpoints endpoints, ProjectGrants projects) {
        this.endpoints = endpoints;
        this.projects = projects;
    }

    @GET
    @Own
    public Answer<Page<InferenceView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(endpoints.visible(grant, region, ask).map(InferenceView::of));
    }

    /// The project stands in the body or the query, so the permission is asked for here.
    @POST
    @Own
    public Answer<InferenceView> create(@Context Grant grant, @PathParam("region") String region,
            @QueryParam("projectId") @Nullable String project, InferenceBody.New body) {
        return InferenceView.answer(endpoints.create(
                projects.require(grant, CREATE, project, body.projectId()), region,
                body.input()));
    }

    @GET
    @Path("{resource}")
    @Needs(value = "ai.inference.get", in = Place.RESOURCE)
    public Answer<InferenceView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String endpoint) {
        return InferenceView.answer(endpoints.get(grant, region, endpoint));
    }

    @PATCH
    @Path("{resource}")
    @Needs(value = "ai.inference.update", in = Place.RESOURCE)
    public Answer<InferenceView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String endpoint,
            @HeaderParam("If-Match") @Nullable String expected, InferenceBody.Change body) {
        return InferenceView.answer(endpoints.change(
                grant, region, endpoint, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{resource}")
    @Needs(value = "ai.inference.delete", in = Place.RESOURCE)
    public Answer<InferenceView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String endpoint,
            @HeaderParam("If-Match") @Nullable String expected) {
        return InferenceView.answer(
                endpoints.delete(grant, region, endpoint, IfMatch.version(expected)));
    }

    @POST
    @Path("{resource}:stop")
    @Needs(value = "ai.inference.operate", in = Place.RESOURCE)
    public Answer<InferenceView> stop(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String endpoint) {
        return InferenceView.answer(endpoints.stop(grant, region, endpoint));
    }

    @POST
    @Path("{resource}:start")
    @Needs(value = "ai.inference.operate", in = Place.RESOURCE)
    public Answer<InferenceView> start(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String endpoint) {
        return InferenceView.answer(endpoints.start(grant, region, endpoint));
    }

    @GET
    @Path("{resource}/logs")
    @Needs(value = "ai.inference.logs", in = Place.RESOURCE)
    public Answer<InferenceView.Log> logs(@Context Grant grant,
            @PathParam("region") String region, @PathParam("resource") String endpoint,
            @QueryParam("lines") @Nullable String lines) {
        return Answer.ok(InferenceView.Log.of(
                endpoints.log(grant, region, endpoint, Pods.lines(lines))));
    }

    @GET
    @Path("{resource}/metrics")
    @Needs(value = "ai.inference.get", in = Place.RESOURCE)
    public Answer<InferenceView.Metrics> metrics(@Context Grant grant,
            @PathParam("region") String region, @PathParam("resource") String endpoint) {
        return Answer.ok(InferenceView.Metrics.of(endpoints.replicas(grant, region, endpoint)));
    }
}
