package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// What is done with other people.
@Path("/api/v1/users/{username}")
@RunOnVirtualThread
@On(Workspace.class)
public final class PersonAdministrationApi {
    private final Persons persons;
    private final PersonChanges changes;

    record Removal(@Nullable Boolean preserveWorkspaces) {}

    record Roles(Set<String> roles) {
        Roles {
            var all = Set.of(Persons.ADMIN, Persons.ORG_ADMIN, Persons.USER);
            new Mistakes().check("roles", roles, it -> !it.isEmpty() && all.containsAll(it),
                            "must be some of admin, org-admin, workspace-user")
                    .unless(roles == null || roles.size() == 1 || !roles.contains(Persons.ADMIN),
                            "roles", "has admin, which is the platform's: ask for it alone")
                    .orRefuse();
        }

        /// Everybody is one: to be none is to be gone.
        void checkTaken() {
            new Mistakes().unless(!roles.contains(Persons.USER), "roles",
                    "has workspace-user, which everybody is: delete the user instead").orRefuse();
        }
    }

    public PersonAdministrationApi(Persons persons, PersonChanges changes) {
        this.persons = persons;
        this.changes = changes;
    }

    /// Takes the person out of the organization; for operators, closes the account. The person's
    /// workspaces go too, unless they are to stay.
    @DELETE
    @Consumes(MediaType.APPLICATION_JSON)
    @Own
    @TokenScope("user:write:*")
    public Answer<Void> remove(
            @Context Grant grant, @PathParam("username") String username,
            @Nullable Removal asked) {
        changes.remove(grant, username,
                asked != null && Boolean.TRUE.equals(asked.preserveWorkspaces()));
        return Answer.none();
    }

    @POST
    @Path("/roles")
    @Own
    @TokenScope("user:write:roles")
    public Answer<List<String>> give(
            @Context Grant grant, @PathParam("username") String username, Roles asked) {
        return roles(grant, changes.give(grant, username, asked.roles()).username());
    }

    @DELETE
    @Path("/roles")
    @Own
    @TokenScope("user:write:roles")
    public Answer<List<String>> take(
            @Context Grant grant, @PathParam("username") String username, Roles asked) {
        asked.checkTaken();
        return roles(grant, changes.take(grant, username, asked.roles()).username());
    }

    private Answer<List<String>> roles(Grant grant, String username) {
        return Answer.ok(persons.get(grant, username).roles());
    }

    /// Lets the person try passwords again.
    @DELETE
    @Path("/password-lockout")
    @Own
    @TokenScope("user:write:locked")
    public Answer<Void> unlockPassword(
            @Context Grant grant, @PathParam("username") String username) {
        changes.unlockPassword(grant, username);
        return Answer.none();
    }
}
