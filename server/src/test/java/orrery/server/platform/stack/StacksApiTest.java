package orrery.server.platform.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.Neighbours;
import orrery.server.SimulatedRegion;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.Regions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class StacksApiTest {
    private static final String GLOBAL = "/v1/regions/global/stacks";
    private static final String HERE = "/v1/regions/main/stacks";
    private static final String TEMPLATE = "sim-standalone-cp-1-1-0";

    @TestHTTPResource
    URI server;

    @Inject
    Regions regions;

    @Inject
    KubeClients clients;

    @Inject
    Access access;

    private Neighbours all;
    private Visitor operator;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        operator = all.owner();
    }

    private Map<String, Object> body(String name) {
        return new HashMap<>(Map.of("name", name, "kind", "cluster", "clusterTemplate", TEMPLATE,
                "parametersSchema", Map.of("type", "object", "properties", Map.of(
                        "zone", Map.of("type", "string"))),
                "defaults", Map.of("zone", "a"), "values", Map.of("secretive", "provider"),
                "labels", Map.of("tier", "gold")));
    }

    private Visitor.Heard made(Map<String, Object> body) {
        var made = operator.post(GLOBAL, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made;
    }

    private String published(Map<String, Object> body) {
        var id = made(body).text("/data/id");
        assertThat(operator.post(GLOBAL + "/" + id + ":publish", Map.of()).status())
                .isEqualTo(200);
        return id;
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map(item -> item.path("name").asText()).toList();
    }

    @Test
    void aStackLivesFromDraftToDeletion() {
        var made = made(body("alpha"));
        var id = made.text("/data/id");
        var path = GLOBAL + "/" + id;
        assertThat(id).matches("stk_[0-9A-Za-z]{26}");
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(made.text("/data/state")).isEqualTo("draft");
        assertThat(made.json().at("/data/pools").size()).as("the stock charts'").isEqualTo(2);
        assertThat(made.json().at("/data").has("publishedAt")).isTrue();
        assertThat(all.stranger().get(HERE + "/" + id).status()).as("a draft").isEqualTo(404);

        var changed = operator.patch(path, Map.of("kubernetesVersion", "v1.35.2",
                "pools", List.of(Map.of("name", "w", "role", "worker",
                        "countKey", "workersNumber"))));
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.text("/data/pools/0/name")).isEqualTo("w");
        var stale = operator.with("If-Match", "\"1\"").patch(path, Map.of("displayName", "A"));
        assertThat(stale.text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(operator.post(path + ":deprecate", Map.of()).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");

        assertThat(operator.post(path + ":publish", Map.of()).text("/data/state"))
                .isEqualTo("published");
        assertThat(operator.post(path + ":publish", Map.of()).status()).isEqualTo(409);
        var refused = operator.patch(path, Map.of("clusterTemplate", "other-1-0-0"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error/message")).contains("make a new stack");
        assertThat(operator.patch(path, Map.of("displayName", "Alpha")).status()).isEqualTo(200);

        var seen = all.stranger().get(HERE + "/alpha");
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.text("/data/displayName")).isEqualTo("Alpha");
        assertThat(seen.text("/data/parametersSchema/properties/zone/type")).isEqualTo("string");
        assertThat(seen.raw().body()).as("how providers are spoken to").doesNotContain("secretive")
                .doesNotContain("workersNumber");
        assertThat(names(all.stranger().get(HERE + "?kind=cluster&labels.tier=gold")))
                .contains("alpha");

        assertThat(operator.post(path + ":deprecate", Map.of()).text("/data/state"))
                .isEqualTo("deprecated");
        assertThat(names(all.stranger().get(HERE + "?state=deprecated"))).contains("alpha");
        assertThat(operator.delete(path).status()).isEqualTo(204);
        assertThat(operator.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(names(all.stranger().get(HERE))).doesNotContain("alpha");
        made(body("alpha"));
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = operator.post(GLOBAL, Map.of("name", "No", "kind", "thing",
                "colour", "red", "pools", List.of(Map.of("name", "w", "role", "king",
                        "countKey", "a..b")),
                "parametersSchema", Map.of("type", "object", "properties",
                        Map.of("p", Map.of("type", "strin")))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).contains("name", "kind", "colour", "clusterTemplate",
                "pools[0].role", "parametersSchema.properties.p.type");
        var body = body("wrong");
        body.put("defaults", Map.of("zone", 5));
        assertThat(fields(operator.post(GLOBAL, body))).containsExactly("defaults.zone");
        body.putAll(Map.of("defaults", Map.of(), "regions", List.of("nowhere"),
                "upgradesTo", List.of("nothing")));
        var nowhere = operator.post(GLOBAL, body);
        assertThat(nowhere.status()).isEqualTo(422);
        assertThat(fields(nowhere)).containsExactlyInAnyOrder("regions[0]", "upgradesTo[0]");
        made(body("taken"));
        assertThat(operator.post(GLOBAL, body("taken")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        assertThat(operator.patch(GLOBAL + "/taken", "{}").status()).isEqualTo(400);
        assertThat(operator.patch(GLOBAL + "/taken", "{\"kind\":null}").status())
                .isEqualTo(400);
    }

    @Test
    void operatorsAloneMakeThem() {
        var path = GLOBAL + "/" + published(body("ours"));
        for (var refused : List.of(
                all.stranger().post(GLOBAL, body("theirs")), all.stranger().get(GLOBAL),
                all.stranger().get(path), all.stranger().patch(path, Map.of("displayName", "x")),
                all.stranger().post(path + ":deprecate", Map.of()),
                all.stranger().delete(path))) {
            assertThat(refused.status()).isEqualTo(404);
        }
        assertThat(Visitor.of(server).get(HERE).status()).isEqualTo(401);
        assertThat(all.stranger().get("/v1/regions/nowhere/stacks").status()).isEqualTo(404);
    }

    @Test
    void regionsThatItDoesNotNameDoNotOfferIt() {
        regions.register(access.system("test"), new NewRegion(
                "other", "Other", kubeconfig(), null, List.of()));
        var body = body("elsewhere");
        body.put("regions", List.of("other"));
        var id = published(body);
        assertThat(all.stranger().get(HERE + "/" + id).status()).isEqualTo(404);
        assertThat(names(all.stranger().get("/v1/regions/other/stacks"))).contains("elsewhere");
    }

    private static String kubeconfig() {
        try {
            return Files.readString(SimulatedRegion.kubeconfig());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneThatOthersLeadToStays() {
        var to = published(body("next"));
        var from = body("previous");
        from.put("upgradesTo", List.of("next"));
        var previous = made(from);
        assertThat(previous.text("/data/upgradesTo/0")).isEqualTo(to);
        var refused = operator.delete(GLOBAL + "/next");
        assertThat(refused.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(refused.json().at("/error/details/dependents").toString())
                .contains("stack/previous");
        assertThat(operator.patch(GLOBAL + "/previous", Map.of("upgradesTo", List.of()))
                .status()).isEqualTo(200);
        assertThat(operator.delete(GLOBAL + "/next").status()).isEqualTo(204);
    }

    @Test
    void aStackWhoseTemplateIsGoneIsInvalidUntilItIsBack() {
        var stranger = new Stranger(clients, regions.target(access.system("test"), "main"));
        var template = """
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: ClusterTemplate
                metadata: {name: passing-1-0-0, namespace: kcm-system}
                spec:
                  helm:
                    chartSpec:
                      chart: sim-standalone-cp
                      version: 1.0.0
                      interval: 10m
                      sourceRef: {kind: HelmRepository, name: simulated}
                  providers: [infrastructure-sim]
                  k8sVersion: v1.34.3
                """;
        stranger.create(Trees.read(template));
        var body = body("passing");
        body.putAll(Map.of("clusterTemplate", "passing-1-0-0", "regions", List.of("main")));
        var path = GLOBAL + "/" + published(body);
        await(path, "published", "available");
        stranger.remove(CheckStacks.CLUSTER_TEMPLATE, "kcm-system", "passing-1-0-0");
        await(path, "invalid", "missing");
        assertThat(operator.get(path).text("/data/stateReason"))
                .contains("region main", "there is no ClusterTemplate passing-1-0-0");
        assertThat(names(all.stranger().get(HERE))).doesNotContain("passing");
        var refused = operator.post(all.compute() + "/clusters",
                Map.of("name", "passing", "stackId", "passing"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/error/details/fields/stackId"))
                .contains("there is no ClusterTemplate");
        stranger.create(Trees.read(template));
        await(path, "published", "available");
    }

    private void await(String path, String state, String found) {
        var step = Awaitility.await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500));
        step.untilAsserted(() -> {
            var now = operator.get(path);
            assertThat(now.text("/data/availability/0/state")).isEqualTo(found);
            assertThat(now.text("/data/state")).isEqualTo(state);
        });
    }
}
