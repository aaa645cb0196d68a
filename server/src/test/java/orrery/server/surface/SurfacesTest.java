package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
