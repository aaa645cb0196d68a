package orrery.server.workspace.proof;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.Workspace;

/// Where what runs in a workspace gets a token of the workspace's owner. Open, because the proof is
/// the cluster's to check and not ours.
@Path("/api/v1/internal/users/{username}/token")
@RunOnVirtualThread
@On(Workspace.class)
public final class InternalTokenApi {
    private final WorkspaceTokens tokens;
    private final String issuer;

    /// @param provider whose account it is
    /// @param address of this server
    record View(
            String provider, String address, String username, String token, Instant expiresAt) {}

    public InternalTokenApi(WorkspaceTokens tokens, AccessTokens issuing) {
        this.tokens = tokens;
        this.issuer = issuing.issuer();
    }

    @POST
    @Open
    public Answer<View> issue(
            @Context Grant grant, @PathParam("username") String username,
            @HeaderParam("Authorization") @Nullable String authorization) {
        var made = tokens.issue(grant, username, authorization);
        return Answer.ok(new View("idp.k8shell.io/file", issuer, username,
                        String.valueOf(made.secret()), made.token().expiresAt()))
                .header("Cache-Control", "no-store");
    }
}
