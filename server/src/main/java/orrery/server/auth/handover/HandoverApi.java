package orrery.server.auth.handover;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.Workspace;

/// Where a command line asks for its token, every few seconds, while its person is in the browser.
@Path("/api/v1/auth/token")
@RunOnVirtualThread
@On(Workspace.class)
public final class HandoverApi {
    private final Handovers handovers;
    private final String issuer;

    record Waiting(int status, String msg) {}

    /// @param provider whose account it is
    /// @param address of this server
    record View(String provider, String address, String username, String token) {}

    public HandoverApi(Handovers handovers, AccessTokens tokens) {
        this.handovers = handovers;
        this.issuer = tokens.issuer();
    }

    @GET
    @Open
    public Answer<?> ask(@Context Grant grant, @QueryParam("state") @Nullable String state) {
        var handed = handovers.ask(grant, Handovers.checked(state));
        return (handed.isEmpty()
                ? Answer.ok(new Waiting(202, "nobody has allowed it yet")).status(202)
                : Answer.ok(new View("idp.k8shell.io/file", issuer,
                        handed.get().user().username(),
                        String.valueOf(handed.get().made().secret()))))
                .header("Cache-Control", "no-store");
    }
}
