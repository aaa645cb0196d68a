package orrery.server.platform.training;

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
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.Canaries;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.tenancy.region.Regions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class TrainingApiTest {
    private static final String REGIONAL = "/v1/regions/main/training";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Inject
    Regions regions;

    @Inject
    KubeClients clients;

    private Neighbours all;
    private Visitor owner;
    private String trainings;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        trainings = "/v1/regions/main/projects/" + all.project() + "/training";
    }

    /// GPUs are few.
    @AfterEach
    void clear() {
        for (var id : made) {
            var leaving = owner.post(trainings + "/" + id + ":cancel", Map.of());
            if (leaving.status() == 202) {
                ended(leaving);
            }
        }
    }

    private static Map<String, Object> job(String name, String exitCode, String seconds) {
        return new HashMap<>(Map.of("name", name, "image", "sim-exit",
                "args", List.of(exitCode, seconds), "nodes", 2, "gpusPerNode", 1,
                "framework", "pytorch"));
    }

    private String asked(Map<String, Object> body) {
        var asked = owner.post(trainings, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        made.add(asked.text("/data/id"));
        return trainings + "/" + asked.text("/data/id");
    }

    private String running(String name) {
        var path = asked(job(name, "0", "600"));
        until(path, "running");
        return path;
    }

    private Visitor.Heard until(String path, String state) {
        return Awaitility.await().atMost(PATIENCE).until(() -> owner.get(path),
                heard -> heard.text("/data/state").equals(state));
    }

    private void ended(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var run = all.end(accepted);
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("completed");
    }

    @Test
    void aJobLivesFromCreationToDeletion() {
        var body = job("alpha", "0", "1");
        body.put("env", Map.of("WANDB_API_KEY", "canary-wandb"));
        var asked = owner.post(trainings, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var path = trainings + "/" + asked.text("/data/id");
        assertThat(asked.text("/data/id")).matches("trn_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("queued");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("training.create");
        assertThat(asked.json().at("/data/startedAt").isNull()).isTrue();
        ended(asked);
        var over = until(path, "succeeded");
        assertThat(over.text("/data/startedAt")).endsWith("Z");
        assertThat(over.text("/data/completedAt")).endsWith("Z");
        assertThat(over.json().at("/data/attempt").asInt()).isEqualTo(1);
        assertThat(over.text("/data/priority")).isEqualTo("normal");
        assertThat(over.json().at("/data/envNames").toString())
                .isEqualTo("[\"WANDB_API_KEY\"]");
        assertThat(over.raw().body()).doesNotContain("canary-wandb");
        assertThat(over.json().at("/data").has("maxRuntimeSeconds")).as("every field").isTrue();
        assertThat(over.header("ETag"))
                .isEqualTo("\"" + over.json().at("/data/version").asLong() + "\"");

        var log = owner.get(path + "/logs");
        assertThat(log.status()).as(log.raw().body()).isEqualTo(200);
        assertThat(log.json().at("/data/entries")).hasSize(2);
        assertThat(log.text("/data/entries/0/message")).contains("ends with exit code 0");

        for (var verb : List.of("cancel", "suspend", "resume")) {
            assertThat(owner.post(path + ":" + verb, Map.of()).text("/error/code")).as(verb)
                    .isEqualTo("INVALID_STATE_TRANSITION");
        }
        assertThat(owner.patch(path, Map.of("priority", "high")).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        assertThat(owner.patch(path, Map.of("displayName", "Alpha")).status()).isEqualTo(200);
        assertThat(owner.with("If-Match", "\"1\"").delete(path).status()).isEqualTo(412);
        var leaving = owner.delete(path);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("training.delete");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).isEqualTo(leaving.text("/meta/workflowId"));
        }
        ended(leaving);
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/state"))
                .isEqualTo("deleted");
        assertThat(names(owner.get(trainings))).doesNotContain("alpha");
    }

    @Test
    void keepsNoSecretInTheOpen() {
        var canaries = new Canaries();
        canaries.plant("token", "cny-token-of-lambda");
        canaries.plant("file", "cny-file-of-lambda");
        var body = job("lambda", "0", "0");
        body.put("env", Map.of("TOKEN", canaries.get("token")));
        body.put("secrets", Map.of("key.json", canaries.get("file")));
        var path = asked(body);
        var told = until(path, "succeeded");
        assertThat(told.json().at("/data/secretsRef").toString()).isEqualTo("[\"key.json\"]");
        assertThat(canaries.in("an answer", told.raw().body())).isEmpty();
        body.put("secrets", Map.of("a/b", canaries.get("file")));
        var wrong = owner.post(trainings, body);
        assertThat(fields(wrong)).containsExactly("secrets.a/b");
        assertThat(canaries.in("a refusal", wrong.raw().body())).isEmpty();
        var dump = Canaries.dump(database, access);
        assertThat(dump.get("public.training")).contains("lambda");
        assertThat(canaries.in(dump)).isEmpty();
    }

    @Test
    void isSuspendedResumedAndCancelled() {
        var path = running("beta");
        assertThat(owner.delete(path).text("/error/code")).as("only when it has ended")
                .isEqualTo("INVALID_STATE_TRANSITION");
        assertThat(owner.post(path + ":resume", Map.of()).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        var held = owner.post(path + ":suspend", Map.of());
        assertThat(held.text("/meta/workflow/type")).isEqualTo("training.update");
        ended(held);
        assertThat(owner.get(path).text("/data/state")).isEqualTo("suspended");
        assertThat(owner.get(path).text("/data/desiredState")).isEqualTo("suspended");
        assertThat(owner.post(path + ":suspend", Map.of()).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        ended(owner.post(path + ":resume", Map.of()));
        until(path, "running");
        var ending = owner.post(path + ":cancel", Map.of());
        assertThat(ending.text("/data/state")).isEqualTo("cancelling");
        var again = owner.post(path + ":cancel", Map.of());
        if (again.status() == 202) {
            assertThat(again.text("/meta/workflowId")).isEqualTo(ending.text("/meta/workflowId"));
        }
        ended(ending);
        var over = owner.get(path);
        assertThat(over.text("/data/state")).isEqualTo("cancelled");
        assertThat(over.text("/data/completedAt")).endsWith("Z");
        assertThat(owner.get(path + "/logs").json().at("/data/entries")).isEmpty();
    }

    @Test
    void changesTextsAtOnceAndItsPriorityByARun() {
        var path = running("gamma");
        var version = owner.get(path).header("ETag");
        var texts = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "Gamma", "labels", Map.of("env", "prod")));
        assertThat(texts.status()).isEqualTo(200);
        assertThat(texts.text("/data/labels/env")).isEqualTo("prod");
        assertThat(owner.with("If-Match", version).patch(path, Map.of("displayName", "G"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        ended(owner.patch(path, Map.of("priority", "high")));
        var now = owner.get(path);
        assertThat(now.text("/data/priority")).isEqualTo("high");
        assertThat(now.text("/data/state")).as("it runs on").isEqualTo("running");
        assertThat(now.text("/data/displayName")).isEqualTo("Gamma");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("nodes", 4, "displayName", " ",
                "priority", "top")))).containsExactlyInAnyOrder(
                        "nodes", "displayName", "priority");
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(trainings, Map.of("name", "NO", "displayName", " ",
                "image", "a b", "nodes", 0, "gpusPerNode", 99, "framework", "abacus",
                "colour", "red", "env", Map.of("ORRERY_X", "x"), "retries", -1,
                "maxRuntimeSeconds", 1));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("name", "displayName", "image", "nodes",
                "gpusPerNode", "framework", "colour", "env.ORRERY_X", "retries",
                "maxRuntimeSeconds");
        assertThat(fields(owner.post(trainings, Map.of()))).containsExactlyInAnyOrder(
                "image", "nodes", "gpusPerNode");
        var elsewhere = job("x", "0", "0");
        elsewhere.put("projectId", "prj_" + "Z".repeat(26));
        assertThat(fields(owner.post(trainings, elsewhere))).containsExactly("projectId");
        assertThat(owner.post(trainings.replace("/main/", "/mars/"), job("x", "0", "0")).status())
                .isEqualTo(404);
        assertThat(owner.post(trainings, "[]").status()).isEqualTo(400);
        assertThat(owner.with("Content-Type", "text/plain").post(trainings, "x").status())
                .isEqualTo(415);
        assertThat(owner.put(trainings, Map.of()).status()).isEqualTo(405);
        assertThat(owner.get(trainings + "/nothing").status()).isEqualTo(404);
        assertThat(owner.get(trainings + "/nothing/logs").status()).isEqualTo(404);
    }

    @Test
    void saysWhyItFailed() {
        var body = job("delta", "1", "0");
        body.put("retries", 1);
        var over = until(asked(body), "failed");
        assertThat(over.json().at("/data/attempt").asInt()).isEqualTo(2);
        assertThat(over.text("/data/stateReason")).contains("backoff limit");
    }

    @Test
    void keepsToTheQuotaOfGpus() {
        var quotas = "/v1/regions/global/projects/" + all.project() + "/quotas";
        var path = running("epsilon");
        var used = owner.get(quotas).json().at("/data/usage/gpuCount").asLong();
        owner.patch(quotas, Map.of("gpuCount", used));
        try {
            var refused = owner.post(trainings, job("beyond", "0", "0"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/error/code")).isEqualTo("QUOTA_EXCEEDED");
            assertThat(owner.get(trainings + "/beyond").status()).isEqualTo(404);
            ended(owner.post(path + ":cancel", Map.of()));
            assertThat(owner.get(quotas).json().at("/data/usage/gpuCount").asLong())
                    .as("given back").isEqualTo(used - 2);
        } finally {
            owner.patch(quotas, "{\"gpuCount\":null}");
        }
    }

    @Test
    void isFoundWithoutAProjectInThePath() {
        assertThat(fields(owner.post(REGIONAL, job("zeta", "0", "0")))).contains("projectId");
        var asked = owner.post(REGIONAL + "?projectId=" + all.project(), job("zeta", "0", "0"));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var id = asked.text("/data/id");
        made.add(id);
        assertThat(asked.header("Location")).isEqualTo(trainings + "/" + id);
        assertThat(names(owner.get(REGIONAL + "?projectId=" + all.project()))).contains("zeta");
        assertThat(owner.get(REGIONAL + "/" + id).text("/data/name")).isEqualTo("zeta");
        for (var here : List.of(trainings, REGIONAL)) {
            assertThat(names(owner.get(here.replace("/main/", "/global/")))).contains("zeta");
        }
        assertThat(owner.get(trainings.replace("/main/", "/global/") + "/zeta/logs").status())
                .isEqualTo(200);
        assertThat(fields(owner.get(REGIONAL + "/zeta"))).as("whose?").containsExactly("projectId");
        assertThat(owner.get(REGIONAL + "/zeta?projectId=" + all.project()).text("/data/id"))
                .isEqualTo(id);
        assertThat(all.stranger().get(REGIONAL).json().path("data").size()).isZero();
        all.unknown("GET", REGIONAL + "/" + id, null);
        all.unknown("POST", REGIONAL + "/" + id + ":cancel", Map.of());
        until(REGIONAL + "/" + id, "succeeded");
        ended(owner.delete(REGIONAL + "/" + id));
    }

    @Test
    void hasVolumesUntilItEnds() {
        new Stranger(clients, regions.target(access.system("test"), "main")).create(Trees.read("""
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata: {name: folders}
                provisioner: simulated.orrery.dev/folder
                """));
        var backend = owner.post("/v1/regions/global/infrastructure/storage", Map.of(
                "name", "folders", "region", "main", "type", "file", "storageClass", "folders",
                "capacityGb", 64));
        var storage = all.compute() + "/storage";
        for (var name : List.of("theta-data", "theta-checkpoints")) {
            ended(owner.post(storage, Map.of("name", name, "sizeGb", 1, "type", "folders")));
        }
        var body = job("theta", "0", "600");
        body.putAll(Map.of("nodes", 1, "gpusPerNode", 0,
                "checkpoint", Map.of("volumeId", "theta-checkpoints", "path", "/checkpoints"),
                "datasets", List.of(Map.of("volumeId", "theta-data", "path", "/data"))));
        var path = asked(body);
        until(path, "running");
        var data = owner.get(storage + "/theta-data");
        assertThat(data.text("/data/state")).isEqualTo("inUse");
        assertThat(data.text("/data/attachedTo/kind")).isEqualTo("training");
        assertThat(path).endsWith(data.text("/data/attachedTo/id"));
        assertThat(owner.get(path).text("/data/datasets/0/volumeId"))
                .isEqualTo(data.text("/data/id"));
        assertThat(owner.get(path).text("/data/checkpoint/path")).isEqualTo("/checkpoints");
        assertThat(owner.delete(storage + "/theta-data").text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        body.put("name", "iota");
        body.put("checkpoint", Map.of("volumeId", "nowhere", "path", "/checkpoints"));
        var refused = owner.post(trainings, body);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(fields(refused)).containsExactlyInAnyOrder(
                "checkpoint.volumeId", "datasets[0].volumeId");
        ended(owner.post(path + ":cancel", Map.of()));
        for (var name : List.of("theta-data", "theta-checkpoints")) {
            assertThat(owner.get(storage + "/" + name).text("/data/state"))
                    .isEqualTo("available");
            ended(owner.delete(storage + "/" + name));
        }
        assertThat(owner.delete(backend.text("/data/selfLink")).status()).isEqualTo(204);
    }

    @Test
    void listsByStateAndFramework() {
        running("eta");
        assertThat(names(owner.get(trainings + "?state=running,queued&framework=pytorch")))
                .contains("eta");
        assertThat(names(owner.get(trainings + "?priority=high"))).doesNotContain("eta");
        assertThat(names(owner.get(trainings + "?search=ET&pageSize=1"))).containsExactly("eta");
        assertThat(owner.get(trainings + "?offset=0&search=eta")
                .json().at("/meta/pagination/total").asInt()).isPositive();
        assertThat(owner.get(trainings + "?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(owner.get(trainings + "?sort=colour").text("/error/code"))
                .isEqualTo("INVALID_SORT");
        assertThat(owner.post(trainings, job("eta", "0", "0")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = running("iota");
        all.unknown("GET", trainings, null);
        all.unknown("POST", trainings, job("mine", "0", "0"));
        all.unknown("GET", path, null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        for (var verb : List.of("cancel", "suspend", "resume")) {
            all.unknown("POST", path + ":" + verb, Map.of());
        }
        all.unknown("GET", path + "/logs", null);
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
