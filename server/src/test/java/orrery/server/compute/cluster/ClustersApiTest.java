package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class ClustersApiTest {
    private static final List<Map<String, String>> SMALL =
            List.of(Map.of("role", "control-plane"), Map.of("role", "worker"));

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String clusters;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        clusters = all.compute() + "/clusters";
    }

    private Visitor.Heard asked(String name) {
        var asked = owner.post(clusters, Map.of("name", name, "nodePools", SMALL));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        return asked;
    }

    private void delete(String name) {
        assertThat(all.end(owner.delete(clusters + "/" + name)).path("status").asText())
                .isEqualTo("completed");
    }

    @Test
    void aClusterLivesFromCreationToDeletion() {
        var asked = asked("alpha");
        var id = asked.text("/data/id");
        var path = clusters + "/" + id;
        assertThat(id).matches("cls_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("pending");
        assertThat(asked.text("/data/status/phase")).isEqualTo("Pending");
        assertThat(asked.text("/meta/workflowId")).startsWith("run_")
                .isEqualTo(asked.text("/meta/workflow/id"))
                .isEqualTo(asked.text("/data/currentRunId"));
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("cluster.create");
        assertThat(owner.get(asked.text("/meta/workflow/href")).text("/data/resourceId"))
                .isEqualTo(id);
        assertThat(all.end(asked).path("status").asText()).isEqualTo("completed");

        var running = owner.get(clusters + "/alpha");
        assertThat(running.text("/data/id")).isEqualTo(id);
        assertThat(running.text("/data/state")).isEqualTo("running");
        assertThat(running.text("/data/endpoint/url")).startsWith("https://");
        assertThat(running.text("/data/endpoint/caCertificate")).contains("BEGIN CERTIFICATE");
        assertThat(running.text("/data/kubernetesVersion")).startsWith("v1.");
        assertThat(running.json().at("/data/nodeCount").asInt()).isEqualTo(2);
        assertThat(running.json().at("/data/nodePools/0/readyCount").asInt()).isEqualTo(1);
        assertThat(running.header("ETag"))
                .isEqualTo("\"" + running.json().at("/data/version").asLong() + "\"");
        assertThat(running.raw().body()).doesNotContain("PRIVATE KEY").doesNotContain("kubeconfig");

        var leaving = owner.delete(path);
        assertThat(leaving.status()).isEqualTo(202);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("cluster.delete");
        assertThat(leaving.text("/data/state")).isEqualTo("deleting");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).as("the same run")
                    .isEqualTo(leaving.text("/meta/workflowId"));
        }
        assertThat(all.end(leaving).path("status").asText()).isEqualTo("completed");
        assertThat(owner.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(owner.delete(path).status()).isEqualTo(404);
        assertThat(names(owner.get(clusters))).doesNotContain("alpha");
    }

    @Test
    void noClusterIsMadeBeyondTheQuota() {
        var quotas = clusters.replaceFirst(".*/projects/([^/]+)/.*",
                "/v1/regions/global/projects/$1/quotas");
        var used = used(quotas);
        owner.patch(quotas, Map.of("clusterCount", used));
        try {
            var refused = owner.post(clusters, Map.of("name", "beyond", "nodePools", SMALL));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/error/code")).isEqualTo("QUOTA_EXCEEDED");
            assertThat(refused.json().at("/error/details/limit").asLong()).isEqualTo(used);
            assertThat(owner.get(clusters + "/beyond").status()).isEqualTo(404);
            owner.patch(quotas, Map.of("clusterCount", used + 1));
            assertThat(all.end(asked("within")).path("status").asText()).isEqualTo("completed");
            assertThat(used(quotas)).isEqualTo(used + 1);
            delete("within");
            assertThat(used(quotas)).as("given back").isEqualTo(used);
        } finally {
            owner.patch(quotas, "{\"clusterCount\":null}");
        }
    }

    private long used(String quotas) {
        return owner.get(quotas).json().at("/data/usage/clusterCount").asLong(-1);
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(clusters, Map.of("name", "NO", "displayName", " ",
                "kubernetesVersion", "newest", "colour", "red", "nodePools", List.of(
                        Map.of("role", "control-plane", "nodeCount", 2),
                        Map.of("role", "worker", "nodeCount", -1, "subnet", "s"))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("name", "displayName", "kubernetesVersion", "colour",
                "nodePools[0].nodeCount", "nodePools[1].nodeCount", "nodePools[1].network");
        assertThat(fields(owner.post(clusters, Map.of("nodePools",
                List.of(Map.of("role", "king")))))).containsExactly("nodePools[0].role");
        var version = owner.post(clusters, Map.of("kubernetesVersion", "v1.2.3"));
        assertThat(version.status()).isEqualTo(422);
        assertThat(version.text("/error/details/fields/kubernetesVersion"))
                .contains("offered are v1.");
        var network = owner.post(clusters, Map.of("nodePools", List.of(
                Map.of("role", "worker", "network", "nowhere"))));
        assertThat(network.status()).isEqualTo(422);
        assertThat(fields(network)).containsExactly("nodePools[0].network");
        assertThat(owner.post(clusters, Map.of("name", "home")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        assertThat(owner.post(clusters, "[]").status()).isEqualTo(400);
        assertThat(owner.with("Content-Type", "text/plain").post(clusters, "x").status())
                .isEqualTo(415);
        assertThat(owner.put(clusters, Map.of()).status()).isEqualTo(405);
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void changesTextsAtOnceAndSizesByARun() {
        all.end(asked("beta"));
        var path = clusters + "/beta";
        var version = owner.get(path).header("ETag");
        var texts = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "Beta", "labels", Map.of("env", "prod")));
        assertThat(texts.status()).isEqualTo(200);
        assertThat(texts.text("/data/labels/env")).isEqualTo("prod");
        assertThat(texts.json().at("/meta").has("workflow")).isFalse();
        assertThat(owner.with("If-Match", version).patch(path, Map.of("displayName", "B"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("nodePools", List.of(
                Map.of("role", "worker", "nodeCount", 5_000)))))).hasSize(1);

        var sized = owner.patch(path, workers(3));
        assertThat(sized.status()).isEqualTo(202);
        assertThat(sized.text("/meta/workflow/type")).isEqualTo("cluster.scale");
        assertThat(sized.text("/data/state")).isEqualTo("scaling");
        var second = owner.patch(path, workers(3));
        if (second.status() != 200) {
            // 200 on a host so slow that the first change is over by now.
            assertThat(second.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        }
        var cleared = new HashMap<String, Object>();
        cleared.put("displayName", null);
        assertThat(owner.patch(path, cleared).status()).as("texts may change").isEqualTo(200);
        assertThat(all.end(sized).path("status").asText()).isEqualTo("completed");
        var now = owner.get(path);
        assertThat(now.text("/data/state")).isEqualTo("running");
        assertThat(now.json().at("/data/nodeCount").asInt()).isEqualTo(4);
        assertThat(now.json().at("/data/displayName").isNull()).isTrue();
        assertThat(owner.patch(path, workers(3)).status()).as("it is so already").isEqualTo(200);
        delete("beta");
    }

    private static Map<String, Object> workers(int count) {
        return Map.of("nodePools", List.of(Map.of("role", "worker", "nodeCount", count)));
    }

    @Test
    void aDeletionCancelsWhatIsStillBeingMade() {
        var asked = asked("gamma");
        delete("gamma");
        assertThat(all.end(asked).path("status").asText()).isIn("cancelled", "completed");
        assertThat(owner.get(clusters + "/gamma").status()).isEqualTo(404);
        all.end(asked("gamma"));
        delete("gamma");
    }

    @Test
    void aCreationThatIsCancelledSaysSoOnTheCluster() {
        var asked = asked("delta");
        var run = asked.text("/meta/workflowId");
        var cancelled = owner.post("/v1/workflows/runs/" + run + ":cancel", Map.of());
        Assumptions.assumeTrue(cancelled.status() != 409, "it was made before we asked");
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(all.end(asked).path("status").asText()).isEqualTo("cancelled");
        assertThat(owner.get(clusters + "/delta").text("/data/state")).isEqualTo("failed");
        var again = owner.post("/v1/workflows/runs/" + run + "/retry", Map.of());
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.text("/data/retryOf")).isEqualTo(run);
        assertThat(all.end(again).path("status").asText()).isEqualTo("completed");
        assertThat(owner.get(clusters + "/delta").text("/data/state")).isEqualTo("running");
        delete("delta");
    }

    @Test
    void keepsItsNetwork() {
        var network = owner.post(all.compute() + "/networks",
                Map.of("name", "held", "cidr", "10.99.0.0/16")).text("/data/id");
        var asked = owner.post(clusters, Map.of("name", "epsilon", "nodePools", List.of(
                Map.of("role", "control-plane"), Map.of("role", "worker", "network", "held"))));
        var id = asked.text("/data/id");
        assertThat(asked.text("/data/nodePools/1/network")).isEqualTo(network);
        var refused = owner.delete(all.compute() + "/networks/held");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(refused.json().at("/error/details/dependents").toString()).contains(id);
        delete("epsilon");
        assertThat(owner.delete(all.compute() + "/networks/held").status()).isEqualTo(204);
    }

    @Test
    void listsByState() {
        assertThat(names(owner.get(clusters + "?state=running,degraded"))).contains("home");
        assertThat(names(owner.get(clusters + "?state=failed"))).doesNotContain("home");
        assertThat(names(owner.get(clusters + "?search=HOM&pageSize=1"))).containsExactly("home");
        assertThat(owner.get(clusters + "?offset=0&search=home")
                .json().at("/meta/pagination/total").asInt()).isEqualTo(1);
        var wrong = owner.get(clusters + "?state=happy");
        assertThat(wrong.text("/error/code")).isEqualTo("INVALID_FILTER");
        assertThat(wrong.json().at("/error/details/allowed").toString()).contains("running");
        assertThat(owner.get(clusters + "?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(owner.get(clusters + "?sort=colour").text("/error/code"))
                .isEqualTo("INVALID_SORT");
    }

    private static List<String> names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map((JsonNode item) -> item.path("name").asText()).toList();
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = clusters + "/" + all.cluster();
        all.unknown("GET", clusters, null);
        all.unknown("POST", clusters, Map.of());
        all.unknown("GET", path, null);
        all.unknown("GET", clusters + "/home", null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        all.unknown("GET", "/v1/api/clusters/home", null);
        assertThat(all.stranger().get("/v1/api/clusters").json().path("clusters").size())
                .isZero();
        assertThat(owner.get(path.replace("/main/", "/mars/")).status()).isEqualTo(404);
    }

    @Test
    void theStudioShowsTheSameCluster() {
        var cloud = owner.get(clusters + "/home");
        var list = owner.get("/v1/api/clusters");
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.text("/default")).isEqualTo(all.cluster());
        assertThat(list.json().path("clusters").findValuesAsText("name")).contains("home");
        var one = owner.get("/v1/api/clusters/home");
        assertThat(one.text("/id")).isEqualTo(all.cluster());
        assertThat(one.text("/server")).isEqualTo(cloud.text("/data/endpoint/url"));
        assertThat(one.text("/status")).isEqualTo("connected");
        assertThat(one.json().path("default").asBoolean()).isTrue();
        assertThat(owner.get("/v1/api/clusters/home." + all.project()).text("/id"))
                .isEqualTo(all.cluster());
        assertThat(owner.get("/v1/api/clusters/default").text("/name")).isEqualTo("home");
        var missing = owner.get("/v1/api/clusters/nowhere");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text("/error")).contains("nowhere");
    }
}
