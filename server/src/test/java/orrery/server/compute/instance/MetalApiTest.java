package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Instances of bare metal: the provider has the servers, somebody else makes instances of them.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class MetalApiTest {
    private static final String POOLS = "/v1/regions/global/pools";
    private static final String VMS = "/v1/regions/main/vms";
    private static final String CAPACITY =
            "/v1/regions/main/infrastructure?type=metal.large&orgId=*";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private Visitor customer;
    private String servers;
    private String project;
    private String instances;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        customer = all.stranger();
        servers = all.compute().replace("/compute", "/infrastructure/servers");
        project = customer.get("/v1/regions/global/auth/me").text("/data/projectId");
        instances = "/v1/regions/main/projects/" + project + "/compute/instances";
    }

    private static Map<String, Object> body(String name, Object... more) {
        var body = new HashMap<String, Object>(Map.of("name", name, "type", "metal.large",
                "disks", List.of(Map.of("boot", true, "source", "debian-12"))));
        for (int i = 0; i < more.length; i += 2) {
            body.put((String) more[i], more[i + 1]);
        }
        return body;
    }

    private Visitor.Heard registered(String name) {
        return owner.post(servers, Map.of("name", name, "zone", "main-a",
                "tags", Map.of("rack", name), "bmcAddress", name + ".bmc-canary.example",
                "bmc", Map.of("username", "root", "password", "calvin-canary",
                        "bootMacAddress", "52:54:00:00:00:09")));
    }

    private void ends(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    }

    private long counted(String what) {
        return owner.get(CAPACITY).json().at("/data/instanceTypes/0/capacity/" + what).asLong();
    }

    private static List<String> fields(Visitor.Heard heard) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(422);
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void aServerIsAnInstanceUntilThatIsDeleted() {
        var made = registered("metal-a");
        assertThat(made.text("/data/zone")).isEqualTo("main-a");
        ends(made);
        var path = servers + "/metal-a";
        assertThat(counted("available")).isEqualTo(1);
        var asked = customer.post(instances, body("iron"));
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("metal.create");
        assertThat(asked.text("/data/kind")).isEqualTo("bareMetal");
        assertThat(asked.text("/data/serverId")).isEqualTo(made.text("/data/id"));
        assertThat(asked.json().at("/data/allocationId").isNull()).isTrue();
        assertThat(counted("inUse")).isEqualTo(1);
        var second = customer.post(instances, body("steel"));
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("/error/code")).isEqualTo("POOL_CAPACITY_EXCEEDED");
        ends(asked);

        var running = customer.get(instances + "/iron");
        assertThat(running.text("/data/lifecycle/status")).isEqualTo("RUNNING");
        var held = owner.get(path);
        assertThat(held.text("/data/instanceId")).isEqualTo(running.text("/data/id"));
        assertThat(held.text("/data/state")).isEqualTo("ready");
        assertThat(owner.post(path + ":deprovision", Map.of()).text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        assertThat(owner.delete(path).text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(customer.get(path).status()).isEqualTo(404);
        var heard = new ArrayList<>(List.of(asked, running, second));
        heard.add(customer.get("/v1/workflows/runs/" + asked.text("/meta/workflowId")));
        heard.add(customer.get("/v1/workflows/runs"));
        heard.forEach(one -> assertThat(one.raw().body())
                .doesNotContain("canary").doesNotContain("server.provision"));

        for (var verb : List.of("suspend", "resume", "start")) {
            var refused = customer.post(instances + "/iron:" + verb, null);
            assertThat(refused.text("/error/code")).as(verb)
                    .isEqualTo("INVALID_STATE_TRANSITION");
        }
        var stop = customer.post(instances + "/iron:stop", null);
        assertThat(stop.text("/meta/workflow/type")).isEqualTo("metal.power");
        ends(stop);
        assertThat(customer.get(instances + "/iron").text("/data/lifecycle/status"))
                .isEqualTo("TERMINATED");
        assertThat(owner.get(path).text("/data/power/state")).isEqualTo("off");
        noVm(running.text("/data/id"));
        var leaving = customer.delete(instances + "/iron");
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("metal.delete");
        ends(leaving);
        assertThat(customer.get(instances + "/iron").status()).isEqualTo(404);
        var free = owner.get(path);
        assertThat(free.text("/data/state")).isEqualTo("available");
        assertThat(free.json().at("/data/instanceId").isNull()).isTrue();
        assertThat(free.json().at("/data/image").isNull()).as("wiped").isTrue();
        ends(owner.delete(path));
    }

    /// Where there are virtual machines alone.
    private void noVm(String id) {
        assertThat(customer.get(VMS + "?projectId=" + project).raw().body())
                .doesNotContain("\"iron\"");
        assertThat(customer.get(VMS + "/" + id).status()).isEqualTo(404);
        assertThat(customer.post(VMS + "/" + id + ":start", null).status()).isEqualTo(404);
        assertThat(customer.delete(VMS + "/" + id).status()).isEqualTo(404);
        assertThat(fields(customer.post(VMS, body("x", "projectId", project))))
                .containsExactly("type");
    }

    @Test
    void aProjectMakesInstancesOfWhatItHasFromAPool() {
        var id = registered("metal-b").text("/data/id");
        all.end(owner.get(servers + "/metal-b").text("/data/currentRunId"));
        var pool = POOLS + "/" + owner.post(POOLS, Map.of("name", "metal-b", "selector",
                Map.of("matchLabels", Map.of("rack", "metal-b")))).text("/data/id");
        assertThat(fields(customer.post(instances, body("x", "serverId", id))))
                .containsExactly("serverId");
        var given = owner.post(pool + ":allocate", Map.of("count", 1, "projectId", project));
        var allocation = given.text("/data/id");
        assertThat(counted("reserved")).isEqualTo(1);
        var asked = customer.post(instances, body("tin", "serverId", id));
        ends(asked);
        assertThat(asked.text("/data/allocationId")).isEqualTo(allocation);
        assertThat(customer.post(instances, body("x", "allocationId", allocation))
                .text("/error/code")).isEqualTo("POOL_CAPACITY_EXCEEDED");
        var release = owner.delete(given.text("/data/selfLink"));
        assertThat(release.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(release.json().at("/error/details/dependents").toString())
                .contains(asked.text("/data/id"));
        ends(customer.delete(instances + "/tin"));
        assertThat(owner.get(servers + "/metal-b").text("/data/state")).isEqualTo("allocated");
        ends(owner.delete(given.text("/data/selfLink")));
        assertThat(owner.delete(pool).status()).isEqualTo(204);
        ends(owner.delete(servers + "/metal-b"));
    }

    @Test
    void namesEverythingThatAServerIsNot() {
        assertThat(fields(customer.post(instances, body("x",
                "disks", List.of(Map.of("boot", true, "source", "debian-12", "sizeGb", 50),
                        Map.of("sizeGb", 5)),
                "nics", List.of(Map.of()),
                "gpus", List.of(Map.of("type", "nvidia-h100-80gb"))))))
                .containsExactlyInAnyOrder("disks", "disks[0].sizeGb", "nics", "gpus");
        assertThat(fields(customer.post(instances, body("x", "serverId", "srv_none",
                "allocationId", "alloc_none"))))
                .containsExactlyInAnyOrder("serverId", "allocationId");
        var zone = owner.post(servers, Map.of("bmcAddress", "x.example", "zone", "mars-a", "bmc",
                Map.of("username", "u", "password", "p", "bootMacAddress", "52:54:00:00:00:08")));
        assertThat(fields(zone)).containsExactly("zone");
        all.unknown("GET", servers, null);
    }
}
