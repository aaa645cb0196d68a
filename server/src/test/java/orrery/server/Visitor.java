package orrery.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import orrery.kit.http.Json;
import org.jspecify.annotations.Nullable;

/// Somebody who talks HTTP to a server under test. Immutable: [#as] is the same with a token.
public record Visitor(URI server, Map<String, String> headers) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /// @param json the body, an empty object when it is none
    public record Heard(int status, JsonNode json, HttpResponse<String> raw) {
        public String text(String pointer) {
            return json.at(pointer).asText();
        }

        public @Nullable String header(String name) {
            return raw.headers().firstValue(name).orElse(null);
        }
    }

    public static Visitor of(URI server) {
        return new Visitor(server, Map.of());
    }

    public Visitor as(String token) {
        return with("Authorization", "Bearer " + token);
    }

    public Visitor with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Visitor(server, more);
    }

    public Heard get(String path) {
        return send("GET", path, null);
    }

    public Heard post(String path, Object body) {
        return send("POST", path, body);
    }

    public Heard patch(String path, Object body) {
        return send("PATCH", path, body);
    }

    public Heard put(String path, Object body) {
        return send("PUT", path, body);
    }

    public Heard delete(String path) {
        return send("DELETE", path, null);
    }

    /// @param body written as JSON, text as it is
    public Heard send(String method, String path, @Nullable Object body) {
        var request = HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
        if (body != null && !headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        request.method(method, body == null ? BodyPublishers.noBody()
                : BodyPublishers.ofString(body instanceof String text ? text : Json.text(body)));
        try {
            var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Heard(answer.statusCode(), json(answer.body()), answer);
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return text.isEmpty() || text.charAt(0) != '{' && text.charAt(0) != '['
                    ? Json.shared().createObjectNode() : Json.shared().readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + text, e);
        }
    }
}
