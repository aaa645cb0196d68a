package orrery.server.operations.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class CapacityApiTest {
    private static final String MAIN = "/v1/regions/main/infrastructure";
    private static final String GLOBAL = "/v1/regions/global/infrastructure";

    @TestHTTPResource
    URI server;

    private Neighbours all;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
    }

    @Test
    void operatorsSeeNumbers() {
        for (var path : new String[] {MAIN, MAIN + "?orgId=*", GLOBAL}) {
            var there = all.owner().get(path + (path.contains("?") ? "&" : "?")
                    + "type=metal.large,vm.small");
            assertThat(there.status()).as(there.raw().body()).isEqualTo(200);
            assertThat(there.json().at("/data/instanceTypes")).hasSize(2);
            var metal = there.json().at("/data/instanceTypes/0");
            assertThat(metal.path("code").asText()).isEqualTo("metal.large");
            assertThat(metal.path("kind").asText()).isEqualTo("bareMetal");
            assertThat(metal.path("zone").asText()).isEqualTo("main-a");
            assertThat(metal.at("/capacity/total").isNumber()).isTrue();
            assertThat(there.json().at("/data/instanceTypes/1/capacity/total").isNull()).isTrue();
            assertThat(there.json().at("/data/gpuTypes")).isEmpty();
        }
        var gpu = all.owner().get(MAIN + "?gpuModel=nvidia-h100-80gb").json().at("/data");
        assertThat(gpu.at("/gpuTypes/0/capacity/total").isNumber()).isTrue();
        assertThat(gpu.at("/instanceTypes").findValuesAsText("code"))
                .containsExactly("metal.h100", "vm.h100");
        assertThat(all.owner().get(GLOBAL).json().at("/data/quotaHeadroom").isNull()).isTrue();
    }

    @Test
    void customersSeeAWordAndTheirOwnHeadroom() {
        var there = all.stranger().get(MAIN);
        assertThat(there.status()).as(there.raw().body()).isEqualTo(200);
        assertThat(there.json().findValues("capacity")).isNotEmpty()
                .allMatch(it -> it.isNull());
        assertThat(there.json().at("/data/gpuTypes").findValuesAsText("availability"))
                .isNotEmpty().allMatch(it -> it.matches("none|low|high"));
        assertThat(there.json().at("/data/quotaHeadroom").has("storageTb")).isTrue();
        assertThat(all.stranger().get(GLOBAL).status()).isEqualTo(404);
        assertThat(all.stranger().get(MAIN + "?orgId=*").status()).isEqualTo(403);
        var home = all.owner().post("/v1/regions/global/organizations", Map.of())
                .text("/data/id");
        assertThat(home).startsWith("org_");
        all.unknown("GET", MAIN + "?orgId=" + home, null);
    }

    @Test
    void whoAsksAgainHearsWhatChanged() {
        for (var path : List.of(MAIN, GLOBAL)) {
            var first = all.owner().get(path + "/changes");
            assertThat(first.status()).as(first.raw().body()).isEqualTo(200);
            assertThat(first.json().at("/data/instanceTypes/0/capacity").isObject()).isTrue();
            var mark = first.text("/data/watermark");
            var next = all.owner().get(path + "/changes?watermark=" + mark);
            assertThat(next.json().at("/data/gone").isArray()).as(next.raw().body()).isTrue();
            assertThat(Long.parseLong(next.text("/data/watermark")))
                    .isGreaterThan(Long.parseLong(mark));
            var wrong = all.owner().get(path + "/changes?watermark=yesterday");
            assertThat(wrong.text("/error/details/fields/watermark")).contains("has told");
        }
        var others = all.stranger().get(MAIN + "/changes");
        assertThat(others.json().findValues("capacity")).as(others.raw().body()).isNotEmpty()
                .allMatch(it -> it.isNull());
        assertThat(all.stranger().get(GLOBAL + "/changes").status()).isEqualTo(404);
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(all.owner().get(MAIN.replace("main", "mars")).status()).isEqualTo(404);
        var colour = all.stranger().get(MAIN + "?colour=red");
        assertThat(colour.status()).isEqualTo(400);
        assertThat(colour.text("/error/code")).isEqualTo("INVALID_FILTER");
        assertThat(colour.json().at("/error/details/allowed").toString()).contains("gpuModel");
    }
}
