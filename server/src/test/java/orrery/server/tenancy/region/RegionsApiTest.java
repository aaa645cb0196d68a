package orrery.server.tenancy.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Regions as operators connect, close and reconnect them. Nothing answers where this one is said
/// to be.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class RegionsApiTest {
    private static final String REGIONS = "/v1/regions";
    private static final String FAR = REGIONS + "/far1";

    @TestHTTPResource
    URI server;

    private Visitor operator;
    private Visitor customer;

    @BeforeEach
    void settle() {
        operator = Residents.of(server).operator();
        customer = Residents.of(server).member("far-away");
        operator.post(REGIONS, region("far1", kubeconfig("https://127.0.0.1:9")));
    }

    /// Whoever else is on this server need not wait for it.
    @AfterEach
    void close() {
        assertThat(operator.patch(FAR, Map.of("state", "disabled")).status()).isEqualTo(200);
    }

    private static Map<String, Object> region(String code, String kubeconfig) {
        return Map.of("code", code, "displayName", "Far", "kubeconfig", kubeconfig,
                "zones", List.of("far-a", "far-b"));
    }

    private static String kubeconfig(String address) {
        return """
                apiVersion: v1
                kind: Config
                current-context: far
                clusters: [{name: far, cluster: {server: "%s"}}]
                users: [{name: far, user: {token: canary-region}}]
                contexts: [{name: far, context: {cluster: far, user: far}}]
                """.formatted(address);
    }

    @Test
    void oneThatIsConnectedHasZonesAndSomethingToOfferAndKeepsItsKubeconfig() {
        var seen = operator.get(FAR);
        assertThat(seen.status()).as(seen.raw().body()).isEqualTo(200);
        assertThat(seen.json().at("/data/zones").toString()).startsWith("[\"far-a\",\"far-b\"");
        assertThat(seen.raw().body()).doesNotContain("canary-region", "127.0.0.1:9");
        assertThat(customer.get(FAR + "/zones/far-b/instance-types?code=vm.small")
                .text("/data/0/code")).isEqualTo("vm.small");
        assertThat(operator.post(REGIONS, region("far1", kubeconfig("https://127.0.0.1:9")))
                .text("/error/code")).isEqualTo("ALREADY_EXISTS");
        assertThat(operator.patch(FAR, Map.of("kubeconfig", kubeconfig("https://127.0.0.1:10")))
                .raw().body()).doesNotContain("canary-region");
        var run = operator.post(REGIONS, region("far2",
                kubeconfig("https://127.0.0.1:9").replace("token: canary-region",
                        "exec: {command: /bin/true}")));
        assertThat(run.status()).as(run.raw().body()).isEqualTo(400);
        assertThat(operator.get(REGIONS + "/far2").status()).isEqualTo(404);
    }

    @Test
    void nothingNewIsMadeWhereOperatorsWorkUntilTheyAreDone() {
        assertThat(operator.patch(FAR, Map.of("state", "maintenance", "displayName", "Farther"))
                .text("/data/state")).isEqualTo("maintenance");
        assertThat(made().text("/error/message")).contains("worked on");
        assertThat(customer.get(REGIONS).json().findValuesAsText("displayName"))
                .contains("Farther");
        assertThat(operator.patch(FAR, Map.of("state", "disabled")).status()).isEqualTo(200);
        assertThat(made().text("/error/message")).contains("closed");
        assertThat(operator.patch(FAR, Map.of("state", "active")).text("/data/state"))
                .isEqualTo("active");
        var asked = made();
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        assertThat(operator.post("/v1/workflows/runs/" + asked.text("/meta/workflowId")
                + ":cancel", Map.of()).status()).isEqualTo(202);
    }

    /// Training needs nothing but the region.
    private Visitor.Heard made() {
        var project = operator.get(REGIONS + "/global/auth/me").text("/data/projectId");
        return operator.post(FAR + "/projects/" + project + "/training",
                Map.of("image", "x", "nodes", 1, "gpusPerNode", 0));
    }

    @Test
    void zonesAreAddedAndNotTakenAway() {
        var version = operator.get(FAR).json().at("/data/version").asLong();
        var more = List.of("far-a", "far-b", "far-c");
        assertThat(operator.with("If-Match", "\"" + version + "\"")
                .patch(FAR, Map.of("zones", more)).json().at("/data/zones")).hasSize(3);
        assertThat(operator.with("If-Match", "\"" + version + "\"")
                .patch(FAR, Map.of("zones", more)).status()).isEqualTo(412);
        var less = operator.patch(FAR, Map.of("zones", List.of("far-a")));
        assertThat(less.status()).isEqualTo(422);
        assertThat(less.json().at("/error/details/fields/zones").asText())
                .contains("must keep far-b, far-c");
    }

    @Test
    void othersDoNotLearnThatItCanBeDone() {
        assertThat(customer.post(REGIONS, region("far3", "x")).status()).isEqualTo(404);
        assertThat(customer.patch(FAR, Map.of("displayName", "Near")).status()).isEqualTo(404);
    }
}
