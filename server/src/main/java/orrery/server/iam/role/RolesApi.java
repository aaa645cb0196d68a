package orrery.server.iam.role;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Tenant;
import orrery.server.surface.Cloud;

/// Roles and the permissions that they are made of, as the cloud family shows them.
@Path("/v1/regions/global/iam")
@RunOnVirtualThread
@On(Cloud.class)
public final class RolesApi {
    private static final String PATH = "/v1/regions/global/iam/roles/";

    private final Roles roles;
    private final Paging paging;
    private final Tenant tenant;

    enum Kind { PREDEFINED, CUSTOM }

    /// @param level where it is given; `null` for any place in the organization
    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            Kind kind,
            Role.@Nullable Level level,
            @Nullable String organizationId,
            List<String> permissions,
            @Nullable Long version,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt) {
        static View of(Role it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(), null,
                    Kind.PREDEFINED, it.level(), null,
                    it.permissions().stream().sorted().toList(), null, null, null);
        }

        static View of(CustomRole it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), Kind.CUSTOM, null, it.organizationId(), it.permissions(),
                    it.version(), it.createdAt(), it.updatedAt());
        }

        /// Those that come with the server stand first.
        private String position() {
            return level != null ? level.ordinal() + name
                    : createdAt != null ? "9" + Paging.newestFirst(createdAt, id) : "9";
        }
    }

    record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            Set<String> permissions,
            @Nullable String orgId) {
        New {
            CustomRole.check(Naming.check(new Mistakes(), name, displayName, description),
                    permissions).orRefuse();
        }
    }

    record Change(
            Patch<String> displayName, Patch<String> description, Patch<Set<String>> permissions) {
        Change {
            CustomRole.check(Naming.check(new Mistakes(), null, displayName.or(null),
                            description.or(null)), permissions.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent()
                                    || !permissions.isAbsent(),
                            "body", "must change displayName, description or permissions")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(permissions instanceof Patch.Clear), "permissions",
                            "cannot be cleared")
                    .orRefuse();
        }
    }

    public RolesApi(Roles roles, Paging paging, Tenant tenant) {
        this.roles = roles;
        this.paging = paging;
        this.tenant = tenant;
    }

    /// Every permission that there is.
    @GET
    @Path("/permissions")
    @Own
    public Answer<List<String>> permissions() {
        return Answer.ok(List.copyOf(Permissions.ALL));
    }

    /// Those that come with the server, then the organization's own, the newest first.
    @GET
    @Path("/roles")
    @Needs(value = "iam.roles.list", in = Place.TENANT)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        var all = new ArrayList<View>();
        Predefined.all().stream().filter(role -> isShown(role, grant.scope()))
                .map(View::of).forEach(all::add);
        if (grant.scope().organization() != null) {
            roles.list(grant).stream().map(View::of).forEach(all::add);
        }
        all.sort(Comparator.comparing(View::position));
        return Answer.page(paging.page(ask.orFromTheStart(), "roles", all, View::position));
    }

    /// @param asked with `orgId`, the organization; the caller's own when it is left out
    @POST
    @Path("/roles")
    @Own
    public Answer<View> create(@Context Grant caller, New asked) {
        var grant = tenant.require(caller, "iam.roles.create", asked.orgId());
        var made = roles.create(grant, new CustomRole.New(asked.name(), asked.displayName(),
                asked.description(), asked.permissions()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/roles/{role}")
    @Needs(value = "iam.roles.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("role") String key) {
        var predefined = Predefined.find(key).filter(role -> isShown(role, grant.scope()));
        if (predefined.isPresent()) {
            return Answer.ok(View.of(predefined.get()));
        }
        var found = roles.get(grant, key);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/roles/{role}")
    @Needs(value = "iam.roles.update", in = Place.TENANT)
    public Answer<View> change(
            @Context Grant grant, @PathParam("role") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var changed = roles.change(grant, key, old -> new CustomRole.Change(
                present(change.displayName().or(old.displayName()), old.displayName()),
                change.description().or(old.description()),
                present(change.permissions().or(Set.copyOf(old.permissions())), Set.of())),
                IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("/roles/{role}")
    @Needs(value = "iam.roles.delete", in = Place.TENANT)
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("role") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        roles.delete(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }

    /// Those of the platform are shown to who asks there.
    private static boolean isShown(Role role, Scope place) {
        return place.organization() == null || role.level() != Role.Level.PLATFORM;
    }

    private static <T> T present(@Nullable T value, T old) {
        return value == null ? old : value;
    }
}
