package orrery.server.tenancy.member;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.iam.user.Member;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.surface.Cloud;

/// Who belongs to an organization, as the cloud family shows it.
@Path("/v1/regions/global/organizations/{organization}/members")
@RunOnVirtualThread
@On(Cloud.class)
public final class MembersApi {
    private final Members members;

    /// @param roles what was given at the organization itself
    record View(
            String userId,
            String name,
            String selfLink,
            String displayName,
            String email,
            @Nullable String organizationId,
            List<String> roles,
            User.State status,
            long version,
            Instant joinedAt,
            Instant updatedAt) {
        static View of(Member it) {
            return new View(it.id(), it.name(), "/v1/regions/global/organizations/"
                    + it.organizationId() + "/members/" + it.id(), it.displayName(), it.email(),
                    it.organizationId(), it.roles(), it.status(), it.version(), it.createdAt(),
                    it.updatedAt());
        }
    }

    /// @param role the one that the member is to hold, instead of all that it holds now
    record Change(String role) {}

    public MembersApi(Members members) {
        this.members = members;
    }

    @GET
    @Needs(value = "org.members.list", in = Place.ORGANIZATION)
    @Page.Of(Members.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(members.list(grant, ask, null).map(View::of));
    }

    @PATCH
    @Path("/{member}")
    @Needs(value = "org.members.update", in = Place.ORGANIZATION)
    public Answer<View> change(
            @Context Grant grant, @PathParam("member") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        try {
            var changed = members.change(grant, key, old -> new Member.Change(
                            old.displayName(), Set.of(change.role()), old.status()),
                    IfMatch.version(ifMatch));
            return Answer.ok(View.of(changed)).version(changed.version());
        } catch (Problem.Failure refusal) {
            throw ofOne(refusal);
        }
    }

    /// The use case knows several roles of a member, this body only one.
    private static Problem.Failure ofOne(Problem.Failure refusal) {
        return refusal.problem() instanceof Problem.Unprocessable wrong
                ? new Problem.Unprocessable(wrong.mistakes().stream()
                        .map(it -> it.field().equals("roles")
                                ? new Problem.Mistake("role", it.message()) : it)
                        .toList()).raise()
                : refusal;
    }

    @DELETE
    @Path("/{member}")
    @Needs(value = "org.members.delete", in = Place.ORGANIZATION)
    public Answer<Void> remove(
            @Context Grant grant, @PathParam("member") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        members.remove(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }
}
