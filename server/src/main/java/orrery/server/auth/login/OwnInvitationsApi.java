package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.login.AcceptInvitationApi.Accept;
import orrery.server.surface.Cloud;

/// One's own invitations, as the cloud family shows them.
@Path("/v1/regions/global/auth")
@RunOnVirtualThread
@On(Cloud.class)
public final class OwnInvitationsApi {
    private final Arrivals arrivals;

    public OwnInvitationsApi(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /// For who has the link and nothing else.
    @POST
    @Path("/invitations:accept")
    @Open
    public Answer<AcceptInvitationApi.View> accept(@Context Grant grant, Accept asked) {
        var invitation = arrivals.find(grant, asked.token()).orElseThrow(() ->
                new Problem.NotFound("invitation", "of this token").raise());
        return AcceptInvitationApi.accept(arrivals, grant, invitation, asked);
    }
}
