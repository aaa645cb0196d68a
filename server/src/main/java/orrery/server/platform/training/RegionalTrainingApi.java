package orrery.server.platform.training;

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

/// The same jobs where no path names a project: lists span all that the caller may list, and
/// each is found by its identifier.
@Path("/v1/regions/{region}/training")
@On(Cloud.class)
@RunOnVirtualThread
public final class RegionalTrainingApi {
    private static final Permission CREATE = new Permission("ai.training.create");

    private final Trainings trainings;
    private final ProjectGrants projects;

    public RegionalTrainingApi(Trainings trainings, ProjectGrants projects) {
        this.trainings = trainings;
        this.projects = projects;
    }

    @GET
    @Own
    public Answer<Page<TrainingView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(trainings.visible(grant, region, ask).map(TrainingView::of));
    }

    /// The project stands in the body or the query, so the permission is asked for here.
    @POST
    @Own
    public Answer<TrainingView> create(@Context Grant grant, @PathParam("region") String region,
            @QueryParam("projectId") @Nullable String project, TrainingBody.New body) {
        return TrainingView.answer(trainings.create(
                projects.require(grant, CREATE, project, body.projectId()), region,
                body.input()));
    }

    @GET
    @Path("{resource}")
    @Needs(value = "ai.training.get", in = Place.RESOURCE)
    public Answer<TrainingView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training) {
        return TrainingView.answer(trainings.get(grant, region, training));
    }

    @PATCH
    @Path("{resource}")
    @Needs(value = "ai.training.update", in = Place.RESOURCE)
    public Answer<TrainingView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training,
            @HeaderParam("If-Match") @Nullable String expected, TrainingBody.Change body) {
        return TrainingView.answer(trainings.change(
                grant, region, training, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{resource}")
    @Needs(value = "ai.training.delete", in = Place.RESOURCE)
    public Answer<TrainingView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training,
            @HeaderParam("If-Match") @Nullable String expected) {
        return TrainingView.answer(
                trainings.delete(grant, region, training, IfMatch.version(expected)));
    }

    @POST
    @Path("{resource}:cancel")
    @Needs(value = "ai.training.operate", in = Place.RESOURCE)
    public Answer<TrainingView> cancel(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training) {
        return TrainingView.answer(trainings.cancel(grant, region, training));
    }

    @POST
    @Path("{resource}:suspend")
    @Needs(value = "ai.training.operate", in = Place.RESOURCE)
    public Answer<TrainingView> suspend(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training) {
        return TrainingView.answer(trainings.suspend(grant, region, training));
    }

    @POST
    @Path("{resource}:resume")
    @Needs(value = "ai.training.operate", in = Place.RESOURCE)
    public Answer<TrainingView> resume(@Context Grant grant, @PathParam("region") String region,
            @PathParam("resource") String training) {
        return TrainingView.answer(trainings.resume(grant, region, training));
    }

    @GET
    @Path("{resource}/logs")
    @Needs(value = "ai.training.logs", in = Place.RESOURCE)
    public Answer<TrainingView.Log> logs(@Context Grant grant,
            @PathParam("region") String region, @PathParam("resource") String training,
            @QueryParam("lines") @Nullable String lines) {
        return Answer.ok(TrainingView.Log.of(
                trainings.log(grant, region, training, Pods.lines(lines))));
    }
}
