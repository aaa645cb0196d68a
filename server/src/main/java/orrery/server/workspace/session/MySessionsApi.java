package orrery.server.workspace.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Workspace;

/// The caller's own, under the path that needs no name.
@Path("/api/v1/me/sessions")
@RunOnVirtualThread
@On(Workspace.class)
public final class MySessionsApi extends SessionsApi {
    public MySessionsApi(ShellSessions sessions) {
        super(sessions);
    }
}
