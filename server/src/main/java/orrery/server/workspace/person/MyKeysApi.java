package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Workspace;

/// The caller's own, under the path that needs no name.
@Path("/api/v1/me/keys")
@RunOnVirtualThread
@On(Workspace.class)
public final class MyKeysApi extends PersonKeysApi {
    public MyKeysApi(Persons persons, PersonChanges changes) {
        super(persons, changes);
    }
}
