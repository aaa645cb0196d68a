package orrery.server.iam.user;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.Expression;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;

/// The people of an organization, as the cloud family shows them. Nobody is made here: people come
/// by invitation or by signing in.
@Path("/v1/regions/global/iam/users")
@RunOnVirtualThread
@On(Cloud.class)
public final class UsersApi implements Expandable {
    private static final String PATH = "/v1/regions/global/iam/users/";
    private static final int MOST_ROLES = 50;

    private final Members members;

    /// @param name the username
    /// @param roles what was given at the organization itself
    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            String email,
            @Nullable String organizationId,
            User.State status,
            List<String> roles,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Member it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(), it.email(),
                    it.organizationId(), it.status(), it.roles(), it.version(), it.createdAt(),
                    it.updatedAt());
        }
    }

    /// @param roles all that the person is to hold at the organization itself
    record Change(Patch<String> displayName, Patch<Set<String>> roles, Patch<User.State> status) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), null)
                    .unless(!displayName.isAbsent() || !roles.isAbsent() || !status.isAbsent(),
                            "body", "must change displayName, roles or status")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(status instanceof Patch.Clear), "status", "cannot be cleared")
                    .check("roles", roles.or(null), it -> it.size() <= MOST_ROLES,
                            "must be at most " + MOST_ROLES)
                    .orRefuse();
        }
    }

    public UsersApi(Members members) {
        this.members = members;
    }

    @Override
    @Expands({"user", "owner"})
    @Needs(value = "iam.users.get", in = Place.TENANT)
    public View show(Grant grant, String id) {
        return View.of(members.get(grant, id));
    }

    @GET
    @Needs(value = "iam.users.list", in = Place.TENANT)
    @Page.Of(MemberTable.class)
    public Answer<Page<View>> list(
            @Context Grant grant, @Context PageAsk ask,
            @QueryParam("filter") @Nullable String filter) {
        return Answer.page(members.list(
                grant, ask, filter == null ? null : Expression.parse(filter)).map(View::of));
    }

    @GET
    @Path("/{user}")
    @Needs(value = "iam.users.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("user") String key) {
        var found = members.get(grant, key);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{user}")
    @Needs(value = "iam.users.update", in = Place.TENANT)
    public Answer<View> change(
            @Context Grant grant, @PathParam("user") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var changed = members.change(grant, key, old -> {
            var name = change.displayName().or(old.displayName());
            var roles = change.roles().or(Set.copyOf(old.roles()));
            var status = change.status().or(old.status());
            return new Member.Change(name == null ? old.displayName() : name,
                    roles == null ? Set.of() : roles, status == null ? old.status() : status);
        }, IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    /// Takes everything from a person that the organization gave; with `orgId=*`, closes the
    /// account.
    @DELETE
    @Path("/{user}")
    @Needs(value = "iam.users.delete", in = Place.TENANT)
    public Answer<Void> remove(
            @Context Grant grant, @PathParam("user") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        members.remove(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }
}
