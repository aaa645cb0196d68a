package orrery.server.compute.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class KubeconfigsApiTest {
    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String kubeconfigs;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        kubeconfigs = all.compute() + "/clusters/" + all.cluster() + "/kubeconfigs";
    }

    /// 201 when the cluster answers soon, else 202.
    private String issued(Map<String, Object> body) {
        var issued = owner.post(kubeconfigs, body);
        assertThat(issued.status()).as(issued.raw().body()).isIn(201, 202);
        var path = kubeconfigs + "/" + issued.text("/data/id");
        assertThat(issued.header("Location")).isEqualTo(path);
        if (issued.status() == 202) {
            assertThat(all.end(issued).path("status").asText()).isEqualTo("completed");
        }
        return path;
    }

    private void revoke(String path) {
        var revoked = owner.delete(path);
        assertThat(revoked.status()).as(revoked.raw().body()).isIn(202, 204);
        if (revoked.status() == 202) {
            assertThat(all.end(revoked).path("status").asText()).isEqualTo("completed");
        }
    }

    @Test
    void oneForTheCommandLineHoldsNoSecret() {
        var path = all.compute() + "/clusters/" + all.cluster();
        var file = owner.get(path + "/kubeconfig");
        assertThat(file.status()).as(file.raw().body()).isEqualTo(200);
        assertThat(file.header("Content-Type")).startsWith("application/yaml");
        assertThat(file.raw().body())
                .doesNotContain("token:", "client-key-data")
                .contains("certificate-authority-data: \"",
                        "\"apiVersion\":\"client.authentication.k8s.io/v1\",\"command\":\"orrery\"",
                        "\"args\":[\"kube-token\",\"--url\",\"" + server.resolve("/") + "\","
                                + "\"--cluster\",\"" + path + "\"]");
        assertThat(owner.get("/v1/regions/global/compute/clusters/" + all.cluster()
                + "/kubeconfig").raw().body()).isEqualTo(file.raw().body());
        all.unknown("GET", path + "/kubeconfig", null);
        assertThat(owner.get(all.compute() + "/clusters/nowhere/kubeconfig").status())
                .isEqualTo(404);
    }

    @Test
    void livesFromItsIssueToItsRevocation() {
        var path = issued(Map.of("name", "laptop", "ttl", 1800));
        var seen = owner.get(path);
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.text("/data/state")).isEqualTo("active");
        assertThat(seen.text("/data/role")).isEqualTo("admin");
        assertThat(seen.text("/data/clusterId")).isEqualTo(all.cluster());
        assertThat(seen.text("/data/expiresAt")).isNotEmpty();
        assertThat(seen.json().at("/data/lastDownloadedAt").isNull()).isTrue();
        assertThat(seen.raw().body()).as("no content but by download").doesNotContain("token:");
        assertThat(owner.get(kubeconfigs).raw().body()).contains("laptop")
                .doesNotContain("token:");
        assertThat(owner.get(kubeconfigs + "/laptop").text("/data/id"))
                .isEqualTo(seen.text("/data/id"));
        assertThat(owner.post(kubeconfigs, Map.of("name", "laptop")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");

        var file = owner.get(path + "/download");
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.header("Content-Type")).startsWith("application/yaml");
        assertThat(file.header("Cache-Control")).isEqualTo("no-store");
        assertThat(file.raw().body()).contains("kind: Config", "token:");
        assertThat(owner.get(path).json().at("/data/lastDownloadedAt").isNull()).isFalse();

        revoke(path);
        Awaitility.await().untilAsserted(() -> assertThat(
                owner.get(kubeconfigs).raw().body()).doesNotContain("laptop"));
        var late = owner.get(path + "/download");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("/error/code")).isEqualTo("CONFLICT");
        assertThat(owner.delete(path).status()).isEqualTo(404);
        revoke(issued(Map.of("name", "laptop")));
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(kubeconfigs, Map.of("name", "NO", "ttl", 599, "colour", "red"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).containsExactlyInAnyOrder("name", "ttl", "colour");
        assertThat(fields(owner.post(kubeconfigs, Map.of("ttl", 2_592_001))))
                .containsExactly("ttl");
        assertThat(fields(owner.post(kubeconfigs, Map.of("role", "king"))))
                .containsExactly("role");
        var nobody = owner.post(kubeconfigs, Map.of("user", "usr_nobody"));
        assertThat(nobody.status()).isEqualTo(422);
        assertThat(fields(nobody)).containsExactly("user");
        assertThat(owner.get(kubeconfigs + "?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(owner.get(kubeconfigs + "?sort=colour").text("/error/code"))
                .isEqualTo("INVALID_SORT");
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void isIssuedOnlyOnAClusterThatRuns() {
        var asked = owner.post(all.compute() + "/clusters", Map.of("name", "early"));
        var withoutSecret = owner.get(all.compute() + "/clusters/early/kubeconfig");
        var early = owner.post(
                all.compute() + "/clusters/early/kubeconfigs", Map.of("ttl", 3600));
        if (early.status() >= 300) {
            // Less on a host so slow that the cluster runs by now.
            assertThat(early.status()).isEqualTo(409);
            assertThat(early.text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
            assertThat(withoutSecret.status()).isEqualTo(409);
        }
        all.end(asked);
        var inTime = owner.post(
                all.compute() + "/clusters/early/kubeconfigs", Map.of("ttl", 3600));
        assertThat(inTime.status()).isIn(201, 202);
        all.end(owner.delete(all.compute() + "/clusters/early"));
        assertThat(owner.get(all.compute() + "/clusters/early/kubeconfigs").status())
                .isEqualTo(404);
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = issued(Map.of("name", "secret"));
        all.unknown("GET", kubeconfigs, null);
        all.unknown("POST", kubeconfigs, Map.of());
        all.unknown("GET", path, null);
        all.unknown("GET", path + "/download", null);
        all.unknown("DELETE", path, null);
        assertThat(owner.get(kubeconfigs.replace(all.cluster(), "nowhere") + "/secret").status())
                .isEqualTo(404);
        revoke(path);
    }
}
