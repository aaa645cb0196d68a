package orrery.server.operations.run;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same runs under the short path that the family's documents use.
@Path("/v1/workflows/runs")
@On(Cloud.class)
@RunOnVirtualThread
public final class RunsShortApi extends RunsApi {
    RunsShortApi(RunAnswers answers) {
        super(answers);
    }
}
