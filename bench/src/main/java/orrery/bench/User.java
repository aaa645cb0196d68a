package orrery.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.UUID;
import orrery.kit.db.Json;

/// The server's first user, who may do everything, with an access token.
record User(HttpClient http, Server server, String token) {
    static final String GLOBAL = "/v1/regions/global";

    /// Registers on a new server.
    static User register(Server server) throws Exception {
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var nobody = new User(http, server, "");
        var account = Map.of("email", "bench@orrery.local", "name", "Bench",
                "password", UUID.randomUUID().toString(), "setupCode", server.setupCode());
        nobody.post("/v1/api/auth/register", account);
        var session = new User(http, server, nobody.post("/v1/api/auth/login", Map.of(
                "email", account.get("email"), "password", account.get("password")))
                .at("/token").asText());
        var key = session.post(GLOBAL + "/iam/apikeys",
                Map.of("displayName", "bench", "scope", "platform")).at("/data/secret").asText();
        return new User(http, server, session.post(GLOBAL + "/auth/token",
                Map.of("grant_type", "api_key", "api_key", key))
                .at("/data/access_token").asText());
    }

    /// An organization of a name.
    String organization(String name) throws Exception {
        return post(GLOBAL + "/organizations", Map.of("name", name, "displayName", name))
                .at("/data/id").asText();
    }

    String project(String organization, String name) throws Exception {
        return post(GLOBAL + "/projects", Map.of("name", name, "organizationId", organization))
                .at("/data/id").asText();
    }

    JsonNode get(String path) throws Exception {
        return send(request(path).GET());
    }

    JsonNode post(String path, Map<String, ?> body) throws Exception {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(server.address().resolve(path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws Exception {
        var whole = request.build();
        var answer = http.send(whole, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(
                    whole.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
        return Json.tree(answer.body());
    }
}
