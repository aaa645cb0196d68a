package orrery.server.platform.catalogue;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class CatalogueApiTest {
    private static final String REGION = "/v1/regions/main";
    private static final String TYPES = REGION + "/zones/main-a/instance-types";
    private static final String IMAGES = REGION + "/compute/images";
    private static final String GPUS = REGION + "/gpu-types";

    @TestHTTPResource
    URI server;

    private Visitor operator;
    private Visitor customer;

    @BeforeEach
    void settle() {
        operator = Neighbours.on(server).owner();
        customer = Neighbours.on(server).stranger();
    }

    private static List<String> codes(Visitor.Heard page) {
        assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
        return page.json().path("data").findValuesAsText("code");
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void aRegionBeginsWithAZoneAndSomethingToOffer() {
        assertThat(codes(customer.get(REGION + "/zones"))).containsExactly("main-a");
        assertThat(customer.get(REGION + "/zones/main-a").text("/data/selfLink"))
                .isEqualTo(REGION + "/zones/main-a");
        assertThat(customer.get(REGION).json().at("/data/zones/0").asText()).isEqualTo("main-a");
        assertThat(codes(customer.get(TYPES))).contains("vm.small", "metal.large");
        var small = customer.get(TYPES + "/vm.small");
        assertThat(small.text("/data/kind")).isEqualTo("vm");
        assertThat(small.json().at("/data/cpuCores").asInt()).isEqualTo(1);
        assertThat(small.json().at("/data/gpu").isNull()).isTrue();
        assertThat(customer.get(TYPES + "/metal.h100").json().at("/data/gpu/count").asInt())
                .isEqualTo(8);
        assertThat(codes(customer.get(IMAGES))).contains("ubuntu-24.04", "debian-12");
        assertThat(codes(customer.get(GPUS))).contains("nvidia-h100-80gb");
        assertThat(customer.get(IMAGES + "/debian-12").text("/data/os")).isEqualTo("linux");
        assertThat(customer.get(IMAGES + "/debian-12").text("/data/checksum"))
                .endsWith("/SHA512SUMS");
    }

    @Test
    void listsPageFilterAndSort() {
        var first = customer.get(TYPES + "?pageSize=2&pageToken=&sort=code");
        assertThat(codes(first)).hasSize(2).isSorted();
        var second = customer.get(TYPES + "?pageSize=2&sort=code&pageToken="
                + first.text("/meta/pagination/nextPageToken"));
        assertThat(codes(second)).hasSize(2).isSorted().doesNotContainAnyElementsOf(codes(first));
        assertThat(codes(customer.get(TYPES + "?kind=bareMetal")))
                .contains("metal.large").doesNotContain("vm.small");
        assertThat(customer.get(IMAGES + "?offset=0").json().at("/meta/pagination/total").asInt())
                .isGreaterThanOrEqualTo(2);
        assertThat(customer.get(GPUS + "?colour=red").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
    }

    @Test
    void operatorsOfferChangeAndTakeBack() {
        var made = operator.post(TYPES, Map.of("code", "vm.tiny", "displayName", "Tiny",
                "kind", "vm", "cpuCores", 1, "ramGb", 1, "diskGb", 10));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo(TYPES + "/vm.tiny");
        assertThat(made.json().at("/data/zones/0").asText()).isEqualTo("main-a");
        assertThat(operator.post(TYPES, Map.of("code", "vm.tiny", "displayName", "Tiny",
                "kind", "vm", "cpuCores", 1, "ramGb", 1, "diskGb", 10)).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        var changed = operator.with("If-Match", made.header("ETag"))
                .patch(TYPES + "/vm.tiny", Map.of("ramGb", 2, "state", "disabled"));
        assertThat(changed.json().at("/data/ramGb").asInt()).isEqualTo(2);
        assertThat(changed.text("/data/displayName")).isEqualTo("Tiny");
        assertThat(operator.with("If-Match", made.header("ETag"))
                .patch(TYPES + "/vm.tiny", Map.of("ramGb", 3)).status()).isEqualTo(412);
        assertThat(operator.delete(TYPES + "/vm.tiny").status()).isEqualTo(204);
        assertThat(customer.get(TYPES + "/vm.tiny").status()).isEqualTo(404);
    }

    @Test
    void operatorsSayWhichImagesAndGpusThereAre() {
        var image = operator.post(IMAGES, Map.of("code", "own", "displayName", "Our own",
                "os", "linux", "architecture", "amd64", "url", "https://example.com/own.img",
                "minDiskGb", 8, "checksum", "https://example.com/SHA256SUMS"));
        assertThat(image.status()).as(image.raw().body()).isEqualTo(201);
        assertThat(image.text("/data/checksum")).isEqualTo("https://example.com/SHA256SUMS");
        assertThat(operator.patch(IMAGES + "/own", Map.of("minDiskGb", 9))
                .json().at("/data/minDiskGb").asInt()).isEqualTo(9);
        assertThat(operator.get(IMAGES + "/own").json().at("/data/checksum").isTextual()).isTrue();
        assertThat(operator.patch(IMAGES + "/own", Map.of("url", "https://example.com/new.img"))
                .json().at("/data/checksum").isNull()).as("of another image").isTrue();
        assertThat(operator.delete(IMAGES + "/own").status()).isEqualTo(204);
        var gpu = operator.post(GPUS, Map.of("code", "l4", "displayName", "L4",
                "vendor", "NVIDIA", "memoryGb", 24, "deviceName", "nvidia.com/L4"));
        assertThat(gpu.status()).as(gpu.raw().body()).isEqualTo(201);
        assertThat(operator.post(TYPES, Map.of("code", "vm.l4", "displayName", "L4",
                "kind", "vm", "cpuCores", 4, "ramGb", 16, "diskGb", 10,
                "gpu", Map.of("type", "l4", "count", 1))).status()).isEqualTo(201);
        assertThat(operator.delete(GPUS + "/l4").text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        operator.delete(TYPES + "/vm.l4");
        assertThat(operator.patch(GPUS + "/l4", Map.of("memoryGb", 25)).status()).isEqualTo(200);
        assertThat(operator.delete(GPUS + "/l4").status()).isEqualTo(204);
    }

    @Test
    void namesEverythingThatIsWrong() {
        assertThat(fields(operator.post(TYPES, Map.of("code", "NO", "displayName", " ",
                "kind", "vm", "cpuCores", 0, "ramGb", 0, "diskGb", 0,
                "gpu", Map.of("type", "x", "count", 0)))))
                .contains("code", "displayName", "cpuCores", "ramGb", "diskGb", "gpu.count");
        assertThat(fields(operator.post(TYPES, Map.of("code", "vm.odd", "displayName", "Odd",
                "kind", "vm", "cpuCores", 1, "ramGb", 1, "diskGb", 1, "zones", List.of("mars-a"),
                "gpu", Map.of("type", "abacus", "count", 1))))).contains("zones", "gpu.type");
        assertThat(fields(operator.post(IMAGES, Map.of("code", "x", "displayName", "X",
                "os", "beos", "architecture", "vax", "url", "file:///etc/passwd",
                "checksum", "x", "minDiskGb", 1))))
                .contains("os", "architecture", "url", "checksum");
        assertThat(operator.patch(IMAGES + "/debian-12", Map.of()).status()).isEqualTo(400);
        assertThat(fields(operator.post(GPUS, Map.of("code", "x", "displayName", "X",
                "vendor", "X", "memoryGb", 1, "deviceName", "no device"))))
                .containsExactly("deviceName");
    }

    @Test
    void customersOnlyLook() {
        assertThat(customer.post(TYPES, Map.of()).status()).isEqualTo(404);
        assertThat(customer.delete(TYPES + "/vm.small").status()).isEqualTo(404);
        assertThat(customer.delete(IMAGES + "/debian-12").status()).isEqualTo(404);
        assertThat(customer.patch(GPUS + "/nvidia-h100-80gb", Map.of("memoryGb", 1)).status())
                .isEqualTo(404);
        assertThat(Visitor.of(server).get(TYPES).status()).isEqualTo(401);
        assertThat(customer.get("/v1/regions/mars/zones").status()).isEqualTo(404);
        assertThat(customer.get(REGION + "/zones/mars-a/instance-types").status()).isEqualTo(404);
        assertThat(customer.get("/v1/regions/mars/compute/images").status()).isEqualTo(404);
    }
}
