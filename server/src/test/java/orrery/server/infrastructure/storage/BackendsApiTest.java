package orrery.server.infrastructure.storage;

import static org.assertj.core.api.Assertions.assertThat;

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
class BackendsApiTest {
    private static final String BACKENDS = "/v1/regions/global/infrastructure/storage";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    private static Map<String, Object> body(String name, Object... more) {
        var body = new HashMap<String, Object>(Map.of("name", name, "region", "main",
                "type", "file", "storageClass", "shared-" + name, "capacityGb", 100));
        for (int i = 0; i < more.length; i += 2) {
            body.put((String) more[i], more[i + 1]);
        }
        return body;
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void aBackendLivesFromCreationToDeletion() {
        var made = owner.post(BACKENDS, body("alpha", "zone", "main-a", "displayName", "Alpha"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var path = made.text("/data/selfLink");
        assertThat(made.text("/data/id")).matches("stb_[0-9A-Za-z]{26}");
        assertThat(path).isEqualTo(BACKENDS + "/" + made.text("/data/id"))
                .isEqualTo(made.header("Location"));
        assertThat(made.text("/data/state")).isEqualTo("active");
        assertThat(made.text("/data/type")).isEqualTo("file");
        assertThat(made.text("/data/zone")).isEqualTo("main-a");
        assertThat(made.json().at("/data/allocatedGb").asInt()).isZero();
        assertThat(owner.post(BACKENDS, body("alpha")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        assertThat(owner.get(BACKENDS + "?type=file&state=active&region=main&zone=main-a")
                .json().at("/data").findValuesAsText("name")).containsExactly("alpha");
        assertThat(owner.get(BACKENDS + "?state=happy").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(owner.get(BACKENDS + "?offset=0&name=alpha").json()
                .at("/meta/pagination/total").asInt()).isEqualTo(1);
        var version = owner.get(BACKENDS + "/alpha").header("ETag");
        var changed = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "A", "capacityGb", 50, "state", "disabled"));
        assertThat(changed.json().at("/data/capacityGb").asInt()).isEqualTo(50);
        assertThat(changed.text("/data/state")).isEqualTo("disabled");
        assertThat(owner.with("If-Match", version).patch(path, Map.of("displayName", "B"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("capacityGb", 0, "storageClass", "x"))))
                .contains("capacityGb", "storageClass");
        assertThat(owner.with("If-Match", version).delete(path).text("/error/code"))
                .isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.delete(path).status()).isEqualTo(204);
        assertThat(owner.get(path).status()).isEqualTo(404);
        var again = owner.post(BACKENDS, body("alpha"));
        assertThat(again.status()).isEqualTo(201);
        assertThat(owner.delete(again.text("/data/selfLink")).status()).isEqualTo(204);
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(BACKENDS, body("NO", "storageClass", "a b", "zone", "!",
                "capacityGb", 0, "displayName", " ", "region", "?"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).containsExactlyInAnyOrder("name", "storageClass", "zone",
                "capacityGb", "displayName", "region");
        assertThat(fields(owner.post(BACKENDS, Map.of()))).containsExactlyInAnyOrder(
                "region", "type", "storageClass", "capacityGb");
        assertThat(owner.post(BACKENDS, body("x", "type", "tape")).status()).isEqualTo(400);
        var elsewhere = owner.post(BACKENDS, body("x", "region", "mars"));
        assertThat(elsewhere.status()).isEqualTo(422);
        assertThat(fields(elsewhere)).containsExactly("region");
        var zone = owner.post(BACKENDS, body("x", "zone", "mars-a"));
        assertThat(zone.status()).isEqualTo(422);
        assertThat(zone.text("/error/details/fields/zone")).contains("main-a");
    }

    @Test
    void isNotThereForOthers() {
        var backend = owner.post(BACKENDS, body("gamma")).text("/data/selfLink");
        all.unknown("GET", BACKENDS, null);
        all.unknown("POST", BACKENDS, body("delta"));
        all.unknown("GET", backend, null);
        all.unknown("PATCH", backend, Map.of("displayName", "mine"));
        all.unknown("DELETE", backend, null);
        assertThat(owner.delete(backend).status()).isEqualTo(204);
    }
}
