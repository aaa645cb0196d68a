package orrery.server.workspace.credential;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Workspace;

/// The caller's own, under the path that needs no name.
@Path("/api/v1/me/credentials")
@RunOnVirtualThread
@On(Workspace.class)
public final class MyCredentialsApi extends CredentialsApi {
    public MyCredentialsApi(Credentials credentials) {
        super(credentials);
    }
}
