package orrery.server.auth.personaltoken;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Workspace;

/// The caller's own, under the path that needs no name.
@Path("/api/v1/me/tokens")
@RunOnVirtualThread
@On(Workspace.class)
public final class MyPersonalTokensApi extends PersonalTokensApi {
    public MyPersonalTokensApi(PersonalTokens tokens) {
        super(tokens);
    }
}
