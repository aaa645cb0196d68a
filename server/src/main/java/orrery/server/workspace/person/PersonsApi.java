package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// The people that the caller may know of.
@Path("/api/v1/users")
@RunOnVirtualThread
@On(Workspace.class)
public final class PersonsApi {
    private final Persons persons;

    public PersonsApi(Persons persons) {
        this.persons = persons;
    }

    @GET
    @Own
    @TokenScope("user:list")
    public Answer<List<PersonApi.View>> list(@Context Grant grant) {
        return Answer.ok(persons.list(grant).stream().map(PersonApi.View::of).toList());
    }
}
