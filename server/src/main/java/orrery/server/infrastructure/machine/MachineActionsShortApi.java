package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.Internal;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same actions under a path without a project: the server's identifier says which.
@Path("/v1/regions/{region}/infrastructure/servers")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class MachineActionsShortApi extends MachineActionsApi {
    MachineActionsShortApi(Machines machines) {
        super(machines);
    }
}
