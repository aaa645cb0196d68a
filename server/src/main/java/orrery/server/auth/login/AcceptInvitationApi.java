package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.invitation.Invitation;
import orrery.server.surface.Cloud;

/// How invited people come in, as the cloud family has it. Who is signed in comes as that person;
/// anybody else makes an account for the address that was invited.
@Path("/v1/regions/global/organizations/{organization}/invitations")
@RunOnVirtualThread
@On(Cloud.class)
public final class AcceptInvitationApi {
    private final Arrivals arrivals;

    /// @param token the part of the link behind `#invitation=`
    /// @param displayName of the new account; left out by who is signed in
    /// @param password as `displayName`
    record Accept(String token, @Nullable String displayName, @Nullable String password) {
        Accept {
            new Mistakes()
                    .unless(displayName == null || password != null, "password",
                            "goes with displayName: both make an account, neither comes with"
                                    + " the one that you are signed in to")
                    .unless(password == null || displayName != null, "displayName", "is required")
                    .orRefuse();
        }

        @Override
        public String toString() {
            return "acceptance of an invitation";
        }
    }

    /// @param projectId the project that the role is held in; `null` for the organization itself
    record View(
            String invitationId,
            String organizationId,
            @Nullable String projectId,
            String role,
            String userId,
            String email) {
        static View of(Arrivals.Arrived arrived) {
            var it = arrived.invitation();
            return new View(it.id(), it.organizationId(), it.projectId(), it.role(),
                    arrived.user().id(), arrived.user().email());
        }
    }

    public AcceptInvitationApi(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    @POST
    @Path("/{invitation}:accept")
    @Open
    public Answer<View> accept(
            @Context Grant grant, @PathParam("organization") String organization,
            @PathParam("invitation") String id, Accept asked) {
        var invitation = arrivals.find(grant, asked.token())
                .filter(it -> it.id().equals(id) && arrivals.isOf(grant, it, organization))
                .orElseThrow(() -> new Problem.NotFound("invitation", id).raise());
        return accept(arrivals, grant, invitation, asked);
    }

    static Answer<View> accept(
            Arrivals arrivals, Grant grant, Invitation invitation, Accept asked) {
        if (asked.displayName() != null && asked.password() != null) {
            return Answer.ok(View.of(arrivals.register(grant, invitation, asked.token(),
                    asked.displayName(), asked.password()))).status(201);
        }
        return Answer.ok(View.of(arrivals.join(grant, invitation)));
    }
}
