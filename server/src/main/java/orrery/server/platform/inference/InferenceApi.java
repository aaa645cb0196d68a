package orrery.server.platform.inference;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Flag;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.kit.kube.LogPlace;
import orrery.kit.kube.Pods;
import orrery.server.platform.log.LogStream;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Inference endpoints as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/inference")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class InferenceApi permits InferenceShortApi {
    final Endpoints endpoints;

    public InferenceApi(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @GET
    @Needs(value = "ai.inference.list", in = Place.PROJECT)
    @Page.Of(EndpointTable.class)
    public Answer<Page<InferenceView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(endpoints.list(grant, region, ask).map(InferenceView::of));
    }

    @POST
    @Needs(value = "ai.inference.create", in = Place.PROJECT)
    public Answer<InferenceView> create(@Context Grant grant, @Context Whereabouts where,
            InferenceBody.New body) {
        body.checkProject(grant);
        return InferenceView.started(endpoints.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{endpoint}")
    @Needs(value = "ai.inference.get", in = Place.PROJECT)
    public Answer<InferenceView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("endpoint") String endpoint, @Context Deleted deleted) {
        return InferenceView.answer(endpoints.get(grant, region, endpoint, deleted));
    }

    @PATCH
    @Path("{endpoint}")
    @Needs(value = "ai.inference.update", in = Place.PROJECT)
    public Answer<InferenceView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("endpoint") String endpoint,
            @HeaderParam("If-Match") @Nullable String expected, InferenceBody.Change body) {
        return InferenceView.answer(endpoints.change(
                grant, region, endpoint, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{endpoint}")
    @Needs(value = "ai.inference.delete", in = Place.PROJECT)
    public Answer<InferenceView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("endpoint") String endpoint,
            @HeaderParam("If-Match") @Nullable String expected) {
        return InferenceView.started(
                endpoints.delete(grant, region, endpoint, IfMatch.version(expected)));
    }

    @POST
    @Path("{endpoint}:stop")
    @Needs(value = "ai.inference.operate", in = Place.PROJECT)
    public Answer<InferenceView> stop(@Context Grant grant, @PathParam("region") String region,
            @PathParam("endpoint") String endpoint) {
        return InferenceView.started(endpoints.stop(grant, region, endpoint));
    }

    @POST
    @Path("{endpoint}:start")
    @Needs(value = "ai.inference.operate", in = Place.PROJECT)
    public Answer<InferenceView> start(@Context Grant grant, @PathParam("region") String region,
            @PathParam("endpoint") String endpoint) {
        return InferenceView.started(endpoints.start(grant, region, endpoint));
    }

    @GET
    @Path("{endpoint}/logs")
    @Produces({"application/json", "text/event-stream"})
    @Needs(value = "ai.inference.logs", in = Place.PROJECT)
    public Answer<InferenceView.Log> logs(@Context Grant grant,
            @PathParam("region") String region, @PathParam("endpoint") String endpoint,
            @QueryParam("lines") @Nullable String lines,
            @QueryParam("follow") @Nullable String follow,
            @HeaderParam("Last-Event-ID") @Nullable String after) {
        if (Flag.isSet("follow", follow)) {
            return Answer.events(LogStream.of(endpoints.follow(grant, region, endpoint,
                    Pods.lines(lines), LogPlace.parse(after)), InferenceView.Line::of));
        }
        return Answer.ok(InferenceView.Log.of(
                endpoints.log(grant, region, endpoint, Pods.lines(lines))));
    }

    @GET
    @Path("{endpoint}/metrics")
    @Needs(value = "ai.inference.get", in = Place.PROJECT)
    public Answer<InferenceView.Metrics> metrics(@Context Grant grant,
            @PathParam("region") String region, @PathParam("endpoint") String endpoint) {
        return Answer.ok(InferenceView.Metrics.of(endpoints.replicas(grant, region, endpoint)));
    }
}
