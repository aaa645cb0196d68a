package orrery.server.tenancy.project;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.Flag;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Projects, as the cloud family shows them.
@Path("/v1/regions/{region:global}/projects")
@RunOnVirtualThread
@On(Cloud.class)
public final class ProjectsApi implements Expandable {
    private static final String PATH = "/v1/regions/global/projects/";
    private static final Permission CREATE = new Permission("org.projects.create");
    private static final Permission LIST = new Permission("org.projects.list");

    private final Projects projects;
    private final ProjectDeletions deletions;
    private final Access access;
    private final Places places;

    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            String organizationId,
            String state,
            Project.Visibility visibility,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Project it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.organizationId(),
                    it.deletedAt() != null ? "deleted"
                            : it.deletion() != null ? "deleting" : "active",
                    it.visibility(), it.version(), it.createdAt(), it.updatedAt(),
                    it.deletedAt());
        }
    }

    /// @param organizationId identifier or name of the organization
    record New(
            String organizationId,
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            Project.@Nullable Visibility visibility) {
        New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Project.Visibility> visibility) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent()
                                    || !visibility.isAbsent(),
                            "body", "must change displayName, description or visibility")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(visibility instanceof Patch.Clear), "visibility",
                            "cannot be cleared")
                    .orRefuse();
        }
    }

    public ProjectsApi(Projects projects, ProjectDeletions deletions, Access access,
            Places places) {
        this.projects = projects;
        this.deletions = deletions;
        this.access = access;
        this.places = places;
    }

    @Override
    @Expands("project")
    @Needs(value = "org.projects.get", in = Place.PROJECT)
    public View show(Grant grant, String id) {
        return View.of(projects.get(grant));
    }

    @GET
    @Own
    @Page.Of(ProjectTable.class)
    public Answer<Page<View>> list(
            @Context Grant grant, @Context PageAsk ask, @Context Deleted deleted,
            @QueryParam("organizationId") @Nullable String organization) {
        var within = organization == null ? ask : ask.and("organizationId",
                in(grant, organization, LIST).scope().requireOrganization());
        return Answer.page(projects.list(grant, within).map(View::of));
    }

    /// The organization stands in the body, so the permission is asked for here.
    @POST
    @Own
    public Answer<View> create(@Context Grant grant, New asked) {
        var made = projects.create(in(grant, asked.organizationId(), CREATE), new Project.New(
                asked.name(), asked.displayName(), asked.description(),
                asked.visibility() == null ? Project.Visibility.PRIVATE : asked.visibility()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{project}")
    @Needs(value = "org.projects.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant) {
        var found = projects.get(grant);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{project}")
    @Needs(value = "org.projects.update", in = Place.PROJECT)
    public Answer<View> change(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            Change change) {
        var old = projects.get(grant);
        var changed = projects.change(grant,
                new Project.Change(
                        present(change.displayName().or(old.displayName()), old.displayName()),
                        change.description().or(old.description()),
                        present(change.visibility().or(old.visibility()), old.visibility())),
                IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    /// Deletes an empty project at once, and one with all that is in it by a run.
    @DELETE
    @Path("/{project}")
    @Needs(value = "org.projects.delete", in = Place.PROJECT)
    public Answer<View> delete(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("cascade") @Nullable String cascade) {
        var expected = IfMatch.version(ifMatch);
        var accepted = Flag.isSet("cascade", cascade)
                ? deletions.deleteAll(grant, expected) : deletions.delete(grant, expected);
        var view = View.of(accepted.project());
        var run = accepted.run();
        return run == null ? Answer.ok(view).status(204)
                : Answer.accepted(view, new Answer.RunRef(
                        run.id(), run.type(), run.status().text()))
                        .at(view.selfLink()).version(view.version());
    }

    private Grant in(Grant grant, String organization, Permission permission) {
        return access.require(grant.call(), permission, places.find(
                grant.call(), Place.ORGANIZATION, Map.of("organization", organization)));
    }

    private static <T> T present(@Nullable T value, T old) {
        return value == null ? old : value;
    }
}
