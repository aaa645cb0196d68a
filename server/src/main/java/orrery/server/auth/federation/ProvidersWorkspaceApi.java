package orrery.server.auth.federation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.stream.Stream;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.iam.provider.Providers;
import orrery.server.surface.Workspace;

/// The ways to sign in, as the workspace family shows them: our own pages first.
@Path("/api/v1/auth/providers")
@RunOnVirtualThread
@On(Workspace.class)
public final class ProvidersWorkspaceApi {
    /// What stands in front of a provider's name in this family.
    public static final String PREFIX = "idp.k8shell.io/";

    /// Our own pages, which know passwords and everything else.
    public static final String PASSWORD = PREFIX + "file";

    /// What its command line looks for: people sign in there with a browser.
    private static final List<String> CAPABILITIES = List.of("OnboardUserWebFlow");

    private final Database database;
    private final Providers providers;

    record View(String name, List<String> capabilities) {}

    public ProvidersWorkspaceApi(Database database, Providers providers) {
        this.database = database;
        this.providers = providers;
    }

    @GET
    @Open
    public Answer<List<View>> list(@Context Grant grant) {
        return Answer.ok(database.read(grant, tx -> Stream.concat(Stream.of(PASSWORD),
                        providers.ofInstallation(tx).stream().map(it -> PREFIX + it.name())))
                .map(name -> new View(name, CAPABILITIES)).toList());
    }
}
