package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The cloud's paths without a project, and those of its earlier version.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class WithoutProjectTest {
    private static final String HERE = "/v1/regions/main/compute/";
    private static final String ALL = "/v1/regions/global/compute/";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    /// A project of the owner's beside the first.
    private String project(String name) {
        var me = owner.get("/v1/regions/global/auth/me");
        var made = owner.post("/v1/regions/global/projects", Map.of("name", name,
                "organizationId", me.text("/data/organization/id")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made.text("/data/id");
    }

    private String network(String project, String name, int number) {
        var made = owner.post(HERE + "networks", Map.of("projectId", project, "name", name,
                "cidr", "10." + number + ".0.0/16"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.text("/data/projectId")).isEqualTo(project);
        assertThat(made.text("/data/region")).isEqualTo("main");
        assertThat(made.header("Location")).isEqualTo("/v1/regions/main/projects/" + project
                + "/compute/networks/" + made.text("/data/id"));
        return made.text("/data/id");
    }

    private static List<String> texts(Visitor.Heard page, String field) {
        assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
        return page.json().at("/data").valueStream()
                .map((JsonNode item) -> item.path(field).asText()).toList();
    }

    @Test
    void aListSpansProjectsAndRegions() {
        var other = project("spanned");
        var one = network(all.project(), "span-a", 61);
        var two = network(other, "span-b", 61);
        for (var path : List.of(HERE, ALL)) {
            var list = path + "networks?search=span-";
            assertThat(texts(owner.get(list), "id")).containsExactly(two, one);
            assertThat(texts(owner.get(list + "&projectId=" + other), "id"))
                    .containsExactly(two);
            assertThat(texts(owner.get(list + "&sort=name"), "id")).containsExactly(one, two);
            assertThat(owner.get(list + "&offset=0").json().at("/meta/pagination/total").asInt())
                    .isEqualTo(2);
            assertThat(texts(all.stranger().get(list), "id")).isEmpty();
            assertThat(texts(owner.get(path + "clusters?name=home"), "id"))
                    .containsExactly(all.cluster());
            assertThat(texts(all.stranger().get(path + "clusters"), "id"))
                    .doesNotContain(all.cluster());
        }
        assertThat(texts(owner.get(ALL + "networks?search=span-&region=main"), "id")).hasSize(2);
        assertThat(texts(owner.get(ALL + "networks?search=span-&region=mars"), "id")).isEmpty();
        assertThat(owner.get("/v1/regions/mars/compute/networks").status()).isEqualTo(404);
        assertThat(owner.get(ALL + "networks?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(Visitor.of(server).get(ALL + "networks").status()).isEqualTo(401);
        leafs(ALL + "networks?search=span-");
        for (var id : List.of(one, two)) {
            assertThat(owner.delete(ALL + "networks/" + id).status()).isEqualTo(204);
        }
    }

    private void leafs(String list) {
        var whole = texts(owner.get(list), "id");
        var seen = new ArrayList<String>();
        var page = owner.get(list + "&pageSize=1");
        while (true) {
            seen.addAll(texts(page, "id"));
            var next = page.text("/meta/pagination/nextPageToken");
            if (next.isEmpty()) {
                break;
            }
            page = owner.get(list + "&pageSize=1&pageToken=" + next);
        }
        assertThat(seen).isEqualTo(whole).hasSize(2);
    }

    @Test
    void anItemIsFoundByItsIdentifierAndByNameOnlyInAProject() {
        for (var path : List.of(HERE, ALL)) {
            var found = owner.get(path + "clusters/" + all.cluster());
            assertThat(found.status()).isEqualTo(200);
            assertThat(found.text("/data/name")).isEqualTo("home");
            assertThat(found.text("/data/region")).isEqualTo("main");
            var nameless = owner.get(path + "clusters/home");
            assertThat(nameless.status()).isEqualTo(400);
            assertThat(nameless.text("/error/code")).isEqualTo("VALIDATION_ERROR");
            assertThat(nameless.text("/error/details/fields/projectId")).contains("is required");
            assertThat(owner.get(path + "clusters/home?projectId=" + all.project())
                    .text("/data/id")).isEqualTo(all.cluster());
            all.unknown("GET", path + "clusters/" + all.cluster(), null);
            all.unknown("DELETE", path + "clusters/" + all.cluster(), null);
            all.unknown("GET", path + "clusters/home?projectId=" + all.project(), null);
            assertThat(all.stranger().get(path + "clusters/" + all.cluster()).raw().body())
                    .doesNotContain(all.project());
            assertThat(owner.get(path + "clusters/cls_" + "x".repeat(26)).status())
                    .isEqualTo(404);
        }
        assertThat(owner.get("/v1/regions/mars/compute/clusters/" + all.cluster()).status())
                .isEqualTo(404);
        var renamed = owner.patch(ALL + "clusters/" + all.cluster(),
                Map.of("displayName", "Home"));
        assertThat(renamed.status()).as(renamed.raw().body()).isEqualTo(200);
        assertThat(owner.get(HERE + "clusters/" + all.cluster() + "?colour=red").status())
                .isEqualTo(400);
    }

    @Test
    void kubeconfigsAreThoseOfTheClusterThatThePathNames() {
        var path = HERE + "clusters/" + all.cluster() + "/kubeconfigs";
        var issued = owner.post(path, Map.of("name", "without-project"));
        assertThat(issued.status()).as(issued.raw().body()).isIn(201, 202);
        assertThat(issued.text("/data/projectId")).isEqualTo(all.project());
        assertThat(texts(owner.get(path), "name")).contains("without-project");
        all.unknown("GET", path, null);
        all.unknown("POST", path, Map.of());
        assertThat(owner.get(path + "/without-project").status()).isEqualTo(200);
        assertThat(owner.delete(path + "/without-project").status()).isIn(202, 204);
    }

    @Test
    void whoMakesSomethingSaysWhere() {
        var range = Map.of("name", "placed", "cidr", "10.63.0.0/16");
        var nowhere = owner.post(HERE + "networks", range);
        assertThat(nowhere.status()).isEqualTo(400);
        assertThat(nowhere.text("/error/details/fields/projectId")).contains("is required");
        var somewhere = owner.post(ALL + "networks?projectId=" + all.project(), range);
        assertThat(somewhere.status()).isEqualTo(400);
        assertThat(somewhere.text("/error/details/fields/region")).contains("is required");
        var two = owner.post(HERE + "networks?projectId=prj_" + "x".repeat(26),
                Map.of("projectId", all.project(), "region", "mars", "cidr", "10.63.0.0/16"));
        assertThat(two.json().at("/error/details/fields").size()).isEqualTo(2);
        assertThat(owner.post(HERE + "networks", Map.of("projectId", "prj_" + "x".repeat(26),
                "cidr", "10.63.0.0/16")).status()).isEqualTo(404);
        assertThat(owner.post(HERE + "networks", Map.of("projectId", all.project(),
                "colour", "red")).json().at("/error/details/fields").toString())
                .contains("colour", "cidr").doesNotContain("projectId");
        assertThat(owner.post(HERE + "networks?projectId=" + all.project(), "{").status())
                .isEqualTo(400);
        all.unknown("POST", HERE + "networks?projectId=" + all.project(), range);
        var made = owner.post(ALL + "networks?projectId=" + all.project(),
                Map.of("name", "placed", "cidr", "10.63.0.0/16", "region", "main"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(owner.post(all.compute() + "/networks", Map.of("projectId", all.project(),
                "cidr", "10.64.0.0/16")).status()).as("the path says it").isEqualTo(400);
        assertThat(owner.delete(HERE + "networks/placed?projectId=" + all.project()).status())
                .isEqualTo(204);
    }

    @Test
    void theSameIdempotencyKeyInTwoProjectsIsTwoRequests() {
        var other = project("keyed");
        var keyed = owner.with("Idempotency-Key", "without-project");
        var body = Map.of("name", "keyed", "cidr", "10.65.0.0/16");
        var ids = new ArrayList<String>();
        for (var project : List.of(all.project(), other, other)) {
            var made = keyed.post(HERE + "networks?projectId=" + project, body);
            assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
            assertThat(made.text("/data/projectId")).isEqualTo(project);
            ids.add(made.text("/data/id"));
        }
        assertThat(ids.get(2)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(0));
        ids.stream().distinct().forEach(id ->
                assertThat(owner.delete(HERE + "networks/" + id).status()).isEqualTo(204));
    }

    @Test
    void aProjectsThingsAreFoundInAllRegionsAtOnce() {
        var here = "/v1/regions/global/projects/" + all.project();
        var compute = here + "/compute/";
        var network = network(all.project(), "anywhere", 67);
        assertThat(texts(owner.get(compute + "clusters?name=home"), "id"))
                .containsExactly(all.cluster());
        assertThat(owner.get(compute + "clusters/home").text("/data/id"))
                .isEqualTo(all.cluster());
        var kubeconfig = owner.post(compute + "clusters/home/kubeconfigs", Map.of("ttl", 600));
        assertThat(kubeconfig.text("/data/region")).isEqualTo("main");
        assertThat(texts(owner.get(compute + "clusters/home/kubeconfigs"), "selfLink"))
                .contains(kubeconfig.text("/data/selfLink"));
        assertThat(owner.get(kubeconfig.text("/data/selfLink")).status()).isEqualTo(200);
        assertThat(texts(owner.get(compute + "networks?name=anywhere"), "id"))
                .containsExactly(network);
        for (var list : List.of("instances", "addresses", "subnets", "storage")) {
            assertThat(owner.get(compute + list).status()).as(list).isEqualTo(200);
        }
        assertThat(owner.get(compute + "subnets/anywhere-1").text("/data/network"))
                .isEqualTo(network);
        assertThat(owner.get(here + "/infrastructure/servers").status()).isEqualTo(200);
        assertThat(owner.get(here).text("/data/id")).isEqualTo(all.project());
        assertThat(owner.get(here + "/quotas").status()).isEqualTo(200);
        assertThat(owner.get(here + "/nothing").status()).isEqualTo(404);
        all.unknown("GET", compute + "clusters", null);
        all.unknown("GET", compute + "networks/" + network, null);
        assertThat(owner.delete(compute + "networks/" + network).status()).isEqualTo(204);
    }

    @Test
    void addressesAreFoundWithoutAProject() {
        var network = network(all.project(), "addressed", 68);
        var asked = Map.of("name", "anywhere", "addressType", "INTERNAL", "network", network,
                "projectId", all.project());
        var made = owner.post(HERE + "addresses", asked);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.text("/data/projectId")).isEqualTo(all.project());
        var id = made.text("/data/id");
        for (var path : List.of(HERE, ALL)) {
            assertThat(texts(owner.get(path + "addresses?name=anywhere"), "id"))
                    .containsExactly(id);
            assertThat(texts(owner.get(path + "addresses?name=anywhere&region=main&projectId="
                    + all.project()), "id")).containsExactly(id);
            assertThat(texts(all.stranger().get(path + "addresses"), "id")).doesNotContain(id);
            assertThat(owner.get(path + "addresses/" + id).text("/data/region"))
                    .isEqualTo("main");
            assertThat(owner.get(path + "addresses/anywhere").status()).isEqualTo(400);
            all.unknown("GET", path + "addresses/" + id, null);
            all.unknown("DELETE", path + "addresses/" + id, null);
        }
        assertThat(owner.post(ALL + "addresses", asked)
                .text("/error/details/fields/region")).contains("is required");
        assertThat(owner.delete(ALL + "addresses/" + id).status()).isEqualTo(204);
        assertThat(owner.delete(ALL + "networks/" + network).status()).isEqualTo(204);
    }

    @Test
    void theEarlierVersionsPathsWarnWhateverTheyAnswer() {
        var old = "/v1/region/main/compute/";
        var made = owner.post(old + "networks", Map.of(
                "projectId", all.project(), "name", "old", "cidr", "10.66.0.0/16"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        for (var heard : List.of(made, owner.get(old + "networks"),
                owner.get(old + "networks/" + made.text("/data/id")),
                owner.get(old + "networks/net_" + "x".repeat(26)),
                owner.get(old + "networks/old"), owner.get(old + "nothing"),
                owner.put(old + "networks", Map.of()), owner.post(old + "networks", "[]"),
                owner.get(old + "networks?pageSize=0"), Visitor.of(server).get(old + "networks"),
                owner.get(all.compute().replace("/regions/", "/region/") + "/networks"))) {
            var what = heard.raw().uri() + " " + heard.raw().body();
            assertThat(heard.text("/meta/warnings/0/code")).as(what)
                    .isEqualTo("DEPRECATED_ENDPOINT");
            assertThat(heard.text("/meta/warnings/0/message")).as(what).contains("/v1/regions/");
            assertThat(heard.header("Deprecation")).as(what).startsWith("@");
            assertThat(heard.header("Sunset")).as(what).endsWith("GMT");
        }
        var gone = owner.delete(old + "networks/" + made.text("/data/id"));
        assertThat(gone.status()).isEqualTo(204);
        assertThat(gone.header("Deprecation")).startsWith("@");
    }
}
