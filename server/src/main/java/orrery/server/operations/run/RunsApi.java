package orrery.server.operations.run;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Query;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Runs as the cloud family shows them.
@Path("/v1/regions/global/workflows/runs")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class RunsApi implements Expandable permits RunsShortApi {
    private final RunAnswers answers;

    RunsApi(RunAnswers answers) {
        this.answers = answers;
    }

    /// The body of a retry.
    ///
    /// @param fromStep take the steps before this one as done; absent to begin anew
    record Again(@Nullable String fromStep) {}

    /// Asks itself: whoever may see a resource sees its runs.
    @Override
    @Expands("currentRun")
    @Own
    public RunView show(Grant grant, String id) {
        return answers.show(grant, id);
    }

    @GET
    @Own
    @Page.Of(RunQuery.class)
    public Answer<Page<RunView>> list(
            @Context Grant grant, @Context Query query, @Context PageAsk ask) {
        return answers.list(grant, query, ask);
    }

    @GET
    @Path("{run}")
    @Own
    public Answer<RunView> get(@Context Grant grant, @PathParam("run") String run) {
        return answers.get(grant, run);
    }

    @GET
    @Path("{run}/stream")
    @Produces("text/event-stream")
    @Own
    public Answer<Void> stream(@Context Grant grant, @PathParam("run") String run,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId) {
        return answers.stream(grant, run, lastEventId);
    }

    @POST
    @Path("{run}/cancel")
    @Own
    public Answer<RunView> cancel(@Context Grant grant, @PathParam("run") String run) {
        return answers.cancel(grant, run);
    }

    @POST
    @Path("{run}:cancel")
    @Own
    public Answer<RunView> cancelVerb(@Context Grant grant, @PathParam("run") String run) {
        return answers.cancel(grant, run);
    }

    @POST
    @Path("{run}/retry")
    @Own
    public Answer<RunView> retry(
            @Context Grant grant, @PathParam("run") String run, @Nullable Again body) {
        return answers.retry(grant, run, body == null ? null : body.fromStep());
    }

    @POST
    @Path("{run}:retry")
    @Own
    public Answer<RunView> retryVerb(
            @Context Grant grant, @PathParam("run") String run, @Nullable Again body) {
        return answers.retry(grant, run, body == null ? null : body.fromStep());
    }
}
