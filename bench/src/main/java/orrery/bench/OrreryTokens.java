package orrery.bench;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Our own packaged server, with a service account.
record OrreryTokens(Server server, String clientId, String secret) implements TokenService {
    /// Settings that put rate limits out of a bench's way.
    static final Map<String, String> UNLIMITED = Map.of(
            "ORRERY_LIMIT_REQUESTS", "10000000", "ORRERY_LIMIT_REQUESTS_UNKNOWN", "10000000");

    static OrreryTokens start(Path data) throws Exception {
        var server = Server.start(data, UNLIMITED, "--no-sim");
        var user = User.register(server);
        var organization = user.organization("bench-works");
        var accounts = User.GLOBAL + "/iam/service-accounts";
        var account = user.post(accounts, Map.of("displayName", "Bench", "name", "bench",
                "scope", "organization", "scopeId", organization, "roles", List.of("admin")));
        var credential = user.post(accounts + "/" + account.at("/data/id").asText()
                + "/credentials?orgId=" + organization, Map.of());
        return new OrreryTokens(server,
                URLEncoder.encode(account.at("/data/clientId").asText(), StandardCharsets.UTF_8),
                credential.at("/data/clientSecret").asText());
    }

    @Override
    public String name() {
        return "orrery";
    }

    @Override
    public URI address() {
        return server.address();
    }

    @Override
    public String token() {
        return User.GLOBAL + "/auth/token";
    }

    @Override
    public String introspect() {
        return User.GLOBAL + "/auth/introspect";
    }

    @Override
    public boolean introspects() {
        return true;
    }

    @Override
    public long pid() throws Exception {
        return server.pid();
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
