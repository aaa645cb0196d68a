package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.auth.login.Registrations;
import orrery.server.surface.Workspace;

/// The people that the caller may know of.
@Path("/api/v1/users")
@RunOnVirtualThread
@On(Workspace.class)
public final class PersonsApi {
    private final Persons persons;
    private final PersonChanges changes;

    /// @param username made out of the address when it is left out
    /// @param organization name or identifier; the caller's own when it is left out
    /// @param roles `org-admin` or `workspace-user`; the latter when they are left out
    record New(
            String email,
            String fullname,
            String password,
            @Nullable String username,
            @Nullable String organization,
            @Nullable Set<String> roles) {
        New {
            new Mistakes().unless(roles == null || roles.size() <= 2
                            && Set.of(Persons.ORG_ADMIN, Persons.USER).containsAll(roles), "roles",
                    "must be some of org-admin, workspace-user").orRefuse();
        }

        boolean isAdmin() {
            return roles != null && roles.contains(Persons.ORG_ADMIN);
        }

        @Override
        public String toString() {
            return "an account for " + email;
        }
    }

    public PersonsApi(Persons persons, PersonChanges changes) {
        this.persons = persons;
        this.changes = changes;
    }

    /// Makes an account, whose address is not proved. Others invite people instead.
    @POST
    @Own
    @TokenScope("user:write:*")
    public Answer<PersonApi.View> create(@Context Grant grant, New asked) {
        var made = changes.create(grant, asked.organization(), asked.isAdmin(),
                new Registrations.Account(asked.email(), asked.fullname(), asked.username(),
                        asked.password()));
        return Answer.ok(PersonApi.View.of(persons.get(grant, made.username()))).status(201);
    }

    @GET
    @Own
    @TokenScope("user:list")
    public Answer<List<PersonApi.View>> list(@Context Grant grant) {
        return Answer.ok(persons.list(grant).stream().map(PersonApi.View::of).toList());
    }
}
