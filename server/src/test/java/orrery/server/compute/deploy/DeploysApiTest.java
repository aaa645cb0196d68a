package orrery.server.compute.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.tenancy.region.Regions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class DeploysApiTest {
    private static final String STACKS = "/v1/regions/global/stacks";
    private static final String SHORT = "/v1/regions/main/deploys";
    private static final Kind FAULT = new Kind("sim.orrery.dev", "v1", "Fault", "faults", false);

    @TestHTTPResource
    URI server;

    @Inject
    Regions regions;

    @Inject
    KubeClients clients;

    @Inject
    Access access;

    @Inject
    Database database;

    private Neighbours all;
    private Visitor owner;
    private String deploys;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        deploys = "/v1/regions/main/projects/" + all.project() + "/deploys";
        if (owner.get(STACKS + "/dep-one").status() == 404) {
            stack("dep-two", 2, Map.of());
            stack("dep-one", 1, Map.of("upgradesTo", List.of("dep-two")));
        }
    }

    private void stack(String name, int version, Map<String, Object> more) {
        var body = new HashMap<String, Object>(Map.of("name", name, "kind", "cluster",
                "clusterTemplate", "sim-standalone-cp-1-" + (version - 1) + "-0",
                "pools", List.of(
                        Map.of("name", "cp", "role", "control-plane",
                                "countKey", "controlPlaneNumber"),
                        Map.of("name", "w", "role", "worker", "countKey", "workersNumber"),
                        Map.of("name", "gpu", "role", "worker", "countKey", "worker.gpus",
                                "nodeCount", 0)),
                "parametersSchema", Map.of("type", "object", "required", List.of("zone"),
                        "properties", Map.of("zone", Map.of("type", "string", "maxLength", 4),
                                "workers", Map.of("type", "integer", "minimum", 1,
                                        "maximum", 3))),
                "parameterKeys", Map.of("zone", "config.worker.zone",
                        "workers", "config.workersNumber"),
                "defaults", Map.of("workers", 1)));
        body.putAll(more);
        var made = owner.post(STACKS, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(owner.post(STACKS + "/" + name + ":publish", Map.of()).status())
                .isEqualTo(200);
    }

    private Visitor.Heard asked(String name, int replicas) {
        var asked = owner.post(deploys, Map.of("name", name, "stackId", "dep-one",
                "replicas", replicas, "parameters", Map.of("zone", "a")));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        return asked;
    }

    private String end(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        return all.end(accepted).path("status").asText();
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map(item -> item.path("name").asText()).toList();
    }

    private Stranger stranger() {
        return new Stranger(clients, regions.target(access.system("test"), "main"));
    }

    @Test
    void aDeployLivesFromCreationToDeletion() {
        var asked = asked("alpha", 2);
        var id = asked.text("/data/id");
        var path = deploys + "/" + id;
        assertThat(id).matches("dep_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path);
        assertThat(asked.text("/data/state")).isEqualTo("pending");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("deploy.create");
        assertThat(asked.text("/data/currentRunId")).isEqualTo(asked.text("/meta/workflowId"));
        assertThat(end(asked)).isEqualTo("completed");
        var running = owner.get(deploys + "/alpha?expand=stack");
        assertThat(running.text("/data/state")).isEqualTo("running");
        assertThat(running.text("/data/stack/name")).isEqualTo("dep-one");
        assertThat(running.json().at("/data/resources").size()).isEqualTo(2);
        assertThat(running.text("/data/resources/0/kind")).isEqualTo("cluster");
        assertThat(running.text("/data/resources/1/name")).isEqualTo("alpha-2");
        assertThat(running.text("/data/resources/1/state")).isEqualTo("running");
        var cluster = owner.get(all.compute() + "/clusters/"
                + running.text("/data/resources/0/id"));
        assertThat(cluster.text("/data/stackId")).isEqualTo(running.text("/data/stackId"));
        assertThat(cluster.text("/data/template")).isEqualTo("sim-standalone-cp-1-0-0");
        assertThat(cluster.json().at("/data/nodePools").size()).isEqualTo(3);
        assertThat(owner.delete(STACKS + "/dep-one").text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");

        var updated = owner.patch(path, Map.of("stackId", "dep-two", "replicas", 1,
                "parameters", Map.of("workers", 2)));
        assertThat(updated.text("/meta/workflow/type")).isEqualTo("deploy.update");
        assertThat(updated.text("/data/state")).isEqualTo("updating");
        assertThat(owner.patch(path, Map.of("replicas", 3)).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        assertThat(end(updated)).isEqualTo("completed");
        // As a month later: what was the second cluster is forgotten.
        database.write(access.system("test"), tx -> tx.handle().execute("""
                update deploy_resource set resource_id = 'cls_forgotten'
                where deploy_id = ? and position = 2""", id));
        var now = owner.get(path);
        assertThat(now.json().at("/data/parameters").toString())
                .isEqualTo("{\"zone\":\"a\",\"workers\":2}");
        assertThat(now.json().at("/data/replicas").asInt()).isEqualTo(1);
        cluster = owner.get(all.compute() + "/clusters/" + now.text("/data/resources/0/id"));
        assertThat(cluster.text("/data/template")).isEqualTo("sim-standalone-cp-1-1-0");
        assertThat(cluster.json().at("/data/nodeCount").asInt()).isEqualTo(3);
        var same = owner.patch(path, Map.of("replicas", 1));
        assertThat(same.status()).as("it is so already").isEqualTo(200);
        var back = owner.patch(path, Map.of("stackId", "dep-one"));
        assertThat(back.status()).isEqualTo(409);
        assertThat(back.text("/error/message")).contains("leads to no other");

        var leaving = owner.delete(path);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("deploy.delete");
        assertThat(leaving.text("/data/state")).isEqualTo("deleting");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).isEqualTo(leaving.text("/meta/workflowId"));
        }
        assertThat(end(leaving)).isEqualTo("completed");
        assertThat(owner.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/state"))
                .isEqualTo("deleted");
        assertThat(names(owner.get(all.compute() + "/clusters"))).doesNotContain("alpha-1",
                "alpha-2");
    }

    @Test
    void aDeployOfMachines() {
        owner.post(all.compute() + "/networks", Map.of(
                "name", "standard", "cidr", "10.42.0.0/24", "role", "default"));
        var made = owner.post(STACKS, Map.of("name", "dep-vm", "kind", "vm",
                "values", Map.of("type", "vm.small",
                        "disks", List.of(Map.of("boot", true, "source", "debian-12"))),
                "parametersSchema", Map.of("type", "object", "properties", Map.of(
                        "size", Map.of("type", "integer"), "type", Map.of("type", "string"))),
                "parameterKeys", Map.of("size", "config.disks.0.sizeGb")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.json().at("/data/pools").size()).isZero();
        owner.post(STACKS + "/dep-vm:publish", Map.of());
        var wrong = owner.post(deploys, Map.of("stackId", "dep-vm",
                "parameters", Map.of("size", 0, "type", "a b")));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text("/error/details/fields/parameters"))
                .contains("disks[0].sizeGb must be", "type must be");
        var cluster = owner.post(all.compute() + "/clusters", Map.of("stackId", "dep-vm"));
        assertThat(cluster.status()).isEqualTo(422);
        assertThat(cluster.text("/error/details/fields/stackId")).contains("kind cluster");
        var asked = owner.post(deploys, Map.of("name", "vms", "stackId", "dep-vm",
                "replicas", 2, "parameters", Map.of("size", 25)));
        assertThat(end(asked)).isEqualTo("completed");
        var running = owner.get(deploys + "/vms");
        assertThat(running.text("/data/state")).isEqualTo("running");
        assertThat(running.text("/data/resources/1/kind")).isEqualTo("instance");
        assertThat(running.text("/data/resources/1/name")).isEqualTo("vms-2");
        assertThat(running.text("/data/resources/1/state")).isEqualTo("running");
        var machine = owner.get(all.compute() + "/instances/"
                + running.text("/data/resources/0/id"));
        assertThat(machine.json().at("/data/disks/0/sizeGb").asInt()).isEqualTo(25);
        var other = owner.patch(deploys + "/vms", Map.of("parameters", Map.of("size", 30)));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text("/error/message")).contains("only replicas may change");
        assertThat(end(owner.patch(deploys + "/vms", Map.of("replicas", 1))))
                .isEqualTo("completed");
        assertThat(end(owner.delete(deploys + "/vms"))).isEqualTo("completed");
        assertThat(names(owner.get(all.compute() + "/instances")))
                .doesNotContain("vms-1", "vms-2");
        assertThat(owner.get(deploys + "/vms").status()).isEqualTo(404);
    }

    @Test
    void aDeployOfEndpoints() {
        var made = owner.post(STACKS, Map.of("name", "dep-inf", "kind", "inference",
                "values", Map.of("engine", "vllm", "instanceType", "vm.small",
                        "auth", Map.of("mode", "public"),
                        "model", Map.of("source", "hf://a/b")),
                "parametersSchema", Map.of("type", "object", "properties", Map.of(
                        "model", Map.of("type", "string"), "engine", Map.of("type", "string"),
                        "auth", Map.of("type", "string"))),
                "parameterKeys", Map.of("model", "config.model.source",
                        "auth", "config.auth.mode")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        owner.post(STACKS + "/dep-inf:publish", Map.of());
        var keyed = owner.post(deploys, Map.of("stackId", "dep-inf",
                "parameters", Map.of("auth", "apiKey")));
        assertThat(keyed.status()).isEqualTo(422);
        assertThat(keyed.text("/error/details/fields/parameters")).contains("auth.mode");
        assertThat(end(owner.post(deploys, Map.of("name", "inf", "stackId", "dep-inf"))))
                .isEqualTo("completed");
        var endpoints = "/v1/regions/main/projects/" + all.project() + "/inference/";
        assertThat(owner.get(endpoints + "inf-1").text("/data/state")).isEqualTo("ready");
        assertThat(end(owner.patch(deploys + "/inf", Map.of("replicas", 2,
                "parameters", Map.of("model", "hf://c/d"))))).isEqualTo("completed");
        for (var name : List.of("inf-1", "inf-2")) {
            assertThat(owner.get(endpoints + name).text("/data/model/source"))
                    .isEqualTo("hf://c/d");
        }
        assertThat(owner.get(deploys + "/inf").text("/data/resources/0/kind"))
                .isEqualTo("inference");
        assertThat(owner.patch(deploys + "/inf", Map.of("parameters", Map.of(
                "engine", "tgi"))).text("/error/message")).contains("keeps its engine");
        assertThat(end(owner.delete(deploys + "/inf"))).isEqualTo("completed");
        assertThat(owner.get(endpoints + "inf-1").status()).isEqualTo(404);
    }

    @Test
    void namesEachParameterThatIsWrong() {
        var wrong = owner.post(deploys, Map.of("stackId", "dep-one", "parameters",
                Map.of("zone", "too long", "workers", 9, "colour", "red")));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(fields(wrong)).containsExactlyInAnyOrder(
                "parameters.zone", "parameters.workers", "parameters.colour");
        assertThat(fields(owner.post(deploys, Map.of("stackId", "dep-one"))))
                .containsExactly("parameters.zone");
        assertThat(fields(owner.post(deploys, Map.of("stackId", "none")))).containsExactly(
                "stackId");
        var body = owner.post(deploys, Map.of("name", "No", "replicas", 51, "colour", "red"));
        assertThat(body.status()).isEqualTo(400);
        assertThat(fields(body)).containsExactlyInAnyOrder(
                "name", "replicas", "colour", "stackId");
    }

    @Test
    void aFailedClusterFailsTheDeployAndARetryMakesIt() {
        stranger().create(Trees.read("""
                apiVersion: sim.orrery.dev/v1
                kind: Fault
                metadata: {name: no-machines}
                spec: {kind: ClusterDeployment, fault: "fail at release: no machines left"}
                """));
        Visitor.Heard asked;
        try {
            asked = asked("beta", 1);
            assertThat(end(asked)).isEqualTo("failed");
        } finally {
            stranger().remove(FAULT, null, "no-machines");
        }
        var failed = owner.get(deploys + "/beta");
        assertThat(failed.text("/data/state")).isEqualTo("failed");
        assertThat(failed.text("/data/stateReason")).contains("beta-1", "no machines left");
        var again = owner.post("/v1/workflows/runs/" + asked.text("/meta/workflowId") + "/retry",
                Map.of());
        assertThat(again.status()).isEqualTo(202);
        assertThat(all.end(again.text("/data/id")).path("status").asText())
                .isEqualTo("completed");
        var running = owner.get(deploys + "/beta");
        assertThat(running.text("/data/state")).isEqualTo("running");
        assertThat(running.json().at("/data/stateReason").isNull()).isTrue();
        assertThat(end(owner.delete(deploys + "/beta"))).isEqualTo("completed");
    }

    @Test
    void aDeletionCancelsWhatIsStillBeingMade() {
        var asked = asked("gamma", 2);
        assertThat(end(owner.delete(deploys + "/gamma"))).isEqualTo("completed");
        assertThat(all.end(asked).path("status").asText()).isIn("cancelled", "completed");
        assertThat(names(owner.get(all.compute() + "/clusters?pageSize=500")))
                .doesNotContain("gamma-1", "gamma-2");
    }

    @Test
    void theShortPathTakesTheProjectFromElsewhere() {
        var body = new HashMap<String, Object>(Map.of("name", "delta", "stackId", "dep-one",
                "parameters", Map.of("zone", "a")));
        assertThat(fields(owner.post(SHORT, body))).containsExactly("projectId");
        body.put("projectId", all.project());
        var asked = owner.post(SHORT, body);
        var id = asked.text("/data/id");
        assertThat(asked.header("Location")).isEqualTo(deploys + "/" + id);
        assertThat(end(asked)).isEqualTo("completed");
        assertThat(owner.get(SHORT + "/" + id).text("/data/name")).isEqualTo("delta");
        assertThat(owner.get(SHORT + "/delta?projectId=" + all.project()).status())
                .isEqualTo(200);
        assertThat(owner.get(SHORT + "/delta").status()).isEqualTo(400);
        assertThat(names(owner.get(SHORT))).contains("delta");
        for (var here : List.of(deploys, SHORT)) {
            assertThat(names(owner.get(here.replace("/main/", "/global/") + "?region=main")))
                    .contains("delta");
        }
        assertThat(owner.get(deploys.replace("/main/", "/global/") + "/delta").text("/data/id"))
                .isEqualTo(id);
        assertThat(names(owner.get(SHORT + "?projectId=" + all.project() + "&state=running")))
                .contains("delta");
        assertThat(owner.patch(SHORT + "/" + id, Map.of("labels", Map.of("a", "b")))
                .text("/data/labels/a")).isEqualTo("b");
        for (var path : List.of(deploys + "/" + id, SHORT + "/" + id)) {
            all.unknown("GET", path, null);
            all.unknown("PATCH", path, Map.of("replicas", 2));
            all.unknown("DELETE", path, null);
        }
        body.put("name", "theirs");
        all.unknown("POST", SHORT, body);
        assertThat(names(all.stranger().get(SHORT))).isEmpty();
        assertThat(end(owner.delete(SHORT + "/" + id))).isEqualTo("completed");
    }

    @Test
    void aClusterIsMadeFromAStack() {
        var clusters = all.compute() + "/clusters";
        var several = List.of(Map.of("role", "worker", "name", "a"),
                Map.of("role", "worker", "name", "b"));
        var without = owner.post(clusters, Map.of("name", "several", "nodePools", several));
        assertThat(without.status()).as(without.raw().body()).isEqualTo(422);
        assertThat(without.text("/error/details/fields/nodePools")).contains("stackId");
        var wrong = owner.post(clusters, Map.of("name", "several", "stackId", "dep-one",
                "parameters", Map.of("zone", "a"), "nodePools", several));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(fields(wrong)).containsExactlyInAnyOrder(
                "nodePools[0].name", "nodePools[1].name");
        assertThat(fields(owner.post(clusters, Map.of("name", "several", "stackId", "dep-one",
                "parameters", Map.of("zone", "a"), "nodePools", List.of(Map.of("role", "worker",
                        "name", "gpu", "instanceType", "huge")))))).containsExactly(
                                "nodePools[0].instanceType");
        assertThat(fields(owner.post(clusters, Map.of("parameters", Map.of()))))
                .containsExactly("parameters");
        var made = owner.post(clusters, Map.of("name", "several", "stackId", "dep-one",
                "parameters", Map.of("zone", "a"), "nodePools", List.of(
                        Map.of("role", "worker", "name", "gpu", "nodeCount", 2),
                        Map.of("role", "worker", "name", "w"))));
        assertThat(end(made)).isEqualTo("completed");
        var cluster = owner.get(clusters + "/several?expand=stack");
        assertThat(cluster.text("/data/stack/name")).isEqualTo("dep-one");
        assertThat(cluster.json().at("/data/nodeCount").asInt()).isEqualTo(4);
        assertThat(end(owner.delete(clusters + "/several"))).isEqualTo("completed");
    }
}
