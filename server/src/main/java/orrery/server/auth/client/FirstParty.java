package orrery.server.auth.client;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import orrery.server.auth.client.Client.Authentication;
import org.jspecify.annotations.Nullable;

/// Our own clients, on every installation: the console, the workspace family's sign-in and the
/// command line. They are public, so PKCE is all that binds a code to them.
final class FirstParty {
    static final String CONSOLE = "orrery-console";
    static final String COMMAND_LINE = "orrery-cli";
    static final String WORKSPACE = "orrery-workspace";

    private final List<Client> all;

    /// @param issuer where the console is
    FirstParty(String issuer) {
        all = List.of(
                client(CONSOLE, "Orrery console", List.of(issuer + "/"),
                        Set.of(Client.CODE, Client.REFRESH)),
                client(WORKSPACE, "Orrery workspaces", List.of(Clients.workspaceCallback(issuer)),
                        Set.of(Client.CODE)),
                client(COMMAND_LINE, "Orrery command line",
                        List.of("http://127.0.0.1/callback", "http://[::1]/callback"),
                        Set.of(Client.CODE, Client.REFRESH, Client.DEVICE)));
    }

    @Nullable Client find(String id) {
        return all.stream().filter(client -> client.id().equals(id)).findFirst().orElse(null);
    }

    private static Client client(
            String id, String name, List<String> redirects, Set<String> grantTypes) {
        return new Client(id, null, id, name, null, Authentication.NONE, redirects, redirects,
                grantTypes, Set.copyOf(Scopes.ALL), true, null, Client.State.ACTIVE, null, 1,
                Instant.EPOCH, Instant.EPOCH);
    }
}
