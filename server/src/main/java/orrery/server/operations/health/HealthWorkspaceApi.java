package orrery.server.operations.health;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.surface.Workspace;

/// Whether the service answers, as the workspace family asks it.
@Path("/api/v1/healthcheck")
@RunOnVirtualThread
@On(Workspace.class)
public final class HealthWorkspaceApi {
    record View(String status) {}

    @GET
    @Open
    public Answer<View> check() {
        return Answer.ok(new View("ok"));
    }
}
