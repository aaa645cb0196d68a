package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Versions, node pools, services and values of clusters on the wire.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class ClusterChangesApiTest {
    private static final String OLDEST = "v1.34.3";
    private static final Map<String, String> VIRT =
            Map.of("name", "virt", "template", "sim-kubevirt-1-0-0");

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

    private String running(String name, Map<String, ?> more) {
        var body = new HashMap<String, Object>(more);
        body.put("name", name);
        var asked = owner.post(clusters, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        ends(asked);
        return clusters + "/" + name;
    }

    private void ends(Visitor.Heard asked) {
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var run = all.end(asked);
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("completed");
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void aClusterIsBroughtToTheVersionsThatAreOfferedAndNoOthers() {
        var path = running("versions", Map.of("kubernetesVersion", OLDEST));
        var upgrades = owner.get(path + "/upgrades");
        assertThat(upgrades.text("/data/kubernetesVersion")).isEqualTo(OLDEST);
        assertThat(upgrades.json().at("/data/availableUpgrades").findValuesAsText(
                "kubernetesVersion")).containsExactly("v1.35.2");
        assertThat(upgrades.text("/data/availableUpgrades/0/template"))
                .isEqualTo("sim-standalone-cp-1-1-0");
        assertThat(owner.get(path).json().at("/data/availableUpgrades").toString())
                .isEqualTo("[\"v1.35.2\"]");
        for (var other : List.of("v1.36.3", "v1.30.0", "v9.9.9")) {
            var refused = owner.patch(path, Map.of("kubernetesVersion", other));
            assertThat(refused.status()).as(other).isEqualTo(409);
            assertThat(refused.text("/error/code")).isEqualTo("UPGRADE_NOT_ALLOWED");
            assertThat(refused.json().at("/error/details/allowed").toString())
                    .isEqualTo("[\"v1.35.2\"]");
        }
        assertThat(owner.patch(path, Map.of("kubernetesVersion", OLDEST)).status())
                .as("it has it already").isEqualTo(200);
        assertThat(fields(owner.patch(path, Map.of("kubernetesVersion", "newest"))))
                .containsExactly("kubernetesVersion");
        assertThat(fields(owner.patch(path, Map.of("kubernetesVersion", "v1.35.2",
                "services", List.of())))).containsExactly("body");

        var asked = owner.patch(path, Map.of("kubernetesVersion", "v1.35.2"));
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("cluster.upgrade");
        assertThat(asked.text("/data/state")).isEqualTo("upgrading");
        var meanwhile = owner.patch(path, Map.of("kubernetesVersion", "v1.36.3"));
        assertThat(meanwhile.status()).as("or over by now").isIn(409, 202);
        ends(asked);
        if (meanwhile.status() == 202) {
            ends(meanwhile);
        } else {
            assertThat(meanwhile.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
            assertThat(owner.get(path).text("/data/kubernetesVersion")).isEqualTo("v1.35.2");
            ends(owner.patch(path, Map.of("kubernetesVersion", "v1.36.3")));
        }
        var now = owner.get(path);
        assertThat(now.text("/data/state")).isEqualTo("running");
        assertThat(now.text("/data/kubernetesVersion")).isEqualTo("v1.36.3");
        var down = owner.patch(path, Map.of("kubernetesVersion", "v1.35.2"));
        assertThat(down.text("/error/code")).isEqualTo("UPGRADE_NOT_ALLOWED");
        all.unknown("GET", path + "/upgrades", null);
        all.unknown("PATCH", path, Map.of("kubernetesVersion", "v1.36.3"));
        ends(owner.delete(path));
    }

    @Test
    void nodePoolsComeAndGoAndChangeTheirSize() {
        var path = running("pools", Map.of());
        var pools = path + "/nodepools";
        var listed = owner.get(pools);
        assertThat(listed.json().at("/data").findValuesAsText("name"))
                .containsExactlyInAnyOrder("control-plane", "workers");
        assertThat(listed.json().at("/data").findValuesAsText("role"))
                .containsExactlyInAnyOrder("control-plane", "worker");
        var sorted = owner.get(pools + "?sort=name&pageSize=1");
        assertThat(sorted.text("/data/0/name")).isEqualTo("control-plane");
        assertThat(owner.get(pools + "?sort=name&pageSize=1&pageToken="
                + sorted.text("/meta/pagination/nextPageToken")).text("/data/0/name"))
                .isEqualTo("workers");
        assertThat(owner.get(pools + "?offset=0&role=worker")
                .json().at("/meta/pagination/total").asInt()).isEqualTo(1);
        var workers = owner.get(pools + "/workers");
        assertThat(workers.text("/data/selfLink")).isEqualTo(
                owner.get(path).text("/data/selfLink") + "/nodepools/"
                        + workers.text("/data/id"));
        assertThat(owner.get(pools + "/" + workers.text("/data/id")).text("/data/name"))
                .isEqualTo("workers");
        assertThat(owner.get(pools + "/nothing").status()).isEqualTo(404);

        var sized = owner.patch(pools + "/workers", Map.of("nodeCount", 3));
        assertThat(sized.text("/meta/workflow/type")).isEqualTo("cluster.scale");
        ends(sized);
        assertThat(owner.get(pools + "/workers").json().at("/data/readyCount").asInt())
                .isEqualTo(3);
        assertThat(owner.patch(pools + "/workers", Map.of("nodeCount", 3)).status())
                .as("it is so already").isEqualTo(200);
        assertThat(fields(owner.patch(pools + "/workers", Map.of("nodeCount", 5_000))))
                .containsExactly("nodeCount");
        assertThat(fields(owner.patch(pools + "/control-plane", Map.of("nodeCount", 2))))
                .containsExactly("nodeCount");
        assertThat(owner.with("If-Match", "\"1\"")
                .patch(pools + "/workers", Map.of("nodeCount", 4)).text("/error/code"))
                .isEqualTo("PRECONDITION_FAILED");
        var second = owner.post(pools, Map.of("role", "worker", "name", "more"));
        assertThat(second.status()).isEqualTo(422);
        assertThat(second.text("/error/details/fields/role")).contains("workers");

        ends(owner.delete(pools + "/workers"));
        assertThat(owner.get(path).json().at("/data/nodeCount").asInt()).isEqualTo(1);
        assertThat(owner.get(pools + "/workers").status()).isEqualTo(404);
        var last = owner.delete(pools + "/control-plane");
        assertThat(last.status()).isEqualTo(409);
        assertThat(last.text("/error/message")).contains("control plane");
        assertThat(fields(owner.post(pools, Map.of("role", "worker", "name", "NO",
                "nodeCount", -1, "subnet", "s")))).containsExactlyInAnyOrder(
                        "name", "nodeCount", "network");
        assertThat(fields(owner.post(pools, Map.of("role", "worker", "network", "nowhere"))))
                .containsExactly("network");
        assertThat(owner.post(pools, Map.of("role", "worker", "name", "control-plane"))
                .text("/error/code")).isEqualTo("ALREADY_EXISTS");
        ends(owner.post(pools, Map.of("role", "worker", "name", "again", "nodeCount", 2)));
        assertThat(owner.get(pools + "/again").json().at("/data/nodeCount").asInt())
                .isEqualTo(2);
        var id = owner.get(path).text("/data/id");
        assertThat(owner.get("/v1/regions/main/compute/clusters/" + id + "/nodepools/again")
                .status()).isEqualTo(200);
        all.unknown("GET", pools, null);
        all.unknown("POST", pools, Map.of("role", "worker"));
        all.unknown("PATCH", pools + "/again", Map.of("nodeCount", 1));
        all.unknown("DELETE", pools + "/again", null);
        ends(owner.delete(path));
    }

    @Test
    void servicesAreBroughtToAClusterAndTakenAway() {
        var path = running("served", Map.of("services", List.of(VIRT)));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() ->
                owner.get(path).text("/data/services/0/state").equals("deployed"));
        assertThat(owner.get(path).text("/data/services/0/namespace")).isEqualTo("default");
        var asked = owner.patch(path, Map.of("services", List.of(VIRT, Map.of(
                "name", "serve", "namespace", "ai", "template", "sim-kserve-1-0-0",
                "values", "replicas: 1"))));
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("cluster.update");
        assertThat(asked.text("/data/state")).isEqualTo("updating");
        ends(asked);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                assertThat(owner.get(path).json().at("/data/services").findValuesAsText("state"))
                        .containsExactly("deployed", "deployed"));
        assertThat(owner.get(path).text("/data/services/1/values")).isEqualTo("replicas: 1");
        assertThat(owner.patch(path, Map.of("services", List.of(VIRT, Map.of(
                "name", "serve", "namespace", "ai", "template", "sim-kserve-1-0-0",
                "values", "replicas: 1")))).status()).as("it is so already").isEqualTo(200);
        ends(owner.patch(path, Map.of("services", List.of())));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() ->
                owner.get(path).json().at("/data/services").isEmpty());

        var wrong = owner.patch(path, Map.of("services", List.of(
                Map.of("name", "NO", "template", "a b"),
                Map.of("name", "two", "template", "x"), Map.of("name", "two", "template", "x"),
                Map.of("template", "x"))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("services[3].name");
        var unknown = owner.patch(path, Map.of("services", List.of(
                Map.of("name", "none", "template", "no-such-1-0-0"))));
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(fields(unknown)).containsExactly("services[0].template");
        ends(owner.delete(path));
    }

    @Test
    void valuesAreHeldAgainstTheTemplatesSchema() {
        var wrong = owner.post(clusters, Map.of("name", "valued", "credential", "no-such",
                "config", Map.of("worker", "large", "clusterNetwork", List.of())));
        assertThat(wrong.status()).as(wrong.raw().body()).isEqualTo(422);
        assertThat(fields(wrong)).containsExactlyInAnyOrder(
                "config.worker", "config.clusterNetwork", "credential");
        var ours = owner.post(clusters, Map.of("config", Map.of("workersNumber", 3,
                        "clusterIdentity", Map.of("name", "mine"), "clusterNetwork", Map.of()),
                "ipFamily", "ipv6", "credential", "A B"));
        assertThat(ours.status()).isEqualTo(400);
        assertThat(fields(ours)).containsExactlyInAnyOrder("config.workersNumber",
                "config.clusterIdentity", "ipFamily", "credential");
        assertThat(fields(owner.post(clusters, Map.of("ipFamily", "ipv5"))))
                .containsExactly("ipFamily");

        var path = running("valued", Map.of("credential", "sim-credential",
                "ipFamily", "dual-stack", "config", Map.of("worker", Map.of("flavor", "m1"))));
        var made = owner.get(path);
        assertThat(made.text("/data/credential")).isEqualTo("sim-credential");
        assertThat(made.text("/data/ipFamily")).isEqualTo("dual-stack");
        assertThat(made.text("/data/config/worker/flavor")).isEqualTo("m1");
        assertThat(fields(owner.patch(path, Map.of("config", Map.of("worker", 3)))))
                .containsExactly("config.worker");
        ends(owner.patch(path, Map.of("config", Map.of("worker", Map.of("disk", "fast")))));
        assertThat(owner.get(path).json().at("/data/config/worker").toString())
                .isEqualTo("{\"disk\":\"fast\",\"flavor\":\"m1\"}");
        ends(owner.patch(path, "{\"config\":{\"worker\":{\"flavor\":null}}}"));
        assertThat(owner.get(path).json().at("/data/config/worker").toString())
                .isEqualTo("{\"disk\":\"fast\"}");
        ends(owner.patch(path, "{\"config\":null}"));
        assertThat(owner.get(path).json().at("/data/config").isEmpty()).isTrue();
        ends(owner.delete(path));
    }

    @Test
    void aDryRunTellsAndLeavesNothing() {
        var asked = owner.post(clusters, Map.of("name", "tried", "dryRun", true));
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("cluster.try");
        ends(asked);
        assertThat(owner.get(clusters + "/tried").status()).isEqualTo(404);
        assertThat(owner.post(clusters, Map.of("name", "tried", "dryRun", true)).status())
                .as("the name is free again").isEqualTo(202);
    }

    @Test
    void whatIsBeingDoneCanBeCancelled() {
        var asked = owner.post(clusters, Map.of("name", "stopped"));
        var path = clusters + "/stopped";
        all.unknown("POST", path + ":cancel", Map.of());
        var cancelled = owner.post(path + ":cancel", Map.of());
        Assumptions.assumeTrue(cancelled.status() != 409, "it was made before we asked");
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(cancelled.text("/meta/workflowId")).isEqualTo(asked.text("/meta/workflowId"));
        assertThat(all.end(asked).path("status").asText()).isEqualTo("cancelled");
        assertThat(owner.get(path).text("/data/state")).isEqualTo("failed");
        var again = owner.post(path + ":cancel", Map.of());
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
        ends(owner.delete(path));
    }
}
