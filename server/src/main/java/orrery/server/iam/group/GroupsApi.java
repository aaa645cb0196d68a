package orrery.server.iam.group;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Tenant;
import orrery.server.surface.Cloud;

/// Groups and their members, as the cloud family shows them.
@Path("/v1/regions/global/iam/groups")
@RunOnVirtualThread
@On(Cloud.class)
public final class GroupsApi {
    private static final String PATH = "/v1/regions/global/iam/groups/";

    private final Groups groups;
    private final Tenant tenant;

    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            String organizationId,
            int memberCount,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Group it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.organizationId(), it.memberCount(), it.version(),
                    it.createdAt(), it.updatedAt());
        }
    }

    record MemberView(
            String id,
            String selfLink,
            String groupId,
            String userId,
            String displayName,
            String email,
            String addedBy,
            Instant addedAt) {
        static MemberView of(Group.Member it) {
            return new MemberView(it.id(), PATH + it.groupId() + "/members/" + it.id(),
                    it.groupId(), it.userId(), it.displayName(), it.email(), it.addedBy(),
                    it.createdAt());
        }
    }

    record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            @Nullable String orgId) {
        New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    record Change(Patch<String> displayName, Patch<String> description) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent(),
                            "body", "must change displayName or description")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .orRefuse();
        }
    }

    record NewMember(String userId) {}

    public GroupsApi(Groups groups, Tenant tenant) {
        this.groups = groups;
        this.tenant = tenant;
    }

    @GET
    @Needs(value = "iam.groups.list", in = Place.TENANT)
    @Page.Of(GroupTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(groups.list(grant, ask).map(View::of));
    }

    /// @param asked with `orgId`, the organization; the caller's own when it is left out
    @POST
    @Own
    public Answer<View> create(@Context Grant caller, New asked) {
        var grant = tenant.require(caller, "iam.groups.create", asked.orgId());
        var made = groups.create(grant,
                new Group.New(asked.name(), asked.displayName(), asked.description()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{group}")
    @Needs(value = "iam.groups.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("group") String key) {
        var found = groups.get(grant, key);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{group}")
    @Needs(value = "iam.groups.update", in = Place.TENANT)
    public Answer<View> change(
            @Context Grant grant, @PathParam("group") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var changed = groups.change(grant, key, old -> {
            var name = change.displayName().or(old.displayName());
            return new Group.Change(name == null ? old.displayName() : name,
                    change.description().or(old.description()));
        }, IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("/{group}")
    @Needs(value = "iam.groups.delete", in = Place.TENANT)
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("group") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        groups.delete(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }

    @GET
    @Path("/{group}/members")
    @Needs(value = "iam.groups.members.list", in = Place.TENANT)
    @Page.Of(GroupMemberTable.class)
    public Answer<Page<MemberView>> members(
            @Context Grant grant, @PathParam("group") String key, @Context PageAsk ask) {
        return Answer.page(groups.members(grant, key, ask).map(MemberView::of));
    }

    @POST
    @Path("/{group}/members")
    @Needs(value = "iam.groups.members.create", in = Place.TENANT)
    public Answer<MemberView> add(
            @Context Grant grant, @PathParam("group") String key, NewMember asked) {
        var made = groups.add(grant, key, asked.userId());
        return Answer.created(MemberView.of(made),
                PATH + made.groupId() + "/members/" + made.id());
    }

    @GET
    @Path("/{group}/members/{member}")
    @Needs(value = "iam.groups.members.get", in = Place.TENANT)
    public Answer<MemberView> member(
            @Context Grant grant, @PathParam("group") String key,
            @PathParam("member") String member) {
        return Answer.ok(MemberView.of(groups.member(grant, key, member)));
    }

    @DELETE
    @Path("/{group}/members/{member}")
    @Needs(value = "iam.groups.members.delete", in = Place.TENANT)
    public Answer<Void> remove(
            @Context Grant grant, @PathParam("group") String key,
            @PathParam("member") String member) {
        groups.remove(grant, key, member);
        return Answer.none();
    }
}
