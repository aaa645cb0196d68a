package orrery.server.workspace.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// A person's terminals, as the workspace family shows them: the open ones, or all.
@Path("/api/v1/users/{username}/sessions")
@RunOnVirtualThread
@On(Workspace.class)
public class SessionsApi {
    private final ShellSessions sessions;

    /// @param k8shelldVer of an agent in the workspace; empty, there is none
    /// @param channels what was opened: `sh` and `pt`, a shell on a terminal
    /// @param operations the same, as the second generation of clients reads it
    public record View(
            String sessionID,
            String username,
            String k8shelldVer,
            String client,
            String clientIP,
            Instant startTime,
            @Nullable Instant endTime,
            String workspace,
            long bytesIn,
            long bytesOut,
            List<String> channels,
            List<String> operations,
            String blueprint,
            Instant updatedAt,
            String ptyName) {
        private static final List<String> SHELL = List.of("sh", "pt");

        static View of(ShellSession it) {
            return new View(it.id(), it.username(), "", it.client(),
                    it.address() == null ? "" : it.address(), it.startedAt(), it.endedAt(),
                    it.workspace(), it.bytesIn(), it.bytesOut(), SHELL, SHELL, it.blueprint(),
                    it.updatedAt(), "");
        }
    }

    public SessionsApi(ShellSessions sessions) {
        this.sessions = sessions;
    }

    @GET
    @Own
    @TokenScope({"user:read:sessions", "session:list"})
    public Answer<List<View>> list(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @QueryParam("all") @DefaultValue("false") boolean all) {
        return views(sessions.list(grant, username, null, all, null));
    }

    static Answer<List<View>> views(List<ShellSession> found) {
        return Answer.ok(found.stream().map(View::of).toList());
    }
}
