package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.auth.login.PasswordChanges;
import orrery.server.surface.Workspace;

/// The caller, under the path that needs no name.
@Path("/api/v1/me")
@RunOnVirtualThread
@On(Workspace.class)
public final class MeApi extends PersonApi {
    public MeApi(Persons persons, PersonChanges changes, PasswordChanges passwords) {
        super(persons, changes, passwords);
    }
}
