package orrery.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.db.Json;

/// Keycloak in its production mode, on a PostgreSQL of its own, signing with ES256 as we do.
record KeycloakTokens(Process process, EmbeddedPostgres postgres, URI address, String secret)
        implements TokenService {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration START = Duration.ofMinutes(5);

    /// @param home the unpacked distribution; it is built for PostgreSQL, which changes it
    static KeycloakTokens start(Path home, Path data) throws Exception {
        var program = home.resolve("bin/kc.sh").toAbsolutePath().toString();
        var built = new ProcessBuilder(program, "build", "--db=postgres")
                .redirectErrorStream(true).redirectOutput(data.resolve("build.log").toFile())
                .start();
        if (built.waitFor() != 0) {
            throw new IOException("Keycloak cannot be built: " + data.resolve("build.log"));
        }
        var postgres = EmbeddedPostgres.start(data.resolve("postgres"));
        var password = UUID.randomUUID().toString();
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var database = postgres.address();
        var builder = new ProcessBuilder(program, "start", "--optimized", "--http-enabled=true",
                "--hostname-strict=false", "--http-host=127.0.0.1", "--http-port=" + port,
                "--cache=local", "--log-level=warn", "--db-url=" + database.url(),
                "--db-username=" + database.user())
                .redirectErrorStream(true).redirectOutput(data.resolve("log.txt").toFile());
        builder.environment().putAll(Map.of(
                "KC_DB_PASSWORD", database.password(), "KC_BOOTSTRAP_ADMIN_USERNAME", "admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD", password,
                "JAVA_HOME", System.getProperty("java.home")));
        var service = new KeycloakTokens(builder.start(), postgres,
                URI.create("http://127.0.0.1:" + port), UUID.randomUUID().toString());
        try {
            service.setUp(service.administrator(password));
            return service;
        } catch (Exception e) {
            service.close();
            throw e;
        }
    }

    private String administrator(String password) throws Exception {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                return send(request("/realms/master/protocol/openid-connect/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("grant_type=password&client_id=admin-cli"
                                + "&username=admin&password=" + password)))
                        .at("/access_token").asText();
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw e;
                }
                Thread.sleep(500);
            }
        }
    }

    private void setUp(String token) throws Exception {
        create(token, "/admin/realms", Map.of("realm", "bench", "enabled", true,
                "accessTokenLifespan", 900));
        create(token, "/admin/realms/bench/clients", Map.of(
                "clientId", "bench", "secret", secret, "serviceAccountsEnabled", true,
                "standardFlowEnabled", false, "publicClient", false,
                "attributes", Map.of("access.token.signed.response.alg", "ES256"),
                // It tells a client only about tokens that are for it.
                "protocolMappers", List.of(Map.of("name", "audience",
                        "protocol", "openid-connect",
                        "protocolMapper", "oidc-audience-mapper",
                        "config", Map.of("included.client.audience", "bench",
                                "access.token.claim", "true",
                                "introspection.token.claim", "true")))));
    }

    private void create(String token, String path, Map<String, ?> body) throws Exception {
        send(request(path).header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(60));
    }

    private static JsonNode send(HttpRequest.Builder request) throws Exception {
        var answer = HTTP.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(answer.uri() + ": " + answer.statusCode() + " "
                    + answer.body());
        }
        return Json.tree(answer.body().isEmpty() ? "{}" : answer.body());
    }

    @Override
    public String name() {
        return "keycloak";
    }

    @Override
    public String token() {
        return "/realms/bench/protocol/openid-connect/token";
    }

    @Override
    public String introspect() {
        return token() + "/introspect";
    }

    @Override
    public boolean introspects() {
        return true;
    }

    @Override
    public String clientId() {
        return "bench";
    }

    /// The script's child, or what the script became.
    @Override
    public long pid() {
        return process.descendants().findFirst().map(ProcessHandle::pid).orElse(process.pid());
    }

    @Override
    public void close() throws Exception {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor();
        postgres.close();
    }
}
