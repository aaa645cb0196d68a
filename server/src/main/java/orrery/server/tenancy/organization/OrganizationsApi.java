package orrery.server.tenancy.organization;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
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
import orrery.server.surface.Cloud;
import orrery.server.tenancy.project.Projects;
import org.jspecify.annotations.Nullable;

/// Organizations, as the cloud family shows them.
@Path("/v1/regions/global/organizations")
@RunOnVirtualThread
@On(Cloud.class)
public final class OrganizationsApi {
    private static final String PATH = "/v1/regions/global/organizations/";

    private final Organizations organizations;
    private final Projects projects;

    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            String state,
            String ownerId,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Organization it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.deletedAt() == null ? "active" : "deleted",
                    it.ownerId(), it.version(), it.createdAt(), it.updatedAt(), it.deletedAt());
        }
    }

    record New(
            @Nullable String name, @Nullable String displayName, @Nullable String description) {
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

    public OrganizationsApi(Organizations organizations, Projects projects) {
        this.organizations = organizations;
        this.projects = projects;
    }

    @GET
    @Own
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(organizations.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "org.organizations.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, New asked) {
        var made = organizations.create(grant, new Organization.New(
                asked.name(), asked.displayName(), asked.description()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{organization}")
    @Needs(value = "org.organizations.get", in = Place.ORGANIZATION)
    public Answer<View> get(@Context Grant grant) {
        var found = organizations.get(grant);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{organization}")
    @Needs(value = "org.organizations.update", in = Place.ORGANIZATION)
    public Answer<View> change(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            Change change) {
        var old = organizations.get(grant);
        var changed = organizations.change(grant,
                new Organization.Change(
                        present(change.displayName().or(old.displayName()), old.displayName()),
                        change.description().or(old.description())),
                IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("/{organization}")
    @Needs(value = "org.organizations.delete", in = Place.ORGANIZATION)
    public Answer<Void> delete(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch) {
        organizations.delete(grant, IfMatch.version(ifMatch), projects::names);
        return Answer.none();
    }

    private static String present(@Nullable String value, String old) {
        return value == null ? old : value;
    }
}
