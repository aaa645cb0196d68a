package orrery.server.auth.invitation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.iam.user.Users;
import orrery.server.surface.Cloud;

/// Who was asked to come to an organization, as the cloud family shows it to its administrators.
@Path("/v1/regions/global/organizations/{organization}/invitations")
@RunOnVirtualThread
@On(Cloud.class)
public final class InvitationsApi {
    private static final Permission CREATE = new Permission("org.invitations.create");

    private final Invitations invitations;
    private final Access access;
    private final Places places;

    record View(
            String id,
            String selfLink,
            String organizationId,
            @Nullable String projectId,
            String email,
            String role,
            Invitation.Status status,
            String invitedBy,
            @Nullable String acceptedBy,
            @Nullable Instant acceptedAt,
            Instant expiresAt,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Invitation it) {
            return new View(it.id(), path(it), it.organizationId(), it.projectId(), it.email(),
                    it.role(), it.status(), it.invitedBy(), it.acceptedBy(), it.acceptedAt(),
                    it.expiresAt(), it.version(), it.createdAt(), it.updatedAt());
        }
    }

    enum Delivery { MAIL, LINK }

    /// @param delivery `link`: nothing was sent, hand on the link
    /// @param link shown this once; `null` where a mail brings it
    record WithLink(
            String id,
            String selfLink,
            String organizationId,
            @Nullable String projectId,
            String email,
            String role,
            Invitation.Status status,
            String invitedBy,
            Instant expiresAt,
            long version,
            Instant createdAt,
            Instant updatedAt,
            Delivery delivery,
            @Nullable String link) {
        static WithLink of(Invitation.Sent sent) {
            var it = sent.invitation();
            return new WithLink(it.id(), path(it), it.organizationId(), it.projectId(), it.email(),
                    it.role(), it.status(), it.invitedBy(), it.expiresAt(), it.version(),
                    it.createdAt(), it.updatedAt(),
                    sent.link() == null ? Delivery.MAIL : Delivery.LINK, sent.link());
        }
    }

    /// @param role identifier or name of the role that the person will hold
    /// @param projectId identifier or name of the project that it will hold it in; left out for the
    ///     organization itself
    record New(String email, String role, @Nullable String projectId) {
        New {
            Users.checkEmail(new Mistakes(), email).orRefuse();
        }
    }

    public InvitationsApi(Invitations invitations, Access access, Places places) {
        this.invitations = invitations;
        this.access = access;
        this.places = places;
    }

    @GET
    @Needs(value = "org.invitations.list", in = Place.ORGANIZATION)
    @Page.Of(InvitationTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(invitations.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "org.invitations.create", in = Place.ORGANIZATION)
    public Answer<WithLink> create(@Context Grant grant, New asked) {
        var sent = invitations.create(asked.projectId() == null ? grant
                : inProject(grant, asked.projectId()),
                new Invitation.New(asked.email(), asked.role()));
        return Answer.created(WithLink.of(sent), path(sent.invitation()))
                .version(sent.invitation().version()).header("Cache-Control", "no-store");
    }

    /// As the family has it; the other one names it in the path.
    @DELETE
    @Needs(value = "org.invitations.delete", in = Place.ORGANIZATION)
    public Answer<Void> revokeNamed(
            @Context Grant grant, @QueryParam("invitationId") @Nullable String id) {
        new Mistakes().unless(id != null, "invitationId", "is required").orRefuse();
        return revoke(grant, String.valueOf(id));
    }

    @GET
    @Path("/{invitation}")
    @Needs(value = "org.invitations.get", in = Place.ORGANIZATION)
    public Answer<View> get(@Context Grant grant, @PathParam("invitation") String id) {
        var found = invitations.get(grant, id);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @DELETE
    @Path("/{invitation}")
    @Needs(value = "org.invitations.delete", in = Place.ORGANIZATION)
    public Answer<Void> revoke(@Context Grant grant, @PathParam("invitation") String id) {
        invitations.revoke(grant, id);
        return Answer.none();
    }

    @POST
    @Path("/{invitation}:resend")
    @Needs(value = "org.invitations.create", in = Place.ORGANIZATION)
    public Answer<WithLink> resend(@Context Grant grant, @PathParam("invitation") String id) {
        var sent = invitations.resend(grant, id);
        return Answer.ok(WithLink.of(sent)).version(sent.invitation().version())
                .header("Cache-Control", "no-store");
    }

    private Grant inProject(Grant grant, String key) {
        var found = places.find(grant.call(), Place.PROJECT, Map.of("project", key));
        if (!grant.scope().contains(found)) {
            throw new Problem.NotFound("project", key).raise();
        }
        return access.require(grant.call(), CREATE, found);
    }

    private static String path(Invitation it) {
        return "/v1/regions/global/organizations/" + it.organizationId() + "/invitations/"
                + it.id();
    }
}
