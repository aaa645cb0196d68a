package orrery.server.workspace.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// Terminals by person and workspace, as the second generation of clients asks for them.
@Path("/api/v1/sessions")
@RunOnVirtualThread
@On(Workspace.class)
public final class FoundSessionsApi {
    private final ShellSessions sessions;

    public FoundSessionsApi(ShellSessions sessions) {
        this.sessions = sessions;
    }

    /// @param username the caller when it is left out; others only with a scope beyond `:self`
    @GET
    @Own
    @TokenScope("session:list")
    public Answer<List<SessionsApi.View>> list(
            @Context Grant grant, @QueryParam("username") @Nullable String username,
            @QueryParam("workspace") @Nullable String workspace,
            @QueryParam("last_n") @Nullable Integer last,
            @QueryParam("all") @DefaultValue("false") boolean all) {
        var scopes = grant.principal().scopes();
        if (scopes != null && !scopes.allow("session:list", username)) {
            throw new Problem.Refused("access with this token",
                    "it is good for session:list of its own person only").raise();
        }
        return SessionsApi.views(sessions.list(grant, username, workspace, all, last));
    }
}
