package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import orrery.kit.http.Json;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SurfacesTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource
    URI server;

    @Test
    void answersHealthToAnybody() throws Exception {
        var answer = get("/api/v1/healthcheck");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(answer.headers().firstValue("X-Request-Id")).get().asString()
                .matches("req_[a-z0-9]+(-[a-z0-9]+)*-\\d{13}-[0-9a-f]{12}");
    }

    @Test
    void timesRequestsByRouteAndNeverByPath() throws Exception {
        post("/v1/regions/eu1/probes", "{}");
        get("/v1/regions/eu1/no-such-thing-7f3a");
        var metrics = get("/q/metrics").body();
        assertThat(metrics.lines().filter(line -> line.startsWith("http_server_requests")))
                .anyMatch(line -> line.contains("uri=\"/v1/regions/{region}/probes\"")
                        && line.contains("status=\"400\"") && line.contains("surface=\"cloud\""))
                .anyMatch(line -> line.contains("uri=\"UNKNOWN\""))
                .noneMatch(line -> line.contains("7f3a") || line.contains("eu1"));
    }

    @Test
    void wrapsACloudAnswerInItsEnvelope() throws Exception {
        var answer = post("/v1/regions/eu1/probes", "{\"name\":\"a\",\"count\":3}");
        assertThat(answer.statusCode()).isEqualTo(201);
        var body = json(answer);
        assertThat(body.at("/success").booleanValue()).isTrue();
        assertThat(body.at("/data/count").intValue()).isEqualTo(3);
        assertThat(body.at("/data/virtual").booleanValue()).isTrue();
        assertThat(answer.headers().firstValue("X-Request-Id"))
                .hasValue(body.at("/meta/requestId").textValue());
        assertThat(answer.headers().firstValue("ETag")).hasValue("\"7\"");
    }

    @Test
    void namesEveryMistakeOfABody() throws Exception {
        var answer = post("/v1/regions/eu1/probes",
                "{\"name\":\" \",\"count\":\"3\",\"colour\":1,\"tags\":[\"a\",2]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        var error = json(answer).at("/error");
        assertThat(error.at("/code").textValue()).isEqualTo("VALIDATION_ERROR");
        assertThat(error.at("/details/fields").propertyStream().map(e -> e.getKey()))
                .containsExactlyInAnyOrder("name", "count", "colour", "tags[1]");
    }

    @Test
    void refusesUnknownPathsInTheFormatOfTheirFamily() throws Exception {
        assertThat(json(get("/v1/regions/eu1/nothing")).at("/error/code").textValue())
                .isEqualTo("NOT_FOUND");
        assertThat(json(get("/v1/api/nothing")).at("/error").textValue())
                .isEqualTo("There is nothing at /v1/api/nothing");
        assertThat(json(get("/api/v1/nothing")).at("/status").intValue()).isEqualTo(404);
        assertThat(json(get("/.well-known/nothing")).at("/error").textValue())
                .isEqualTo("invalid_request");
    }

    @Test
    void saysWhichMethodsThereAre() throws Exception {
        var answer = send("DELETE", "/api/v1/healthcheck", "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
        assertThat(json(answer).at("/status").intValue()).isEqualTo(405);
    }

    @Test
    void asksStrangersToSignInBeforeItLooksForAPlace() throws Exception {
        assertThat(get("/v1/regions/eu1/probes/own").statusCode()).isEqualTo(401);
        var answer = get("/v1/regions/eu1/probes/p1/needs");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }

    @Test
    void keepsTheCauseOfABugToItself() throws Exception {
        var answer = get("/v1/regions/eu1/probes/bug");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("INTERNAL_ERROR").doesNotContain("secret");
    }

    @Test
    void refusesABodyLargerThanARouteReads() throws Exception {
        var answer = post("/v1/regions/eu1/probes", "\"" + "x".repeat(2 << 20) + "\"");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(json(answer).at("/error/code").textValue()).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @Test
    void sendsAnOldAddressOnToItsSuccessor() throws Exception {
        var answer = get("/v1/region/eu1/probes?pageSize=7");
        assertThat(answer.statusCode()).isEqualTo(200);
        var meta = json(answer).at("/meta");
        assertThat(meta.at("/pagination/pageSize").intValue()).isEqualTo(7);
        assertThat(meta.at("/warnings/0/code").textValue()).isEqualTo("DEPRECATED_ENDPOINT");
        assertThat(answer.headers().firstValue("Sunset")).isPresent();
        assertThat(json(get("/v1/region/eu1/nothing")).at("/error/code").textValue())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void saysHowMuchIsLeft() throws Exception {
        assertThat(get("/api/v1/healthcheck").headers().firstValue("RateLimit-Remaining"))
                .isPresent();
    }

    @Test
    void streamsBytesBothWays() throws Exception {
        var bytes = "x".repeat(3 << 20);
        var answer = CLIENT.send(HttpRequest.newBuilder(server.resolve(
                        "/v1/regions/eu1/probes/bytes"))
                .PUT(HttpRequest.BodyPublishers.ofString(bytes))
                .header("Content-Type", "application/octet-stream").build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/octet-stream");
        assertThat(answer.body()).isEqualTo(bytes);
    }

    @Test
    void countsABodyThatCameWithoutItsLength() throws Exception {
        var answer = CLIENT.send(HttpRequest.newBuilder(server.resolve(
                        "/v1/regions/eu1/probes/bytes"))
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() ->
                        new ByteArrayInputStream(new byte[5 << 20])))
                .header("Content-Type", "application/octet-stream").build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(json(answer).at("/error/code").textValue()).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @Test
    void opensAWebSocketWithAGrant() throws Exception {
        var received = new CompletableFuture<String>();
        var socket = CLIENT.newWebSocketBuilder().buildAsync(
                URI.create(server.resolve("/api/v1/probes/p1/socket").toString()
                        .replace("http", "ws")),
                new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                            WebSocket webSocket, CharSequence data, boolean last) {
                        received.complete(data.toString());
                        return null;
                    }
                }).join();
        socket.sendText("hello", true);
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo("p1 hello anonymous");
        socket.abort();
    }

    @Test
    void refusesAnUpgradeInTheFormatOfTheFamily() throws Exception {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(("GET /api/v1/probes/p1/closed HTTP/1.1\r\n"
                    + "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            var answer = new StringBuilder();
            while (!answer.toString().endsWith("}")) {
                answer.append((char) socket.getInputStream().read());
            }
            assertThat(answer.toString()).startsWith("HTTP/1.1 401")
                    .endsWith("{\"status\":401,\"msg\":\"Unauthorized\"}");
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", path, body);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(server.resolve(path))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return Json.shared().readTree(response.body());
    }
}
