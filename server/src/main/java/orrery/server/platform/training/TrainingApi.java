package orrery.server.platform.training;

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

/// Training jobs as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/training")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class TrainingApi permits TrainingShortApi {
    final Trainings trainings;

    public TrainingApi(Trainings trainings) {
        this.trainings = trainings;
    }

    @GET
    @Needs(value = "ai.training.list", in = Place.PROJECT)
    @Page.Of(TrainingTable.class)
    public Answer<Page<TrainingView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(trainings.list(grant, region, ask).map(TrainingView::of));
    }

    @POST
    @Needs(value = "ai.training.create", in = Place.PROJECT)
    public Answer<TrainingView> create(@Context Grant grant, @Context Whereabouts where,
            TrainingBody.New body) {
        body.checkProject(grant);
        return TrainingView.started(trainings.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{training}")
    @Needs(value = "ai.training.get", in = Place.PROJECT)
    public Answer<TrainingView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training, @Context Deleted deleted) {
        return TrainingView.answer(trainings.get(grant, region, training, deleted));
    }

    @PATCH
    @Path("{training}")
    @Needs(value = "ai.training.update", in = Place.PROJECT)
    public Answer<TrainingView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training,
            @HeaderParam("If-Match") @Nullable String expected, TrainingBody.Change body) {
        return TrainingView.answer(trainings.change(
                grant, region, training, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{training}")
    @Needs(value = "ai.training.delete", in = Place.PROJECT)
    public Answer<TrainingView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training,
            @HeaderParam("If-Match") @Nullable String expected) {
        return TrainingView.started(
                trainings.delete(grant, region, training, IfMatch.version(expected)));
    }

    @POST
    @Path("{training}:cancel")
    @Needs(value = "ai.training.operate", in = Place.PROJECT)
    public Answer<TrainingView> cancel(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training) {
        return TrainingView.started(trainings.cancel(grant, region, training));
    }

    @POST
    @Path("{training}:suspend")
    @Needs(value = "ai.training.operate", in = Place.PROJECT)
    public Answer<TrainingView> suspend(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training) {
        return TrainingView.started(trainings.suspend(grant, region, training));
    }

    @POST
    @Path("{training}:resume")
    @Needs(value = "ai.training.operate", in = Place.PROJECT)
    public Answer<TrainingView> resume(@Context Grant grant, @PathParam("region") String region,
            @PathParam("training") String training) {
        return TrainingView.started(trainings.resume(grant, region, training));
    }

    @GET
    @Path("{training}/logs")
    @Produces({"application/json", "text/event-stream"})
    @Needs(value = "ai.training.logs", in = Place.PROJECT)
    public Answer<TrainingView.Log> logs(@Context Grant grant,
            @PathParam("region") String region, @PathParam("training") String training,
            @QueryParam("lines") @Nullable String lines,
            @QueryParam("follow") @Nullable String follow,
            @HeaderParam("Last-Event-ID") @Nullable String after) {
        if (Flag.isSet("follow", follow)) {
            return Answer.events(LogStream.of(trainings.follow(grant, region, training,
                    Pods.lines(lines), LogPlace.parse(after)), TrainingView.Line::of));
        }
        return Answer.ok(TrainingView.Log.of(
                trainings.log(grant, region, training, Pods.lines(lines))));
    }
}
