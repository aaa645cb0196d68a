package orrery.server.studio.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.server.Listener;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class DiagramRunsApiTest {
    private static final String WORKFLOWS = "/v1/api/workflows";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    private String drawn(String name, Map<String, Object> data) {
        var path = WORKFLOWS + "/" + owner.post(WORKFLOWS, Map.of("name", name,
                "cluster_id", "home", "nodes", List.of(
                        Map.of("id", "web", "type", "deployment", "position",
                                Map.of("x", 0, "y", 0), "data", data)))).text("/id");
        owner.put(path + "/status", Map.of("status", "published"));
        return path;
    }

    private static Map<String, Object> web(String name) {
        return new HashMap<>(Map.of("name", name, "image", "nginx", "port", 80, "replicas", 1));
    }

    private void remove(String path) {
        assertThat(owner.delete(path).status()).isEqualTo(200);
    }

    @Test
    void aRunIsFollowedUntilEveryNodeIsHealthy() {
        var path = drawn("Followed", web("followed"));
        JsonNode healthy;
        JsonNode ended;
        try (var listener = Listener.to(owner, path + "/status/stream", null)) {
            assertThat(listener.header("Content-Type")).startsWith("text/event-stream");
            var metadata = listener.next();
            assertThat(metadata.name()).isEqualTo("metadata");
            assertThat(metadata.data().path("name").asText()).isEqualTo("Followed");

            var started = owner.post(path + "/run", Map.of());
            assertThat(started.status()).as(started.raw().body()).isEqualTo(200);
            assertThat(started.text("/run_id")).startsWith("run_");
            assertThat(started.text("/status")).isEqualTo("deploying");
            assertThat(started.json().path("version").asInt()).isEqualTo(1);
            assertThat(started.json().path("logs").isArray()).isTrue();

            healthy = until(listener, "node_update", data ->
                    data.at("/data/status/state").asText().equals("healthy"));
            ended = until(listener, "run_update", data -> true);
            assertThat(ended.at("/data/run_id").asText()).isEqualTo(started.text("/run_id"));
        }
        assertThat(healthy.path("stream_key").asText())
                .isEqualTo("workflow:" + path.substring(path.lastIndexOf('/') + 1));
        assertThat(healthy.at("/data/node_id").asText()).isEqualTo("web");
        assertThat(ended.at("/data/status").asText()).isEqualTo("completed");

        var now = owner.get(path);
        assertThat(now.text("/nodes/0/data/_status/state")).isEqualTo("healthy");
        assertThat(now.json().path("run_count").asInt()).isEqualTo(1);
        assertThat(now.json().path("success_count").asInt()).isEqualTo(1);
        all.end(owner.post(path + "/run", "").text("/run_id"));
        var runs = owner.get(path + "/runs");
        assertThat(runs.json().path("total").asInt()).isEqualTo(2);
        assertThat(versions(runs)).containsExactly(2, 1);
        assertThat(versions(owner.get(path + "/runs?sort=created_at&order=asc")))
                .containsExactly(1, 2);
        assertThat(versions(owner.get(path + "/runs?limit=1"))).containsExactly(2);
        assertThat(runs.text("/runs/1/status")).isEqualTo("completed");
        assertThat(runs.text("/runs/1/node_states/web/state")).isEqualTo("healthy");
        assertThat(runs.text("/runs/1/triggered_by")).isEqualTo("manual");
        remove(path);
    }

    private static List<Integer> versions(Visitor.Heard runs) {
        return runs.json().path("runs").valueStream()
                .map(run -> run.path("version").asInt()).toList();
    }

    private static JsonNode until(
            Listener listener, String name, java.util.function.Predicate<JsonNode> wanted) {
        while (true) {
            var next = listener.next();
            if (next.name().equals(name) && wanted.test(next.data())) {
                return next.data();
            }
        }
    }

    @Test
    void refusesWhatCannotRunAndNamesNodeAndField() {
        var path = drawn("Wrong", Map.of("name", "NO", "image", "a b", "replicas", -1));
        var wrong = owner.post(path + "/run", Map.of());
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error")).contains("name", "image", "replicas");
        owner.put(path + "/status", Map.of("status", "draft"));
        var draft = owner.post(path + "/run", Map.of());
        assertThat(draft.status()).isEqualTo(400);
        assertThat(draft.text("/error")).contains("Workflow must be published to run");
        assertThat(owner.get(path + "/runs").json().path("total").asInt()).isZero();
        owner.put(path + "/status", Map.of("status", "published"));
        assertThat(owner.post(path + "/run", Map.of("cluster", "nowhere")).status())
                .isEqualTo(404);
        remove(path);
    }

    @Test
    void oneRunAtATime() {
        var path = drawn("Busy", web("busy"));
        var first = owner.post(path + "/run", Map.of());
        var second = owner.post(path + "/run", Map.of());
        if (second.status() != 200) {
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.text("/error")).contains(first.text("/run_id"));
        }
        all.end(first.text("/run_id"));
        remove(path);
    }

    @Test
    void archivingTakesEverythingAwayWhileARunIsAtWork() {
        var path = drawn("Archived", web("archived"));
        var run = owner.post(path + "/run", Map.of()).text("/run_id");
        assertThat(owner.put(path + "/status", Map.of("status", "archived")).status())
                .isEqualTo(200);
        assertThat(all.end(run).path("status").asText()).isIn("cancelled", "completed");
        var id = path.substring(path.lastIndexOf('/') + 1);
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() ->
                owner.get("/v1/workflows/runs?type=diagram.remove&resourceId=" + id)
                        .text("/data/0/status").equals("completed"));
        assertThat(owner.get(path).text("/status")).isEqualTo("archived");
        remove(path);
    }
}
