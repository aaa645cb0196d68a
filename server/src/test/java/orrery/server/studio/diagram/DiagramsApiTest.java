package orrery.server.studio.diagram;

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
class DiagramsApiTest {
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

    @Test
    void aDiagramLivesFromCreationToDeletion() {
        var made = owner.post(WORKFLOWS, Map.of("name", " Shop ", "description", "sells",
                "cluster_id", "home", "colour", "ignored", "nodes", List.of(Map.of(
                        "id", "n1", "type", "deployment", "position", Map.of("x", 1, "y", 2),
                        "data", Map.of("name", "web", "image", "nginx")))));
        assertThat(made.status()).isEqualTo(201);
        var path = WORKFLOWS + "/" + made.text("/id");
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.text("/message")).isEqualTo("Workflow created successfully");
        assertThat(made.text("/workflow/id")).isEqualTo(made.text("/id"));
        assertThat(made.text("/name")).isEqualTo("Shop");
        assertThat(made.text("/status")).isEqualTo("draft");

        var seen = owner.get(path);
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.text("/cluster_id")).isEqualTo("home");
        assertThat(seen.text("/nodes/0/data/image")).isEqualTo("nginx");
        assertThat(seen.json().path("edges").isArray()).as("empty lists are lists").isTrue();
        assertThat(seen.json().path("current_version").asInt()).isEqualTo(1);
        assertThat(seen.json().path("run_count").asInt()).isZero();
        assertThat(owner.with("Authorization", "none").get(path).status()).isEqualTo(401);

        assertThat(status(path, "published").text("/message"))
                .isEqualTo("Workflow status updated successfully");
        assertThat(owner.get(path).text("/status")).isEqualTo("published");
        var wrong = status(path, "happy");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error")).contains("status", "draft, published or archived");
        assertThat(status(path, "archived").status()).isEqualTo(200);

        assertThat(owner.delete(path).text("/message"))
                .isEqualTo("Workflow deleted successfully");
        var gone = owner.get(path);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.text("/error")).isNotEmpty();
        assertThat(owner.delete(path).status()).isEqualTo(404);
    }

    private Visitor.Heard status(String path, String status) {
        return owner.put(path + "/status", Map.of("status", status));
    }

    @Test
    void whatIsNamedChangesAndNothingElse() {
        var path = drawn("Edited");
        var changed = owner.put(path, Map.of("description", " better "));
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.text("/description")).isEqualTo("better");
        assertThat(changed.text("/name")).isEqualTo("Edited");
        assertThat(changed.text("/nodes/0/data/image")).isEqualTo("nginx");
        assertThat(owner.put(path, "{\"nodes\": null, \"name\": \"Still\"}")
                .text("/nodes/0/id")).isEqualTo("n1");
        assertThat(owner.put(path, Map.of("nodes", List.of(), "status", "archived"))
                .json().path("nodes")).isEmpty();
        assertThat(owner.get(path).text("/status")).isEqualTo("archived");
        for (var wrong : List.of(Map.of(), Map.of("status", "happy"), Map.of("name", " "),
                Map.of("edges", "none"))) {
            assertThat(owner.put(path, wrong).status()).as(wrong.toString()).isEqualTo(400);
        }
        assertThat(owner.put(path, Map.of()).text("/error")).contains("name", "edges");
        owner.delete(path);
    }

    /// The later of two is told, and what the first one drew is not lost.
    @Test
    void whoSavesWhatSomebodyElseChangedIsRefused() {
        var path = drawn("Shared");
        var known = owner.get(path).header("ETag");
        var mine = Map.<String, Object>of("nodes", List.of(node(" web ", " nginx:2 ")));
        var saved = owner.with("If-Match", known).post(path + "/save", mine);
        assertThat(saved.status()).as(saved.raw().body()).isEqualTo(200);
        assertThat(saved.text("/message")).isEqualTo("Workflow saved successfully");
        assertThat(saved.text("/workflow/nodes/0/data/name")).isEqualTo("web");
        assertThat(saved.text("/workflow/nodes/0/data/image")).isEqualTo("nginx:2");
        assertThat(saved.json().at("/workflow/nodes/0/data").has("_status")).isFalse();
        var late = owner.with("If-Match", known).post(path + "/save", Map.of("nodes", List.of()));
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.text("/error")).contains("version");
        assertThat(owner.with("If-Match", known).put(path, Map.of("name", "x")).status())
                .isEqualTo(412);
        assertThat(owner.get(path).text("/nodes/0/data/image")).isEqualTo("nginx:2");
        assertThat(owner.with("If-Match", saved.header("ETag"))
                .post(path + "/save", Map.of("description", "only")).status()).isEqualTo(200);
        assertThat(owner.get(path).text("/nodes/0/data/image")).isEqualTo("nginx:2");
        owner.delete(path);
    }

    @Test
    void aCopyIsADraftOfItsOwn() {
        var path = drawn("Original");
        owner.put(path + "/status", Map.of("status", "published"));
        var copied = owner.post(path + "/clone", Map.of("name", "Copy"));
        assertThat(copied.status()).as(copied.raw().body()).isEqualTo(201);
        assertThat(copied.text("/message")).isEqualTo("Workflow cloned successfully");
        var copy = WORKFLOWS + "/" + copied.text("/id");
        assertThat(copy).isNotEqualTo(path);
        assertThat(copied.text("/workflow/status")).isEqualTo("draft");
        assertThat(copied.text("/workflow/name")).isEqualTo("Copy");
        assertThat(copied.text("/workflow/nodes/0/data/image")).isEqualTo("nginx");
        assertThat(owner.post(path + "/clone", Map.of("name", "")).status()).isEqualTo(400);
        owner.put(copy, Map.of("nodes", List.of()));
        assertThat(owner.get(path).json().path("nodes")).hasSize(1);
        owner.delete(copy);
        owner.delete(path);
    }

    private String drawn(String name) {
        return WORKFLOWS + "/" + owner.post(WORKFLOWS, Map.of("name", name, "cluster_id", "home",
                "nodes", List.of(node("web", "nginx")))).text("/id");
    }

    private static Map<String, Object> node(String name, String image) {
        return Map.of("id", "n1", "type", "deployment", "position", Map.of("x", 1, "y", 2),
                "data", Map.of("name", name, "image", image, "_status", Map.of("state", "x")));
    }

    @Test
    void takesTheDefaultClusterWhenNoneIsNamed() {
        var made = owner.post(WORKFLOWS, Map.of("name", "Somewhere"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/cluster_id")).isEqualTo("home");
        owner.delete(WORKFLOWS + "/" + made.text("/id"));
        var nowhere = all.stranger().post(WORKFLOWS, Map.of("name", "Nowhere"));
        assertThat(nowhere.status()).isEqualTo(400);
        assertThat(nowhere.text("/error")).contains("cluster_id");
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(WORKFLOWS, Map.of("name", " ", "description", "x".repeat(5_000),
                "cluster_id", "home"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error")).contains("name", "description");
        assertThat(owner.post(WORKFLOWS, Map.of("name", 7)).text("/error")).contains("name");
        assertThat(owner.post(WORKFLOWS, "{").text("/error")).contains("line 1");
        assertThat(owner.post(WORKFLOWS, Map.of("name", "x", "cluster_id", "home", "nodes", "y"))
                .status()).isEqualTo(400);
    }

    @Test
    void listsAsAsked() {
        var ids = new String[3];
        for (int i = 0; i < 3; i++) {
            ids[i] = owner.post(WORKFLOWS, Map.of("name", "Listed " + "bac".charAt(i),
                    "description", "100% of it", "cluster_id", "home")).text("/id");
        }
        var list = WORKFLOWS + "?search=listed";
        assertThat(names(owner.get(list))).containsExactly("Listed c", "Listed a", "Listed b");
        assertThat(names(owner.get(list + "&sort=name&order=asc")))
                .containsExactly("Listed a", "Listed b", "Listed c");
        assertThat(names(owner.get(list + "&sort=createdAt&order=asc")))
                .containsExactly("Listed b", "Listed a", "Listed c");
        assertThat(names(owner.get(list + "&sort=id;drop&order=asc"))).hasSize(3);
        var page = owner.get(list + "&sort=name&order=asc&limit=2&page=2");
        assertThat(names(page)).containsExactly("Listed c");
        assertThat(page.json().path("total").asInt()).isEqualTo(3);
        assertThat(page.json().path("page").asInt()).isEqualTo(2);
        assertThat(page.json().path("limit").asInt()).isEqualTo(2);
        assertThat(owner.get(list + "&limit=1000&page=0").json().path("limit").asInt())
                .as("out of range falls back").isEqualTo(20);
        assertThat(names(owner.get(WORKFLOWS + "?search=100%25%20OF"))).hasSize(3);
        assertThat(names(owner.get(WORKFLOWS + "?search=_isted"))).isEmpty();
        assertThat(owner.get(WORKFLOWS + "?search=nothing").json().path("workflows").isArray())
                .isTrue();
        for (var id : ids) {
            owner.delete(WORKFLOWS + "/" + id);
        }
    }

    private static List<String> names(Visitor.Heard list) {
        return list.json().path("workflows").valueStream()
                .map(item -> item.path("name").asText()).toList();
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var id = owner.post(WORKFLOWS, Map.of("name", "Hidden", "cluster_id", "home"))
                .text("/id");
        var path = WORKFLOWS + "/" + id;
        all.unknown("GET", path, null);
        all.unknown("PUT", path + "/status", Map.of("status", "published"));
        all.unknown("PUT", path, Map.of("name", "Mine"));
        all.unknown("POST", path + "/save", Map.of("nodes", List.of()));
        all.unknown("POST", path + "/clone", Map.of("name", "Mine"));
        all.unknown("POST", path + "/run", Map.of());
        all.unknown("GET", path + "/runs", null);
        all.unknown("GET", path + "/status/stream", null);
        all.unknown("DELETE", path, null);
        assertThat(all.stranger().get(WORKFLOWS).raw().body()).doesNotContain("Hidden");
        assertThat(owner.get(path).status()).isEqualTo(200);
        owner.delete(path);
    }
}
