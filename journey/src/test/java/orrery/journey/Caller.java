package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.http.Json;

/// Somebody who calls any of several servers with one credential.
///
/// @param header `Authorization` or `Cookie`; empty for nobody
record Caller(String header, String credential) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();

    static final Caller NOBODY = new Caller("", "");

    static Caller with(String token) {
        assertThat(token).isNotEmpty();
        return new Caller("Authorization", "Bearer " + token);
    }

    /// @param body written as JSON; `null` for none
    HttpResponse<String> send(int port, String method, String path, Object body) {
        return send(port, method, path, "application/json", body == null ? null : Json.text(body));
    }

    HttpResponse<String> form(int port, String path, Map<String, String> fields) {
        return send(port, "POST", path, "application/x-www-form-urlencoded",
                fields.entrySet().stream().map(it -> it.getKey() + "=" + URLEncoder.encode(
                        it.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&")));
    }

    int status(int port, String path) {
        return send(port, "GET", path, null).statusCode();
    }

    /// What a request that succeeds answers with.
    JsonNode ask(int port, String method, String path, Object body) {
        return json(send(port, method, path, body));
    }

    static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as("%s", answer.body()).isBetween(200, 299);
        try {
            return Json.shared().readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(answer.body(), e);
        }
    }

    private HttpResponse<String> send(
            int port, String method, String path, String type, String body) {
        var server = "http://127.0.0.1:" + port;
        var request = HttpRequest.newBuilder(URI.create(server + path)).timeout(PATIENCE)
                .header("Content-Type", type)
                .method(method, body == null ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(body));
        if (!header.isEmpty()) {
            request.header(header, credential);
        }
        if (header.equals("Cookie")) {
            request.header("Origin", server);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
