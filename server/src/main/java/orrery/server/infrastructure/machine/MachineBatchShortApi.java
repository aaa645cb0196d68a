package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import java.time.Clock;
import orrery.kit.http.Internal;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same under a path without a project: the body or the query says which.
@Path("/v1/regions/{region}/infrastructure/servers:batchCreate")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class MachineBatchShortApi extends MachineBatchApi {
    MachineBatchShortApi(Machines machines, Clock clock) {
        super(machines, clock);
    }
}
