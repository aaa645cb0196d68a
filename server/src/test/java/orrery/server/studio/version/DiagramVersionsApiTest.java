package orrery.server.studio.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class DiagramVersionsApiTest {
    private static final String WORKFLOWS = "/v1/api/workflows";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String path;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        path = WORKFLOWS + "/" + owner.post(WORKFLOWS, Map.of("name", "Kept",
                "cluster_id", "home", "nodes", List.of(web("nginx")))).text("/id");
    }

    private static Map<String, Object> web(String image) {
        return Map.of("id", "web", "type", "deployment", "position", Map.of("x", 0, "y", 0),
                "data", Map.of("name", "kept-web", "image", image, "port", 80, "replicas", 1));
    }

    private Visitor.Heard save(String image) {
        return owner.post(path + "/save", Map.of("nodes", List.of(web(image)),
                "edges", List.of()));
    }

    private String image() {
        return owner.get(path).text("/nodes/0/data/image");
    }

    @Test
    void peopleKeepVersionsNameAndCompareThem() {
        assertThat(owner.get(path + "/versions").json().path("versions")).isEmpty();
        var first = owner.post(path + "/versions", Map.of(
                "name", " First ", "tag", "v1", "description", "as drawn"));
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text("/message")).isEqualTo("Version created successfully");
        assertThat(first.json().at("/version/version").asInt()).isEqualTo(1);
        assertThat(first.text("/version/name")).isEqualTo("First");
        assertThat(first.json().at("/version/is_automatic").asBoolean()).isFalse();
        assertThat(first.header("Location")).isEqualTo(path + "/versions/1");

        save("nginx:2");
        assertThat(owner.post(path + "/versions", Map.of()).json().at("/version/version").asInt())
                .isEqualTo(2);
        assertThat(owner.get(path).json().path("current_version").asInt()).isEqualTo(2);
        var list = owner.get(path + "/versions?limit=1").json();
        assertThat(list.path("total").asInt()).isEqualTo(2);
        assertThat(list.at("/versions/0/version").asInt()).as("the newest first").isEqualTo(2);
        assertThat(list.at("/versions/0/nodes/0/data/image").asText()).isEqualTo("nginx:2");

        var found = owner.get(path + "/versions/compare?v1=1&v2=2");
        assertThat(found.text("/modified_nodes/0/changed_fields/0")).isEqualTo("image");
        assertThat(found.text("/modified_nodes/0/old_data/image")).isEqualTo("nginx");
        assertThat(found.text("/modified_nodes/0/new_data/image")).isEqualTo("nginx:2");

        var named = owner.put(path + "/versions/2", Map.of("tag", "v2"));
        assertThat(named.text("/version/tag")).isEqualTo("v2");
        assertThat(owner.put(path + "/versions/1", Map.of("name", "")).json()
                .at("/version").has("name")).isFalse();
        assertThat(owner.get(path + "/versions/1").text("/tag")).isEqualTo("v1");
    }

    @Test
    void aVersionIsDrawnAgainAndNothingIsLost() {
        owner.post(path + "/versions", Map.of());
        save("nginx:unkept");
        var restored = owner.post(path + "/versions/1/restore", "");
        assertThat(restored.status()).as(restored.raw().body()).isEqualTo(200);
        assertThat(restored.json().at("/version/version").asInt()).isEqualTo(3);
        assertThat(restored.json().at("/version/restored_from").asInt()).isOne();
        assertThat(restored.text("/version/description")).isEqualTo("Restored from version 1");
        assertThat(restored.text("/workflow/nodes/0/data/image")).isEqualTo("nginx");
        assertThat(image()).isEqualTo("nginx");
        assertThat(owner.get(path + "/versions/2").text("/nodes/0/data/image"))
                .as("what was in no version").isEqualTo("nginx:unkept");
        var again = owner.post(path + "/versions/2/restore", "");
        assertThat(again.json().at("/version/version").asInt())
                .as("what is in one is not kept twice").isEqualTo(4);
    }

    @Test
    void everyRunDeploysAVersion() {
        owner.put(path + "/status", Map.of("status", "published"));
        var run = owner.post(path + "/run", Map.of());
        assertThat(run.json().path("version").asInt()).isEqualTo(1);
        all.end(run.text("/run_id"));
        var version = owner.get(path + "/versions/1");
        assertThat(version.text("/run_id")).isEqualTo(run.text("/run_id"));
        assertThat(version.text("/run_status")).isEqualTo("completed");
        assertThat(version.json().path("is_automatic").asBoolean()).isTrue();
        assertThat(version.json().at("/nodes/0/data").has("_status")).isFalse();
        assertThat(owner.delete(path).status()).isEqualTo(200);
        assertThat(owner.get(path + "/versions").status()).isEqualTo(404);
    }

    @Test
    void refusalsNameTheVersion() {
        for (var wrong : List.of("x", "1.5", "99999999999")) {
            var refused = owner.get(path + "/versions/" + wrong);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("/error")).contains("version");
        }
        assertThat(owner.get(path + "/versions/7").status()).isEqualTo(404);
        assertThat(owner.get(path + "/versions/7").text("/error")).contains("7");
        assertThat(owner.put(path + "/versions/7", Map.of()).status()).isEqualTo(404);
        assertThat(owner.post(path + "/versions/7/restore", "").status()).isEqualTo(404);
        assertThat(owner.get(path + "/versions/compare?v1=1").text("/error")).contains("v2");
        var neither = owner.get(path + "/versions/compare?v1=8&v2=9");
        assertThat(neither.status()).isEqualTo(404);
        assertThat(neither.text("/error")).contains("8", "9");
        assertThat(owner.post(path + "/versions", Map.of("name", "x".repeat(256),
                "tag", "y".repeat(256))).text("/error")).contains("name", "tag");
        owner.post(path + "/versions", Map.of());
        var stale = owner.with("If-Match", "\"99\"").post(path + "/versions/1/restore", "");
        assertThat(stale.status()).isEqualTo(412);
    }

    @Test
    void strangersFindNone() {
        owner.post(path + "/versions", Map.of());
        for (var below : List.of("", "/1", "/compare?v1=1&v2=1")) {
            all.unknown("GET", path + "/versions" + below, null);
        }
        all.unknown("POST", path + "/versions", Map.of());
        all.unknown("POST", path + "/versions/1/restore", Map.of());
        all.unknown("PUT", path + "/versions/1", Map.of("name", "x"));
    }
}
