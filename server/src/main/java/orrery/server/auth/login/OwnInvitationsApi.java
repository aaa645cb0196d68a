package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.auth.login.AcceptInvitationApi.Accept;
import orrery.server.surface.Cloud;

/// One's own invitations, as the cloud family shows them.
@Path("/v1/regions/global/auth")
@RunOnVirtualThread
@On(Cloud.class)
public final class OwnInvitationsApi {
    private final Arrivals arrivals;
    private final Paging paging;

    /// @param organization what its people call it
    /// @param projectId the project that it is to; `null` for the organization itself
    record View(
            String id,
            String organizationId,
            String organization,
            @Nullable String projectId,
            String role,
            Instant expiresAt,
            Instant createdAt) {
        static View of(Arrivals.Waiting waiting) {
            var it = waiting.invitation();
            return new View(it.id(), it.organizationId(), waiting.organization(), it.projectId(),
                    it.role(), it.expiresAt(), it.createdAt());
        }
    }

    public OwnInvitationsApi(Arrivals arrivals, Paging paging) {
        this.arrivals = arrivals;
        this.paging = paging;
    }

    /// Those that wait for the caller's verified address.
    @GET
    @Path("/invitations")
    @Own
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(page(arrivals, paging, grant, ask, false));
    }

    static Page<View> page(
            Arrivals arrivals, Paging paging, Grant grant, PageAsk ask, boolean toProjects) {
        var waiting = arrivals.waiting(grant).stream().map(View::of)
                .filter(it -> !toProjects || it.projectId() != null).toList();
        return paging.page(ask.orFromTheStart(), "invitations", waiting,
                it -> Paging.newestFirst(it.createdAt(), it.id()));
    }

    /// Accepts one of those.
    @POST
    @Path("/invitations/{invitation}:accept")
    @Own
    public Answer<AcceptInvitationApi.View> acceptOwn(
            @Context Grant grant, @PathParam("invitation") String id) {
        var invitation = arrivals.waiting(grant).stream().map(Arrivals.Waiting::invitation)
                .filter(it -> it.id().equals(id)).findFirst()
                .orElseThrow(() -> new Problem.NotFound("invitation", id).raise());
        return Answer.ok(AcceptInvitationApi.View.of(arrivals.join(grant, invitation)));
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
