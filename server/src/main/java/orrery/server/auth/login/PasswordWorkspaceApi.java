package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.surface.Workspace;

/// A new password by mail, as the workspace family asks for one.
@Path("/api/v1/auth/password")
@RunOnVirtualThread
@On(Workspace.class)
public final class PasswordWorkspaceApi {
    private final PasswordResets resets;

    record Wish(String email) {}

    /// @param token out of the mail
    record Confirmation(String token, String password) {
        @Override
        public String toString() {
            return "a new password";
        }
    }

    public PasswordWorkspaceApi(PasswordResets resets) {
        this.resets = resets;
    }

    /// Answers the same for every address.
    @POST
    @Path("/reset")
    @Open
    public Answer<Void> reset(@Context Grant grant, Wish asked) {
        resets.wish(grant, asked.email());
        return Answer.none();
    }

    @POST
    @Path("/reset/confirm")
    @Open
    public Answer<Void> confirm(@Context Grant grant, Confirmation asked) {
        resets.confirm(grant, asked.token(), asked.password());
        return Answer.none();
    }
}
