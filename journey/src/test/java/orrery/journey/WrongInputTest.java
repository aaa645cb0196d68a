package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The journey by somebody who gets every step wrong once: each time the family answers in its own
/// format, says what is wrong, and the step works when it is done right.
class WrongInputTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String GLOBAL = "/v1/regions/global";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private String base;
    private String token = "";

    private record Answer(int status, JsonNode json) {
        /// The value of a good answer.
        String need(String pointer) {
            assertThat(status).as("%s", json).isBetween(200, 299);
            assertThat(json.at(pointer).isMissingNode()).as("%s in %s", pointer, json).isFalse();
            return json.at(pointer).asText();
        }

        void refusedByCloud(int expected, String code, String... words) {
            assertThat(status).as("%s", json).isEqualTo(expected);
            assertThat(json.path("success").isBoolean()).isTrue();
            assertThat(json.path("success").asBoolean()).isFalse();
            assertThat(json.at("/error/code").asText()).isEqualTo(code);
            assertThat(json.at("/error/message").asText()).contains(words);
            assertThat(json.at("/meta/requestId").asText()).startsWith("req_");
        }

        void refusedByStudio(int expected, String... words) {
            assertThat(status).as("%s", json).isEqualTo(expected);
            assertThat(json.path("error").asText()).contains(words);
            assertThat(json.has("success") || json.has("msg")).isFalse();
        }

        void refusedByWorkspace(int expected, String... words) {
            assertThat(status).as("%s", json).isEqualTo(expected);
            assertThat(json.path("status").asInt()).isEqualTo(expected);
            assertThat(json.path("msg").asText()).contains(words);
        }
    }

    private Answer send(String method, String path, String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE)
                .method(method, BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        var answer = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    }

    private Answer get(String path) throws Exception {
        return send("GET", path, "", "");
    }

    private Answer post(String path, String body) throws Exception {
        return send("POST", path, "application/json", body.replace('\'', '"'));
    }

    private Answer upload(String compose) throws Exception {
        return send("POST", "/v1/api/import/upload", "multipart/form-data; boundary=part",
                "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.yaml\"\r\n"
                        + "\r\n" + compose + "\r\n--part--\r\n");
    }

    @Test
    void eachStepRefusesInItsFamilysWordsAndThenWorks() throws Exception {
        try (var installation = new Installation(folder, Map.of())) {
            int port = Installation.freePort();
            base = "http://127.0.0.1:" + port;
            try (var server = installation.server(port)) {
                signIn();
                exchangeKey();
                var organization = organization();
                var project = project(organization);
                var compute = "/v1/regions/sim1/projects/" + project + "/compute";
                network(project, compute);
                var cluster = cluster(compute);
                kubeconfig(compute + "/clusters/" + cluster + "/kubeconfigs");
                compose();
                workspace();
                cleanUp(organization, project, compute);
                assertThat(server.output()).doesNotContain("\tat ");
            }
        }
    }

    private void signIn() throws Exception {
        var register = "/v1/api/auth/register";
        post(register, "{'email': 'nobody', 'password': 'short', 'name': ''}")
                .refusedByStudio(400, "email must be", "name must", "password must");
        var ada = "{'email': 'ada@orrery.example', 'name': 'Ada', 'password': 'correct horse 7',"
                + " 'setupCode': '%s'}";
        post(register, ada.formatted("AAAA-AAAA-AAAA-AAAA")).refusedByStudio(403, "setup code");
        post(register, ada.formatted(get("/setup").need("/code"))).need("/token");
        var login = "{'email': 'ada@orrery.example', 'password': '%s'}";
        post("/v1/api/auth/login", login.formatted("incorrect")).refusedByStudio(401, "password");
        token = post("/v1/api/auth/login", login.formatted("correct horse 7")).need("/token");
    }

    private void exchangeKey() throws Exception {
        post(GLOBAL + "/iam/apikeys", "{'displayName': 'k', 'scope': 'galaxy', 'colour': 1}")
                .refusedByCloud(400, "VALIDATION_ERROR", "scope must be one of", "colour");
        var key = post(GLOBAL + "/iam/apikeys", "{'displayName': 'k', 'scope': 'platform'}")
                .need("/data/secret");
        var exchange = "{'grant_type': 'api_key', 'api_key': '%s'}";
        post(GLOBAL + "/auth/token", exchange.formatted("no-such-key"))
                .refusedByCloud(401, "INVALID_CLIENT", "API key");
        token = post(GLOBAL + "/auth/token", exchange.formatted(key)).need("/data/access_token");
    }

    private String organization() throws Exception {
        post(GLOBAL + "/organizations", "{'name': 'No Good!', 'displayName': 'Acme'}")
                .refusedByCloud(400, "VALIDATION_ERROR", "name must");
        return post(GLOBAL + "/organizations", "{'name': 'acme', 'displayName': 'Acme'}")
                .need("/data/id");
    }

    private String project(String organization) throws Exception {
        post(GLOBAL + "/projects", "{'name': 'shop', 'organizationId': 'org_nowhere'}")
                .refusedByCloud(404, "NOT_FOUND", "organization org_nowhere");
        return post(GLOBAL + "/projects", "{'name': 'shop', 'organizationId': '%s'}"
                .formatted(organization)).need("/data/id");
    }

    private void network(String project, String compute) throws Exception {
        post(compute + "/networks", "{'name': 'n n', 'cidr': '10.40.0.1/99'}")
                .refusedByCloud(400, "VALIDATION_ERROR", "name must", "cidr must", "10.1.0.0/16");
        post("/v1/regions/mars1/projects/" + project + "/compute/networks",
                "{'name': 'n', 'cidr': '10.40.0.0/16'}")
                .refusedByCloud(404, "NOT_FOUND", "region mars1");
        post(compute + "/networks", "{'name': 'n', 'cidr': '10.40.0.0/16'}").need("/data/id");
    }

    private String cluster(String compute) throws Exception {
        post(compute + "/clusters", "{'name': 'one', 'nodePools': [{'role': 'boss'}], 'size': 1}")
                .refusedByCloud(400, "VALIDATION_ERROR", "nodePools[0].role", "worker", "size");
        post(compute + "/clusters", "{'name': ")
                .refusedByCloud(400, "VALIDATION_ERROR", "line 1, column");
        var good = "{'name': 'one', 'nodePools': [{'role': 'control-plane', 'nodeCount': 1},"
                + " {'role': 'worker', 'nodeCount': 1}]}";
        var id = post(compute + "/clusters", good).need("/data/id");
        post(compute + "/clusters", good).refusedByCloud(409, "ALREADY_EXISTS", "named one");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!get(compute + "/clusters/" + id).need("/data/state").equals("running")) {
            assertThat(System.nanoTime()).as("the cluster is never running").isLessThan(end);
            Thread.sleep(200);
        }
        return id;
    }

    private void kubeconfig(String path) throws Exception {
        post(path, "{'role': 'king', 'forever': true}")
                .refusedByCloud(400, "VALIDATION_ERROR", "role must be one of", "forever");
        get(path + "/kcf_nowhere/download")
                .refusedByCloud(404, "NOT_FOUND", "kubeconfig kcf_nowhere");
    }

    private void compose() throws Exception {
        get("/v1/api/clusters/nowhere").refusedByStudio(404, "cluster nowhere");
        upload("services:\n  web:\n    image: nginx\n    prots: ['80:80']\n")
                .refusedByStudio(400, "services.web.prots", "line 4", "did you mean 'ports'");
        upload("services:\n  web:\n    image: [nginx\n").refusedByStudio(400, "line 4");
        upload("hello: world\n").refusedByStudio(400, "services", "missing");
        var analysis = upload("services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n")
                .json().path("analysis");
        create("", analysis).refusedByStudio(400, "name");
        var id = create("shop", analysis).need("/workflow/id");
        var path = "/v1/api/workflows/" + id;
        post(path + "/run", "{}").refusedByStudio(400, "published");
        send("PUT", path + "/status", "application/json", "{\"status\": \"sparkling\"}")
                .refusedByStudio(400, "draft, published or archived");
    }

    private Answer create(String name, JsonNode analysis) throws Exception {
        var body = JSON.createObjectNode().put("name", name).put("clusterId", "one");
        body.set("analysis", analysis);
        return send("POST", "/v1/api/import/create-workflow", "application/json", body.toString());
    }

    private void workspace() throws Exception {
        var path = "/api/v1/workspaces";
        post(path, "{'username': 7}").refusedByWorkspace(400, "username");
        post(path, "{'username': 'ada', 'cluster': 'nowhere'}")
                .refusedByWorkspace(404, "cluster nowhere");
        get("/api/v1/jobs/77777").refusedByWorkspace(404, "job 77777");
        get(path + "/nowhere/interactive").refusedByWorkspace(400, "WebSocket");
        send("PUT", path + "/nowhere/files", "application/octet-stream", "x")
                .refusedByWorkspace(400, "?path=");
    }

    private void cleanUp(String organization, String project, String compute) throws Exception {
        send("DELETE", GLOBAL + "/organizations/" + organization, "", "")
                .refusedByCloud(409, "CONFLICT_IN_USE", "still used by");
        send("DELETE", GLOBAL + "/projects/" + project, "", "")
                .refusedByCloud(409, "CONFLICT_IN_USE", "still used by");
        send("DELETE", compute + "/clusters/cls_nowhere", "", "")
                .refusedByCloud(404, "NOT_FOUND", "cluster cls_nowhere");
    }
}
