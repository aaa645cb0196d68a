package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Canaries;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class InferenceApiTest {
    private static final String REGIONAL = "/v1/regions/main/inference";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    private Neighbours all;
    private Visitor owner;
    private String endpoints;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        endpoints = "/v1/regions/main/projects/" + all.project() + "/inference";
    }

    /// GPUs are few.
    @AfterEach
    void clear() {
        for (var id : made) {
            var leaving = owner.delete(endpoints + "/" + id);
            if (leaving.status() != 404) {
                assertThat(leaving.status()).as(leaving.raw().body()).isEqualTo(202);
                assertThat(all.end(leaving).path("status").asText()).isEqualTo("completed");
            }
        }
    }

    private static Map<String, Object> llama(String name) {
        return new HashMap<>(Map.of("name", name, "engine", "vllm", "gpu", Map.of("count", 1),
                "model", Map.of("source", "hf://meta-llama/Llama-3.1-8B", "revision", "main")));
    }

    private Visitor.Heard asked(Map<String, Object> body) {
        var asked = owner.post(endpoints, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        made.add(asked.text("/data/id"));
        return asked;
    }

    private String ready(String name) {
        var asked = asked(llama(name));
        ended(asked);
        return endpoints + "/" + asked.text("/data/id");
    }

    private void ended(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var run = all.end(accepted);
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("completed");
    }

    @Test
    void anEndpointLivesFromCreationToDeletion() {
        var body = llama("alpha");
        body.put("env", Map.of("HF_TOKEN", "hf_canary"));
        var asked = asked(body);
        var id = asked.text("/data/id");
        var path = endpoints + "/" + id;
        assertThat(id).matches("inf_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path);
        assertThat(asked.text("/data/selfLink")).isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("pending");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("inference.create");
        assertThat(asked.text("/data/auth/apiKey")).startsWith("inf_sk_");
        assertThat(asked.header("Cache-Control")).isEqualTo("no-store");
        ended(asked);

        var ready = owner.get(endpoints + "/alpha");
        assertThat(ready.text("/data/id")).isEqualTo(id);
        assertThat(ready.text("/data/state")).isEqualTo("ready");
        assertThat(ready.text("/data/desiredState")).isEqualTo("running");
        assertThat(ready.json().at("/data/readyReplicas").asInt()).isEqualTo(1);
        assertThat(ready.text("/data/endpoint/url")).startsWith("http://inf-");
        assertThat(ready.text("/data/model/revision")).isEqualTo("main");
        assertThat(ready.text("/data/engine")).isEqualTo("vllm");
        assertThat(ready.text("/data/auth/mode")).isEqualTo("apiKey");
        assertThat(ready.json().at("/data/auth").has("apiKey")).as("every field").isTrue();
        assertThat(ready.json().at("/data/auth/apiKey").isNull()).as("told once").isTrue();
        assertThat(ready.json().at("/data/envNames").toString()).isEqualTo("[\"HF_TOKEN\"]");
        assertThat(ready.json().at("/data").has("autoscaling")).as("every field").isTrue();
        assertThat(ready.raw().body()).doesNotContain("hf_canary");
        assertThat(ready.header("ETag"))
                .isEqualTo("\"" + ready.json().at("/data/version").asLong() + "\"");

        var log = owner.get(path + "/logs?lines=5");
        assertThat(log.status()).as(log.raw().body()).isEqualTo(200);
        assertThat(log.text("/data/entries/0/message")).contains("[simulated]");
        assertThat(log.text("/data/entries/0/replica")).contains("-predictor-");
        assertThat(log.text("/data/entries/0/timestamp")).endsWith("Z");
        assertThat(log.json().at("/data/truncated").isBoolean()).isTrue();
        var metrics = owner.get(path + "/metrics");
        assertThat(metrics.status()).as(metrics.raw().body()).isEqualTo(200);
        assertThat(metrics.json().at("/data/readyReplicas").asInt()).isEqualTo(1);
        assertThat(metrics.text("/data/replicas/0/phase")).isEqualTo("Running");
        assertThat(metrics.json().at("/data/replicas/0").has("cpuCores")).isTrue();

        var leaving = owner.delete(path);
        assertThat(leaving.text("/data/state")).isEqualTo("deleting");
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("inference.delete");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).isEqualTo(leaving.text("/meta/workflowId"));
        }
        ended(leaving);
        assertThat(owner.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/state"))
                .isEqualTo("deleted");
        assertThat(owner.get(path + "/logs").status()).isEqualTo(404);
        assertThat(owner.post(path + ":stop", Map.of()).status()).isEqualTo(404);
        assertThat(names(owner.get(endpoints))).doesNotContain("alpha");
    }

    @Test
    void keepsNoSecretInTheOpen() {
        var canaries = new Canaries();
        canaries.plant("first token", "cny-first-token-of-kappa");
        canaries.plant("second token", "cny-second-token-of-kappa");
        var body = llama("lambda");
        body.put("env", Map.of("HF_TOKEN", canaries.get("first token")));
        var asked = owner.with("Idempotency-Key", "lambda").post(endpoints, body);
        made.add(asked.text("/data/id"));
        canaries.plant("key", asked.text("/data/auth/apiKey"));
        ended(asked);
        var path = endpoints + "/" + asked.text("/data/id");
        ended(owner.patch(path, Map.of("env", Map.of("T", canaries.get("second token")))));
        assertThat(owner.get(path).json().at("/data/envNames").toString())
                .isEqualTo("[\"HF_TOKEN\",\"T\"]");
        var dump = Canaries.dump(database, access);
        assertThat(dump.get("public.inference_endpoint")).contains("lambda");
        assertThat(canaries.in(dump)).isEmpty();
        var wrong = owner.patch(path, Map.of("env", Map.of("A-B", canaries.get("first token"))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(canaries.in("a refusal", wrong.raw().body())).isEmpty();
    }

    @Test
    void stopsAndStarts() {
        var path = ready("beta");
        var wrong = owner.post(path + ":start", Map.of());
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        var stopping = owner.post(path + ":stop", Map.of());
        assertThat(stopping.text("/meta/workflow/type")).isEqualTo("inference.update");
        assertThat(stopping.text("/data/state")).isEqualTo("scaling");
        ended(stopping);
        var idle = owner.get(path);
        assertThat(idle.text("/data/state")).isEqualTo("idle");
        assertThat(idle.text("/data/desiredState")).isEqualTo("stopped");
        assertThat(idle.json().at("/data/readyReplicas").asInt()).isZero();
        assertThat(owner.post(path + ":stop", Map.of()).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        ended(owner.post(path + ":start", Map.of()));
        assertThat(owner.get(path).text("/data/state")).isEqualTo("ready");
    }

    @Test
    void changesTextsAtOnceAndWhatItServesByARun() {
        var path = ready("gamma");
        var version = owner.get(path).header("ETag");
        var texts = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "Gamma", "labels", Map.of("env", "prod")));
        assertThat(texts.status()).isEqualTo(200);
        assertThat(texts.text("/data/labels/env")).isEqualTo("prod");
        assertThat(owner.with("If-Match", version).patch(path, Map.of("displayName", "G"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.with("If-Match", version).delete(path).status()).isEqualTo(412);
        assertThat(owner.patch(path, Map.of("replicas", Map.of("min", 1, "max", 1))).status())
                .as("it is so already").isEqualTo(200);

        var sized = owner.patch(path, Map.of("replicas", Map.of("min", 2, "max", 3)));
        assertThat(sized.text("/data/state")).isEqualTo("scaling");
        var second = owner.patch(path, Map.of("gpu", Map.of("count", 2)));
        if (second.status() == 202) {
            // On a host so slow that the first change is over by now.
            ended(second);
        } else {
            assertThat(second.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        }
        ended(sized);
        assertThat(owner.get(path).json().at("/data/readyReplicas").asInt()).isEqualTo(2);
        var other = owner.patch(path, Map.of("model", Map.of("source", "hf://a/b"),
                "env", Map.of("A", "1"), "replicas", Map.of("min", 1, "max", 1)));
        assertThat(other.text("/data/state")).isEqualTo("updating");
        ended(other);
        var now = owner.get(path);
        assertThat(now.text("/data/model/source")).isEqualTo("hf://a/b");
        assertThat(now.json().at("/data/model/revision").isNull()).isTrue();
        assertThat(now.json().at("/data/envNames").toString()).isEqualTo("[\"A\"]");
        assertThat(now.text("/data/displayName")).isEqualTo("Gamma");
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(endpoints, Map.of("name", "NO", "displayName", " ",
                "model", Map.of("source", "file:///x"), "engine", "abacus",
                "gpu", Map.of("count", 0), "colour", "red",
                "replicas", Map.of("min", 2, "max", 1), "env", Map.of("A-B", "x"),
                "autoscaling", Map.of("metric", "mood", "target", 1),
                "auth", Map.of("mode", "nobody")));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("name", "displayName", "model.source", "engine",
                "gpu.count", "colour", "replicas.max", "env.A-B", "autoscaling.metric",
                "auth.mode");
        assertThat(fields(owner.post(endpoints, Map.of()))).containsExactlyInAnyOrder(
                "model", "engine", "gpu");
        var both = llama("x");
        both.put("instanceType", "vm.h100");
        assertThat(fields(owner.post(endpoints, both))).containsExactly("instanceType");
        var elsewhere = llama("x");
        elsewhere.put("projectId", "prj_" + "Z".repeat(26));
        assertThat(fields(owner.post(endpoints, elsewhere))).containsExactly("projectId");
        assertThat(owner.post(endpoints.replace("/main/", "/mars/"), llama("x")).status())
                .isEqualTo(404);
        assertThat(owner.post(endpoints, "[]").status()).isEqualTo(400);
        assertThat(owner.with("Content-Type", "text/plain").post(endpoints, "x").status())
                .isEqualTo(415);
        assertThat(owner.put(endpoints, Map.of()).status()).isEqualTo(405);
    }

    @Test
    void refusesChangesThatCannotBe() {
        var path = ready("delta");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, "{\"model\":null,\"gpu\":null}")))
                .containsExactlyInAnyOrder("model", "gpu");
        assertThat(fields(owner.patch(path, Map.of("engine", "tgi", "displayName", " ",
                "replicas", Map.of("min", 0, "max", 1000)))))
                .containsExactlyInAnyOrder("engine", "displayName", "replicas.max");
        assertThat(fields(owner.patch(path, Map.of("autoscaling", Map.of(
                "metric", "rps", "target", 5, "scaleToZeroAfterSeconds", 60)))))
                .as("it has one replica at least")
                .containsExactly("autoscaling.scaleToZeroAfterSeconds");
        assertThat(fields(owner.get(path + "/logs?lines=0"))).containsExactly("lines");
        assertThat(fields(owner.get(path + "/logs?lines=x"))).containsExactly("lines");
        assertThat(owner.get(path + "/logs?colour=red").status()).isEqualTo(400);
        assertThat(owner.post(endpoints, llama("delta")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        assertThat(owner.post(path + ":dance", Map.of()).status()).isEqualTo(404);
        assertThat(owner.get(endpoints + "/nothing").status()).isEqualTo(404);
    }

    @Test
    void anInstanceTypeStandsForGpusAndTheRest() {
        var body = llama("mu");
        body.remove("gpu");
        body.put("instanceType", "vm.h100");
        var asked = asked(body);
        assertThat(asked.text("/data/instanceType")).isEqualTo("vm.h100");
        assertThat(asked.json().at("/data/gpu/count").asInt()).isEqualTo(1);
        ended(asked);
        var path = endpoints + "/" + asked.text("/data/id");
        assertThat(owner.patch(path, Map.of("instanceType", "vm.h100")).status())
                .as("it is so already").isEqualTo(200);
        assertThat(fields(owner.patch(path, Map.of("instanceType", "vm.small",
                "gpu", Map.of("count", 1))))).containsExactly("instanceType");
        assertThat(fields(owner.patch(path, "{\"instanceType\":null}")))
                .containsExactly("instanceType");
        ended(owner.patch(path, Map.of("instanceType", "vm.small")));
        assertThat(owner.get(path).json().at("/data/gpu/count").asInt()).isZero();
        ended(owner.patch(path, Map.of("gpu", Map.of("count", 1))));
        assertThat(owner.get(path).json().at("/data/instanceType").isNull()).isTrue();
        body.putAll(Map.of("name", "nu", "instanceType", "vm.unknown"));
        var unknown = owner.post(endpoints, body);
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(fields(unknown)).containsExactly("instanceType");
    }

    @Test
    void runsOnAClusterOfItsProjectThatHasKserve() {
        var clusters = all.compute() + "/clusters";
        var cluster = owner.post(clusters, Map.of("name", "serving"));
        var id = cluster.text("/data/id");
        var body = llama("xi");
        body.remove("gpu");
        body.putAll(Map.of("instanceType", "vm.small", "clusterId", "serving"));
        var early = owner.post(endpoints, body);
        if (early.status() == 409) {
            assertThat(early.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        }
        ended(cluster);
        var without = owner.post(endpoints, body);
        assertThat(without.status()).as(without.raw().body()).isEqualTo(422);
        assertThat(without.text("/error/details/fields/clusterId")).contains("no KServe");
        body.put("clusterId", "nothing");
        assertThat(fields(owner.post(endpoints, body))).containsExactly("clusterId");
        ended(owner.patch(clusters + "/serving", Map.of("services", List.of(
                Map.of("name", "kserve", "template", "sim-kserve-1-0-0")))));
        body.put("clusterId", id);
        // What a cluster offers is known for ten seconds.
        Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofSeconds(1))
                .until(() -> owner.post(endpoints, body).status() != 422);
        var path = endpoints + "/xi";
        var asked = owner.get(path);
        made.add(asked.text("/data/id"));
        assertThat(asked.text("/data/clusterId")).isEqualTo(id);
        assertThat(all.end(asked.text("/data/currentRunId")).path("status").asText())
                .isEqualTo("completed");
        var ready = owner.get(path + "?expand=cluster");
        assertThat(ready.text("/data/state")).isEqualTo("ready");
        assertThat(ready.text("/data/cluster/name")).isEqualTo("serving");
        assertThat(owner.get(path + "/logs").text("/data/entries/0/message"))
                .contains("[simulated]");
        assertThat(names(owner.get(endpoints + "?clusterId=" + id))).containsExactly("xi");
        ended(owner.delete(clusters + "/serving"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofSeconds(1))
                .until(() -> owner.get(path).text("/data/state").equals("failed"));
        assertThat(owner.get(path).text("/data/stateReason")).contains("cluster " + id, "gone");
    }

    @Test
    void keepsToTheQuotaOfGpus() {
        var quotas = "/v1/regions/global/projects/" + all.project() + "/quotas";
        var path = ready("epsilon");
        var used = owner.get(quotas).json().at("/data/usage/gpuCount").asLong();
        owner.patch(quotas, Map.of("gpuCount", used));
        try {
            var refused = owner.post(endpoints, llama("beyond"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/error/code")).isEqualTo("QUOTA_EXCEEDED");
            assertThat(owner.get(endpoints + "/beyond").status()).isEqualTo(404);
            var grown = owner.patch(path, Map.of("replicas", Map.of("min", 1, "max", 2)));
            assertThat(grown.text("/error/code")).isEqualTo("QUOTA_EXCEEDED");
            assertThat(owner.get(path).text("/data/state")).isEqualTo("ready");
            clear();
            assertThat(owner.get(quotas).json().at("/data/usage/gpuCount").asLong())
                    .as("given back").isEqualTo(used - 1);
        } finally {
            owner.patch(quotas, "{\"gpuCount\":null}");
        }
    }

    @Test
    void isFoundWithoutAProjectInThePath() {
        assertThat(fields(owner.post(REGIONAL, llama("zeta")))).contains("projectId");
        var body = llama("zeta");
        body.put("projectId", all.project());
        assertThat(fields(owner.post(REGIONAL + "?projectId=other", body)))
                .containsExactly("projectId");
        var asked = owner.post(REGIONAL, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var id = asked.text("/data/id");
        made.add(id);
        assertThat(asked.header("Location")).isEqualTo(endpoints + "/" + id);
        assertThat(names(owner.get(REGIONAL + "?projectId=" + all.project()))).contains("zeta");
        assertThat(names(owner.get(REGIONAL + "?projectId=prj_none"))).isEmpty();
        assertThat(owner.get(REGIONAL + "/" + id).text("/data/name")).isEqualTo("zeta");
        for (var here : List.of(endpoints, REGIONAL)) {
            assertThat(names(owner.get(here.replace("/main/", "/global/")))).contains("zeta");
        }
        assertThat(owner.get(endpoints.replace("/main/", "/global/") + "/zeta").text("/data/id"))
                .isEqualTo(id);
        assertThat(fields(owner.get(REGIONAL + "/zeta"))).as("whose?").containsExactly("projectId");
        assertThat(owner.get(REGIONAL + "/zeta?projectId=" + all.project()).text("/data/id"))
                .isEqualTo(id);
        assertThat(owner.patch(REGIONAL + "/" + id, Map.of("displayName", "Z")).status())
                .isEqualTo(200);
        var second = owner.post(REGIONAL + "?projectId=" + all.project(), llama("zeta"));
        assertThat(second.text("/error/code")).isEqualTo("ALREADY_EXISTS");
        assertThat(all.stranger().get(REGIONAL).json().path("data").size()).isZero();
        all.unknown("GET", REGIONAL + "/" + id, null);
        all.unknown("POST", REGIONAL + "?projectId=" + all.project(), llama("mine"));
        ended(asked);
        ended(owner.delete(REGIONAL + "/" + id));
    }

    @Test
    void listsByStateAndEngine() {
        ready("eta");
        assertThat(names(owner.get(endpoints + "?state=ready,idle&engine=vllm"))).contains("eta");
        assertThat(names(owner.get(endpoints + "?engine=triton"))).doesNotContain("eta");
        assertThat(names(owner.get(endpoints + "?search=ET&pageSize=1"))).containsExactly("eta");
        assertThat(owner.get(endpoints + "?offset=0&search=eta")
                .json().at("/meta/pagination/total").asInt()).isEqualTo(1);
        assertThat(owner.get(endpoints + "?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(owner.get(endpoints + "?sort=colour").text("/error/code"))
                .isEqualTo("INVALID_SORT");
    }

    @Test
    void aDeletionCancelsWhatIsStillBeingMade() {
        var asked = asked(llama("theta"));
        ended(owner.delete(endpoints + "/theta"));
        assertThat(all.end(asked).path("status").asText()).isIn("cancelled", "completed");
        assertThat(owner.get(endpoints + "/theta").status()).isEqualTo(404);
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = ready("iota");
        all.unknown("GET", endpoints, null);
        all.unknown("POST", endpoints, llama("mine"));
        all.unknown("GET", path, null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        all.unknown("POST", path + ":stop", Map.of());
        all.unknown("POST", path + ":start", Map.of());
        all.unknown("GET", path + "/logs", null);
        all.unknown("GET", path + "/metrics", null);
    }

    @Test
    void keepsItsProject() {
        ready("kappa");
        var refused = owner.delete("/v1/regions/global/projects/" + all.project());
        assertThat(refused.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(refused.json().at("/error/details/dependents").toString())
                .contains("inference/kappa");
    }

    private static List<String> names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map(item -> item.path("name").asText()).toList();
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }
}
