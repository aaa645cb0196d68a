package orrery.server.infrastructure.machine;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class MachinesApiTest {
    private static final String IMAGE = "https://images.example/ubuntu.raw";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String servers;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        servers = all.compute().replace("/compute", "/infrastructure/servers");
    }

    private static Map<String, Object> body(String name) {
        return Map.of("name", name, "bmcAddress", name + ".bmc.example/redfish/v1/Systems/1",
                "tags", Map.of("rack", "r-" + name), "persona", "gpu-worker",
                "gpu", Map.of("model", "H100", "count", 8),
                "bmc", Map.of("username", "admin-canary", "password", "calvin-canary",
                        "bootMacAddress", "52:54:00:AB:CD:EF"));
    }

    private Visitor.Heard registered(String name) {
        var asked = owner.post(servers, body(name));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        return asked;
    }

    private void available(String name) {
        assertThat(all.end(registered(name)).path("status").asText()).isEqualTo("completed");
    }

    private void ends(Visitor.Heard accepted, String type) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        assertThat(accepted.text("/meta/workflow/type")).isEqualTo(type);
        assertThat(all.end(accepted).path("status").asText()).isEqualTo("completed");
    }

    private void act(String name, String action) {
        ends(owner.post(servers + "/" + name + ":" + action, Map.of()), "server.lifecycle");
    }

    private void decommission(String name) {
        ends(owner.delete(servers + "/" + name), "server.decommission");
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map((JsonNode item) -> item.path("name").asText()).toList();
    }

    @Test
    void aServerLivesFromRegistrationToDecommissioning() {
        var asked = registered("alpha");
        var id = asked.text("/data/id");
        var path = servers + "/" + id;
        assertThat(id).matches("srv_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("registering");
        assertThat(asked.text("/data/provisioningState")).isEqualTo("registered");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("server.register");
        assertThat(asked.text("/meta/workflowId")).isEqualTo(asked.text("/data/currentRunId"));
        assertThat(owner.get(asked.text("/meta/workflow/href")).text("/data/resourceType"))
                .isEqualTo("server");
        assertThat(all.end(asked).path("status").asText()).isEqualTo("completed");

        var there = owner.get(servers + "/alpha");
        assertThat(there.text("/data/id")).isEqualTo(id);
        assertThat(there.text("/data/state")).isEqualTo("available");
        assertThat(there.text("/data/bmcAddress"))
                .isEqualTo("redfish://alpha.bmc.example/redfish/v1/Systems/1");
        assertThat(there.text("/data/bmc/bootMacAddress")).isEqualTo("52:54:00:ab:cd:ef");
        assertThat(there.text("/data/healthStatus/status")).isEqualTo("healthy");
        assertThat(there.json().at("/data/hardwareSpecs/cpu/count").asInt()).isPositive();
        assertThat(there.json().at("/data/hardwareSpecs/ram/value").asLong()).isPositive();
        assertThat(there.json().at("/data/hardwareSpecs/gpu/count").asInt()).isEqualTo(8);
        assertThat(there.header("ETag"))
                .isEqualTo("\"" + there.json().at("/data/version").asLong() + "\"");

        var job = owner.post(path + ":provision", Map.of("osImage", IMAGE,
                "configuration", Map.of("userData", "#cloud-config canary")));
        assertThat(job.text("/data/jobId")).isEqualTo(job.text("/meta/workflowId"));
        assertThat(job.text("/data/status")).isIn("queued", "in-progress");
        ends(job, "server.provision");
        var ready = owner.get(path);
        assertThat(ready.text("/data/state")).isEqualTo("ready");
        assertThat(ready.text("/data/provisioningState")).isEqualTo("ready");
        assertThat(ready.text("/data/image")).isEqualTo(IMAGE);
        assertThat(ready.text("/data/power/state")).isEqualTo("on");
        var twice = owner.post(path + ":provision", Map.of("osImage", IMAGE));
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");

        act("alpha", "deprovision");
        decommission("alpha");
        assertThat(owner.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(owner.delete(path).status()).isEqualTo(404);
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/state"))
                .isEqualTo("decommissioned");
        for (var heard : List.of(asked, there, job, ready, owner.get(servers),
                owner.get("/v1/workflows/runs/" + asked.text("/meta/workflowId")))) {
            assertThat(heard.raw().body()).doesNotContain("canary\"").doesNotContain("calvin");
        }
        available("alpha");
        decommission("alpha");
    }

    @Test
    void onlyTheClosedListOfActionsIsThere() {
        available("beta");
        var path = servers + "/beta";
        for (var none : List.of("explode", "provisioned", "power", "POWER-ON")) {
            assertThat(owner.post(path + ":" + none, Map.of()).status()).as(none)
                    .isEqualTo(404);
        }
        for (var illegal : List.of("deprovision", "maintenance-off", "retry", "reset")) {
            var refused = owner.post(path + ":" + illegal, Map.of());
            assertThat(refused.status()).as(illegal).isEqualTo(409);
            assertThat(refused.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
            assertThat(refused.text("/error/message")).contains(illegal);
        }
        act("beta", "power-on");
        assertThat(owner.get(path).text("/data/power/state")).isEqualTo("on");
        act("beta", "reset");
        act("beta", "maintenance-on");
        var kept = owner.get(path);
        assertThat(kept.text("/data/state")).isEqualTo("maintenance");
        assertThat(kept.text("/data/provisioningState")).isEqualTo("ready");
        assertThat(owner.post(path + ":power-off", Map.of()).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        act("beta", "maintenance-off");
        act("beta", "inspect");
        decommission("beta");
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(servers, Map.of("name", "NO", "displayName", " ", "colour", "red",
                "persona", "a b", "tags", Map.of("a b", "c"), "bmcAddress", "ftp://x/",
                "gpu", Map.of("model", "", "count", 0),
                "bmc", Map.of("username", "", "protocol", "ipmi", "bootMacAddress", "x")));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).containsExactlyInAnyOrder("name", "displayName", "colour",
                "persona", "tags.a b", "bmcAddress", "gpu.model", "gpu.count", "bmc.username",
                "bmc.password", "bmc.protocol", "bmc.bootMacAddress");
        assertThat(fields(owner.post(servers, Map.of()))).containsExactlyInAnyOrder(
                "bmcAddress", "bmc");
        var secret = owner.post(servers, Map.of("bmcAddress", "redfish://root:calvin@10.0.0.7/",
                "bmc", Map.of("username", "u", "password", "p")));
        assertThat(fields(secret)).contains("bmcAddress");
        assertThat(secret.raw().body()).doesNotContain("calvin");
        var path = servers + "/gamma";
        available("gamma");
        assertThat(fields(owner.post(path + ":provision", Map.of("osImage", "file:///etc",
                "configuration", Map.of("format", "zip"))))).containsExactlyInAnyOrder(
                        "osImage", "configuration.format");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("bmcAddress", "x y", "persona", "a b"))))
                .containsExactlyInAnyOrder("bmcAddress", "persona");
        assertThat(owner.post(servers, body("gamma")).text("/error/code"))
                .isEqualTo("CONFLICT");
        var other = new HashMap<>(body("gamma"));
        other.put("bmcAddress", "other.bmc.example");
        assertThat(owner.post(servers, other).text("/error/code")).isEqualTo("ALREADY_EXISTS");
        assertThat(owner.get(servers.replace("/main/", "/mars/")).status()).isEqualTo(404);
        decommission("gamma");
    }

    @Test
    void changesTextsAndTagsAtOnceAndTellsItsLog() {
        available("delta");
        var path = servers + "/delta";
        var version = owner.get(path).header("ETag");
        var changed = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "Delta", "tags", Map.of("rack", "r9"), "persona", "web"));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/data/tags/rack")).isEqualTo("r9");
        assertThat(owner.with("If-Match", version).patch(path, Map.of("persona", "x"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.with("If-Match", version).delete(path).status()).isEqualTo(412);
        assertThat(owner.patch(path, Map.of("labels", Map.of("tier", "gold")))
                .text("/data/labels/tier")).isEqualTo("gold");
        assertThat(names(owner.get(servers + "?labels.tier=gold"))).containsExactly("delta");
        assertThat(fields(owner.patch(path, Map.of("labels", Map.of("orrery.dev/x", "y")))))
                .containsExactly("labels.orrery.dev/x");
        var cleared = new HashMap<String, Object>();
        cleared.put("persona", null);
        assertThat(owner.patch(path, cleared).json().at("/data/persona").isNull()).isTrue();
        assertThat(names(owner.get(servers + "?tags.rack=r9&state=available")))
                .containsExactly("delta");
        assertThat(owner.get(servers + "?state=happy").text("/error/code"))
                .isEqualTo("INVALID_FILTER");

        var log = owner.get(path + "/logs");
        assertThat(log.status()).as(log.raw().body()).isEqualTo(200);
        assertThat(log.json().at("/meta/pagination/pageSize").asInt()).isEqualTo(100);
        assertThat(log.text("/data/0/message")).isEqualTo("it is available");
        assertThat(log.text("/data/0/severity")).isEqualTo("info");
        assertThat(log.raw().body()).contains("register begins", "inspecting");
        var at = log.text("/data/0/timestamp");
        assertThat(owner.get(path + "/logs?endTime=2020-01-01T00:00:00Z").json().at("/data"))
                .isEmpty();
        var since = owner.get(path + "/logs?startTime=" + at + "&pageSize=1");
        assertThat(since.json().at("/data")).hasSize(1);
        var first = owner.get(path + "/logs?pageSize=1");
        assertThat(owner.get(path + "/logs?pageSize=1&pageToken="
                + first.text("/meta/pagination/nextPageToken")).text("/data/0/message"))
                .isNotEqualTo(first.text("/data/0/message"));
        assertThat(fields(owner.get(path + "/logs?pageSize=1001&startTime=soon")))
                .containsExactlyInAnyOrder("pageSize", "startTime");
        assertThat(owner.get(path + "/logs?pageSize=1000").status()).isEqualTo(200);
        decommission("delta");
    }

    @Test
    void changesHowItsControllerIsReached() {
        available("lambda");
        var path = servers + "/lambda";
        var version = owner.get(path).header("ETag");
        var login = owner.with("If-Match", version).patch(path, Map.of("bmc", Map.of(
                "username", "hobbes-canary", "password", "tiger-canary")));
        ends(login, "server.update");
        assertThat(login.raw().body() + owner.get(path).raw().body()
                + owner.get("/v1/workflows/runs/" + login.text("/meta/workflowId")).raw().body())
                .doesNotContain("hobbes").doesNotContain("tiger");
        assertThat(owner.get(path).text("/data/state")).isEqualTo("available");
        assertThat(fields(owner.patch(path, Map.of("bmc", Map.of("password", "x",
                "protocol", "ipmi"))))).containsExactlyInAnyOrder("bmc.username", "bmc.protocol");
        var cleared = new HashMap<String, Object>();
        cleared.put("bmcAddress", null);
        assertThat(fields(owner.patch(path, cleared))).containsExactly("bmcAddress");
        var fixed = owner.patch(path, Map.of("bmc", Map.of(
                "bootMacAddress", "52:54:00:00:00:09")));
        assertThat(fixed.status()).isEqualTo(422);
        assertThat(fields(fixed)).containsExactly("bmc.bootMacAddress");
        var moved = Map.of("bmcAddress", "lambda-2.bmc.example/redfish/v1/Systems/1");
        var held = owner.patch(path, moved);
        assertThat(held.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        assertThat(held.text("/error/message")).contains("maintenance");
        var mu = registered("mu");
        assertThat(owner.patch(path, Map.of("bmcAddress", mu.text("/data/bmcAddress")))
                .text("/error/code")).isEqualTo("CONFLICT");
        act("lambda", "maintenance-on");
        ends(owner.patch(path, moved), "server.update");
        assertThat(owner.get(path).text("/data/bmcAddress")).contains("lambda-2");
        assertThat(owner.patch(path, moved).status()).as("nothing changes").isEqualTo(200);
        all.unknown("PATCH", path, moved);
        decommission("lambda");
        all.end(mu);
        decommission("mu");
    }

    @Test
    void aProbeSaysWhatStandsInTheWay() {
        available("epsilon");
        var fine = owner.post(servers + "/epsilon:validate", Map.of());
        assertThat(fine.status()).isEqualTo(200);
        assertThat(fine.json().at("/data/valid").asBoolean()).isTrue();
        assertThat(fine.json().at("/data/errors")).isEmpty();
        decommission("epsilon");
    }

    @Test
    void registersManyAtOnceAndSaysWhichItCouldNot() {
        var bad = new HashMap<>(body("batch-b"));
        bad.put("bmcAddress", "x y");
        bad.put("colour", "red");
        var some = owner.post(servers + ":batchCreate", Map.of("servers", List.of(
                body("batch-a"), bad, body("batch-c"), body("batch-a"), "nonsense")));
        assertThat(some.status()).as(some.raw().body()).isEqualTo(207);
        assertThat(some.json().at("/data/succeeded")).hasSize(2);
        assertThat(some.json().at("/data/failed").findValuesAsText("index"))
                .containsExactly("1", "3", "4");
        assertThat(some.json().at("/data/failed/0/error/details/fields").propertyStream()
                .map(Map.Entry::getKey)).containsExactlyInAnyOrder("bmcAddress", "colour");
        assertThat(some.text("/data/failed/1/error/code")).isEqualTo("CONFLICT");
        assertThat(some.raw().body()).doesNotContain("canary");
        for (var made : some.json().at("/data/succeeded")) {
            assertThat(all.end(made.path("currentRunId").asText()).path("type").asText())
                    .isEqualTo("server.register");
        }
        assertThat(owner.post(servers + ":batchCreate", Map.of("servers", List.of())).status())
                .isEqualTo(400);
        var csv = owner.with("Content-Type", "text/csv; charset=utf-8").post(
                servers + ":batchCreate", """
                name,bmcAddress,bmc.username,bmc.password,bmc.bootMacAddress,tags.rack,gpu.count
                csv-a,10.8.0.1,root,"cal,""vin\""",52:54:00:00:00:01,r1,
                csv-b,10.8.0.2,root,,52:54:00:00:00:02,r1,many
                """.replace("\n", "\r\n"));
        assertThat(csv.status()).as(csv.raw().body()).isEqualTo(207);
        assertThat(csv.text("/data/succeeded/0/name")).isEqualTo("csv-a");
        assertThat(csv.text("/data/succeeded/0/tags/rack")).isEqualTo("r1");
        assertThat(csv.json().at("/data/failed/0/error/details/fields").propertyStream()
                .map(Map.Entry::getKey)).contains("bmc.password", "gpu.model", "gpu.count");
        assertThat(owner.with("Content-Type", "text/csv").post(servers + ":batchCreate",
                "name\n\"x").text("/error/message")).contains("row 2");
        for (var name : List.of("batch-a", "batch-c", "csv-a")) {
            decommission(name);
        }
    }

    @Test
    void aDecommissioningCancelsWhatIsStillBeingMade() {
        var asked = registered("zeta");
        var leaving = owner.delete(servers + "/zeta");
        var again = owner.delete(servers + "/zeta");
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).as("the same run")
                    .isEqualTo(leaving.text("/meta/workflowId"));
        }
        ends(leaving, "server.decommission");
        assertThat(all.end(asked).path("status").asText()).isIn("cancelled", "completed");
        assertThat(owner.get(servers + "/zeta").status()).isEqualTo(404);
    }

    @Test
    void operatorsFindItWithoutItsProject() {
        var main = "/v1/regions/main/infrastructure/servers";
        var global = "/v1/regions/global/infrastructure/servers";
        var placed = new HashMap<>(body("iota"));
        placed.put("projectId", all.project());
        assertThat(owner.post(global, placed).text("/error/details/fields/region"))
                .contains("is required");
        var batch = owner.post(main + ":batchCreate", Map.of("projectId", all.project(),
                "servers", List.of(body("iota"))));
        assertThat(batch.status()).as(batch.raw().body()).isEqualTo(207);
        assertThat(owner.post(servers + ":batchCreate", Map.of("projectId", all.project(),
                "servers", List.of(body("kappa")))).status()).as("the path says it")
                .isEqualTo(400);
        var id = batch.text("/data/succeeded/0/id");
        assertThat(all.end(batch.text("/data/succeeded/0/currentRunId")).path("status").asText())
                .isEqualTo("completed");
        for (var path : List.of(main, global)) {
            assertThat(names(owner.get(path + "?name=iota&region=main&projectId="
                    + all.project()))).containsExactly("iota");
            assertThat(owner.get(path + "/" + id).text("/data/region")).isEqualTo("main");
            assertThat(owner.get(path + "/" + id + "/logs").status()).isEqualTo(200);
            assertThat(owner.get(path + "/iota").status()).isEqualTo(400);
            var none = List.of("/" + id, "/" + id + "/logs", "");
            none.forEach(there -> all.unknown("GET", path + there, null));
            all.unknown("POST", path + "/" + id + ":power-on", Map.of());
            all.unknown("DELETE", path + "/" + id, null);
        }
        assertThat(names(owner.get(global + "?name=iota&region=mars"))).isEmpty();
        ends(owner.post(global + "/" + id + ":power-on", Map.of()), "server.lifecycle");
        ends(owner.delete(main + "/" + id), "server.decommission");
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = servers + "/" + registered("eta").text("/data/id");
        all.unknown("GET", servers, null);
        all.unknown("GET", path, null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        all.unknown("POST", path + ":power-off", Map.of());
        all.unknown("POST", servers + ":batchCreate", Map.of("servers", List.of()));
        // The owner of a project is nobody here either.
        var stranger = all.stranger();
        var own = servers.replace(all.project(),
                stranger.get("/v1/regions/global/auth/me").text("/data/projectId"));
        for (var method : List.of("GET", "POST")) {
            var hidden = stranger.send(method, own, method.equals("GET") ? null : body("theta"));
            assertThat(hidden.status()).as(hidden.raw().body()).isEqualTo(404);
            assertThat(hidden.text("/error/code")).isEqualTo("NOT_FOUND");
        }
        all.end(owner.delete(path));
    }
}
