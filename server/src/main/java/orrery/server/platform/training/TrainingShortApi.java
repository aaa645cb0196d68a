package orrery.server.platform.training;

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

/// The same jobs under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/training")
@On(Cloud.class)
@RunOnVirtualThread
public final class TrainingShortApi extends TrainingApi {
    TrainingShortApi(Trainings trainings) {
        super(trainings);
    }

    @Override
    @GET
    @Own
    @Page.Of(TrainingTable.class)
    public Answer<Page<TrainingView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(trainings.visible(grant, region, ask).map(TrainingView::of));
    }
}
