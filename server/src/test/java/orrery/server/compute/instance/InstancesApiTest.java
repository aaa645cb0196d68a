package orrery.server.compute.instance;

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
class InstancesApiTest {
    private static final Map<String, Object> BOOT = Map.of("boot", true, "source", "debian-12");

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String instances;
    private String networks;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        instances = all.compute() + "/instances";
        networks = all.compute() + "/networks";
        owner.post(networks, Map.of("name", "standard", "cidr", "10.42.0.0/24",
                "role", "default"));
    }

    private static Map<String, Object> body(String name, Object... more) {
        var body = new HashMap<String, Object>(Map.of(
                "name", name, "type", "vm.small", "disks", List.of(BOOT)));
        for (int i = 0; i < more.length; i += 2) {
            body.put((String) more[i], more[i + 1]);
        }
        return body;
    }

    private Visitor.Heard asked(Map<String, Object> body) {
        var asked = owner.post(instances, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        return asked;
    }

    private void ends(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    }

    private void delete(String name) {
        ends(owner.delete(instances + "/" + name));
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> names(Visitor.Heard page) {
        assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
        return page.json().at("/data").valueStream()
                .map((JsonNode item) -> item.path("name").asText()).toList();
    }

    @Test
    void aMachineLivesFromCreationToDeletion() {
        var asked = asked(body("alpha", "labels", Map.of("env", "test"),
                "hostname", "box", "type", "/v1/regions/main/zones/main-a/instance-types/vm.small",
                "instanceMetadata", List.of(Map.of("key", "role", "value", "web")),
                "disks", List.of(BOOT, Map.of("sizeGb", 5, "interface", "NVME"),
                        Map.of("sizeGb", 1, "type", "TEMPORARY"))));
        var id = asked.text("/data/id");
        var path = instances + "/" + id;
        assertThat(id).matches("ins_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(asked.text("/data/selfLink"))
                .isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("provisioning");
        assertThat(asked.text("/data/lifecycle/status")).isEqualTo("PROVISIONING");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("vm.create");
        assertThat(asked.text("/data/currentRunId")).isEqualTo(asked.text("/meta/workflowId"));
        ends(asked);

        var running = owner.get(instances + "/alpha");
        assertThat(running.text("/data/lifecycle/status")).isEqualTo("RUNNING");
        assertThat(running.text("/data/kind")).isEqualTo("vm");
        assertThat(running.text("/data/zone")).isEqualTo("main-a");
        assertThat(running.text("/data/type"))
                .isEqualTo("/v1/regions/main/zones/main-a/instance-types/vm.small");
        assertThat(running.text("/data/hostname")).isEqualTo("box");
        assertThat(running.text("/data/instanceMetadata/0/value")).isEqualTo("web");
        assertThat(running.json().at("/data/disks/0/sizeGb").asInt()).isEqualTo(20);
        assertThat(running.text("/data/disks/0/source"))
                .isEqualTo("/v1/regions/main/compute/images/debian-12");
        assertThat(running.text("/data/disks/1/interface")).isEqualTo("NVME");
        assertThat(running.text("/data/disks/2/type")).isEqualTo("TEMPORARY");
        assertThat(running.text("/data/nics/0/ipv4Address")).startsWith("10.42.0.");
        assertThat(running.json().at("/data/nics/0/vlan").isNull()).isTrue();
        assertThat(running.header("ETag"))
                .isEqualTo("\"" + running.json().at("/data/version").asLong() + "\"");

        var leaving = owner.delete(path);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("vm.delete");
        assertThat(leaving.text("/data/lifecycle/status")).isEqualTo("DELETING");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).as("the same run")
                    .isEqualTo(leaving.text("/meta/workflowId"));
        }
        ends(leaving);
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(names(owner.get(instances))).doesNotContain("alpha");
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/lifecycle/status"))
                .isEqualTo("DELETED");
    }

    @Test
    void powerFollowsTheStateMachine() {
        ends(asked(body("beta")));
        var path = instances + "/beta";
        refused(path, "start", "resume");
        var stop = owner.post(path + ":stop", null);
        assertThat(stop.text("/meta/workflow/type")).isEqualTo("vm.power");
        assertThat(stop.text("/data/lifecycle/status")).isEqualTo("STOPPING");
        var beside = owner.post(path + ":reset", null);
        assertThat(beside.status()).as("one run at a time").isEqualTo(409);
        ends(stop);
        assertThat(owner.get(path).text("/data/lifecycle/status")).isEqualTo("TERMINATED");
        refused(path, "stop", "suspend", "resume", "reset");
        ends(owner.post(path + ":start", null));
        assertThat(owner.get(path).text("/data/lifecycle/status")).isEqualTo("RUNNING");
        ends(owner.post(path + ":suspend", null));
        assertThat(owner.get(path).text("/data/lifecycle/status")).isEqualTo("SUSPENDED");
        refused(path, "stop", "suspend", "start", "reset");
        ends(owner.post(path + ":resume", null));
        var reset = owner.post(path + ":reset", null);
        assertThat(reset.text("/data/lifecycle/status")).isEqualTo("RUNNING");
        ends(reset);
        assertThat(owner.get(path).text("/data/lifecycle/status")).isEqualTo("RUNNING");
        assertThat(owner.post(path + ":explode", null).status()).isIn(404, 405);
        delete("beta");
    }

    private void refused(String path, String... verbs) {
        for (var verb : verbs) {
            var heard = owner.post(path + ":" + verb, null);
            assertThat(heard.status()).as(verb).isEqualTo(409);
            assertThat(heard.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        }
    }

    @Test
    void namesEveryFieldThatIsWrong() {
        var wrong = owner.post(instances, body("NO", "displayName", " ", "type", "a b",
                "hostname", "-", "colour", "red", "zone", "!",
                "labels", Map.of("orrery.dev/x", "y"),
                "instanceMetadata", List.of(Map.of("key", "a b", "value", "")),
                "disks", List.of(Map.of("sizeGb", 0), Map.of("type", "TEMPORARY",
                        "source", "debian-12")),
                "nics", List.of(Map.of("ipv4Address", "10.0.0.256", "ipv6Address", "1.2.3.4",
                        "vlan", 5000)),
                "gpus", List.of(Map.of("type", "x", "count", 0))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("name", "displayName", "type", "hostname", "colour",
                "zone", "labels.orrery.dev/x", "instanceMetadata[0].key", "disks",
                "disks[0].sizeGb", "disks[1].sizeGb", "disks[1].source", "nics[0].ipv4Address",
                "nics[0].ipv6Address", "nics[0].vlan", "gpus[0].count");
        assertThat(fields(owner.post(instances, Map.of("type", "vm.small"))))
                .containsExactly("disks");
        assertThat(fields(owner.post(instances, Map.of("disks", List.of(BOOT)))))
                .contains("type");
        assertThat(fields(owner.post(instances, body("x", "disks", List.of(BOOT, BOOT)))))
                .containsExactly("disks");
        assertThat(fields(owner.post(instances, body("x", "disks",
                List.of(Map.of("boot", true, "mode", "READ_ONLY"))))))
                .contains("disks[0].mode", "disks[0].source");
        assertThat(owner.post(instances, body("x", "disks", List.of(Map.of("boot", true,
                "source", "debian-12", "interface", "IDE")))).status()).isEqualTo(400);
    }

    @Test
    void namesEverythingThatTheRegionOrProjectDoesNotHave() {
        var unknown = owner.post(instances, body("x", "disks", List.of(
                Map.of("boot", true, "source", "debian-12", "sizeGb", 1),
                Map.of("sizeGb", 1, "source", "beos")),
                "gpus", List.of(Map.of("type", "abacus")),
                "nics", List.of(Map.of("network", "nowhere"),
                        Map.of("network", "standard", "subnet", "nowhere"),
                        Map.of("ipv4Address", "10.99.0.5"), Map.of("ipv4Address", "10.42.0.1"),
                        Map.of("ipv6Address", "fd00::5"), Map.of("vlan", 5))));
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(fields(unknown)).containsExactlyInAnyOrder("disks[0].sizeGb",
                "disks[1].source", "gpus[0].type", "nics[0].network", "nics[1].subnet",
                "nics[2].ipv4Address", "nics[3].ipv4Address", "nics[4].ipv6Address",
                "nics[5].vlan");
        assertThat(fields(owner.post(instances, body("x", "type", "vm.none"))))
                .containsExactly("type");
        assertThat(fields(owner.post(instances, body("x", "serverId", "srv_x",
                "allocationId", "alloc_x")))).containsExactlyInAnyOrder("serverId", "allocationId");
        assertThat(fields(owner.post(instances, body("x", "zone", "mars-a"))))
                .containsExactly("zone");
        assertThat(fields(owner.post(instances, body("x", "type", "vm.h100", "gpus",
                List.of(Map.of("type", "nvidia-h100-80gb")))))).containsExactly("gpus");
        assertThat(owner.get(instances + "/x").status()).isEqualTo(404);
    }

    @Test
    void aFixedAddressIsGivenOnce() {
        var fixed = Map.of("nics", List.of(Map.of(
                "subnet", "standard-1", "ipv4Address", "10.42.0.77")));
        var first = asked(body("gamma", "nics", fixed.get("nics")));
        assertThat(first.text("/data/nics/0/ipv4Address")).isEqualTo("10.42.0.77");
        var second = owner.post(instances, body("delta", "nics", fixed.get("nics")));
        assertThat(second.status()).isEqualTo(422);
        assertThat(second.text("/error/details/fields/nics[0].ipv4Address"))
                .contains("is taken");
        var held = owner.delete(networks + "/standard");
        assertThat(held.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(held.json().at("/error/details/dependents").toString())
                .contains(first.text("/data/id"));
        delete("gamma");
        assertThat(all.end(first).path("status").asText()).isIn("cancelled", "completed");
        var kept = owner.post(all.compute() + "/addresses", Map.of("addressType", "INTERNAL",
                "network", "standard", "ipAddress", "10.42.0.77")).text("/data/selfLink");
        var third = asked(body("delta", "nics", fixed.get("nics")));
        var used = owner.get(kept);
        assertThat(used.text("/data/state")).as("the project took it for this").isEqualTo("inUse");
        assertThat(used.text("/data/attachedTo/id")).isEqualTo(third.text("/data/id"));
        assertThat(owner.delete(kept).text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        ends(third);
        delete("delta");
        assertThat(owner.get(kept).text("/data/state")).isEqualTo("available");
        assertThat(owner.delete(kept).status()).isEqualTo(204);
    }

    @Test
    void withoutADefaultNetworkOneMustBeNamed() {
        var home = owner.get("/v1/regions/global/auth/me").text("/data/organization/id");
        var project = owner.post("/v1/regions/global/projects",
                Map.of("organizationId", home, "name", "bare")).text("/data/id");
        var bare = "/v1/regions/main/projects/" + project + "/compute/instances";
        var refused = owner.post(bare, body("x"));
        assertThat(refused.status()).as(refused.raw().body()).isEqualTo(422);
        assertThat(fields(refused)).containsExactly("nics");
        var asked = owner.post(bare, body("x", "nics", List.of()));
        ends(asked);
        assertThat(asked.json().at("/data/nics").isEmpty()).isTrue();
        assertThat(owner.delete("/v1/regions/global/projects/" + project).text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        ends(owner.delete(bare + "/x"));
        assertThat(owner.delete("/v1/regions/global/projects/" + project).status()).isEqualTo(204);
    }

    @Test
    void noMachineIsMadeBeyondTheQuota() {
        var quotas = "/v1/regions/global/projects/" + all.project() + "/quotas";
        var used = owner.get(quotas).json().at("/data/usage/cpuCores").asLong();
        owner.patch(quotas, Map.of("cpuCores", used + 1));
        try {
            var refused = owner.post(instances, body("epsilon", "type", "vm.medium"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/error/code")).isEqualTo("QUOTA_EXCEEDED");
            assertThat(owner.get(instances + "/epsilon").status()).isEqualTo(404);
            ends(asked(body("epsilon")));
            assertThat(owner.get(quotas).json().at("/data/usage/ramGb").asLong()).isPositive();
            assertThat(owner.get(quotas).json().at("/data/usage/cpuCores").asLong())
                    .isEqualTo(used + 1);
            delete("epsilon");
            assertThat(owner.get(quotas).json().at("/data/usage/cpuCores").asLong())
                    .as("given back").isEqualTo(used);
        } finally {
            owner.patch(quotas, "{\"cpuCores\":null}");
        }
    }

    @Test
    void norOneWhoseAddressesAreBeyondIt() {
        var quotas = "/v1/regions/global/projects/" + all.project() + "/quotas";
        owner.patch(quotas, Map.of("addressCount", 0));
        try {
            var refused = owner.post(instances, body("epsilon-six"));
            assertThat(refused.status()).as(refused.raw().body()).isEqualTo(403);
            assertThat(refused.text("/error/message")).contains("addressCount");
        } finally {
            owner.patch(quotas, "{\"addressCount\":null}");
        }
    }

    @Test
    void changesTextsAtOnceAndNothingElse() {
        ends(asked(body("zeta")));
        var path = instances + "/zeta";
        var version = owner.get(path).header("ETag");
        var changed = owner.with("If-Match", version).patch(path, Map.of("displayName", "Zeta",
                "labels", Map.of("env", "prod"),
                "instanceMetadata", List.of(Map.of("key", "a", "value", "b"))));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/data/labels/env")).isEqualTo("prod");
        assertThat(changed.text("/data/instanceMetadata/0/key")).isEqualTo("a");
        assertThat(owner.with("If-Match", version).patch(path, Map.of("displayName", "Z"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("type", "vm.large", "hostname", "x"))))
                .contains("type", "hostname");
        assertThat(names(owner.get(instances + "?labels.env=prod&state=running")))
                .containsExactly("zeta");
        assertThat(owner.get(instances + "?state=happy").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        delete("zeta");
    }

    @Test
    void vmsAreTheSameMachinesWithoutTheirProject() {
        var vms = "/v1/regions/main/vms";
        var made = owner.post(vms, body("eta", "projectId", all.project()));
        ends(made);
        var id = made.text("/data/id");
        assertThat(made.text("/data/selfLink")).isEqualTo(instances + "/" + id);
        assertThat(names(owner.get(vms + "?projectId=" + all.project()))).contains("eta");
        assertThat(names(owner.get("/v1/regions/global/vms?region=main"))).contains("eta");
        assertThat(owner.get("/v1/regions/mars/vms").status()).isEqualTo(404);
        assertThat(names(owner.get(vms + "?projectId=prj_none"))).isEmpty();
        assertThat(owner.get("/v1/regions/global/vms/" + id).text("/data/name")).isEqualTo("eta");
        assertThat(owner.get(vms + "/eta?projectId=" + all.project()).text("/data/id"))
                .isEqualTo(id);
        assertThat(fields(owner.get(vms + "/eta"))).containsExactly("projectId");
        assertThat(owner.get("/v1/region/main/vms/" + id).status()).isEqualTo(200);
        assertThat(fields(owner.post("/v1/regions/global/vms", body("theta",
                "projectId", all.project())))).containsExactly("region");
        ends(owner.post(vms + "/" + id + ":stop", null));
        assertThat(owner.patch(vms + "/" + id, Map.of("displayName", "Eta")).status())
                .isEqualTo(200);
        assertThat(names(all.stranger().get("/v1/regions/global/vms"))).doesNotContain("eta");
        all.unknown("GET", vms + "/" + id, null);
        all.unknown("DELETE", vms + "/" + id, null);
        all.unknown("POST", vms + "/" + id + ":start", null);
        all.unknown("POST", vms, body("theta", "projectId", all.project()));
        ends(owner.delete(vms + "/" + id));
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var asked = asked(body("iota"));
        ends(asked);
        var path = instances + "/" + asked.text("/data/id");
        all.unknown("GET", instances, null);
        all.unknown("POST", instances, body("mine"));
        all.unknown("GET", path, null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        all.unknown("POST", path + ":stop", null);
        assertThat(owner.get(path.replace("/main/", "/mars/")).status()).isEqualTo(404);
        delete("iota");
    }
}
