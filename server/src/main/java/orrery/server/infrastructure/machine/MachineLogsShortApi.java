package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.Internal;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same logs under a path without a project: the server's identifier says which.
@Path("/v1/regions/{region}/infrastructure/servers/{server}/logs")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class MachineLogsShortApi extends MachineLogsApi {
    MachineLogsShortApi(Machines machines) {
        super(machines);
    }
}
