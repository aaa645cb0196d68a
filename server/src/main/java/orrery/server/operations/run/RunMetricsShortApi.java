package orrery.server.operations.run;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import java.time.Clock;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same numbers under the short path that the family's documents use.
@Path("/v1/workflows/metrics")
@On(Cloud.class)
@RunOnVirtualThread
public final class RunMetricsShortApi extends RunMetricsApi {
    RunMetricsShortApi(VisibleRuns runs, Clock clock) {
        super(runs, clock);
    }
}
