package orrery.server.compute.instance;

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
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class ExternalAddressesApiTest {
    @TestHTTPResource
    URI server;

    @Test
    void anAddressIsAMachinesUntilItIsDetachedOrTheMachineDeleted() {
        var all = Neighbours.on(server);
        var owner = all.owner();
        var addresses = all.compute() + "/addresses/";
        var range = made(owner.post(all.compute() + "/subnets", Map.of(
                "role", "external", "ipv4Cidr", "198.51.100.0/29"))).text("/data/selfLink");
        made(owner.post(all.compute() + "/networks", Map.of(
                "name", "doors", "cidr", "10.43.0.0/24")));
        var machine = owner.post(all.compute() + "/instances", Map.of("name", "host",
                "type", "vm.small", "nics", List.of(Map.of("network", "doors")),
                "disks", List.of(Map.of("boot", true, "source", "debian-12"))));
        assertThat(machine.status()).as(machine.raw().body()).isEqualTo(202);
        var link = machine.text("/data/selfLink");
        var first = made(owner.post(all.compute() + "/addresses", Map.of("name", "first")));
        made(owner.post(all.compute() + "/addresses", Map.of("name", "second")));
        var host = Map.of("instanceId", "host");

        assertThat(owner.with("If-Match", "\"1\"").post(addresses + "first:attach", host)
                .header("ETag")).isEqualTo("\"2\"");
        var there = owner.get(addresses + "first");
        assertThat(there.text("/data/state")).isEqualTo("inUse");
        assertThat(there.text("/data/attachedTo/kind")).isEqualTo("instance");
        assertThat(there.text("/data/attachedTo/id")).isEqualTo(machine.text("/data/id"));
        assertThat(owner.get(link).text("/data/externalAddresses/0"))
                .isEqualTo(first.text("/data/ipAddress")).startsWith("198.51.100.");
        assertThat(owner.post(addresses + "first:attach", host).header("ETag"))
                .as("once more changes nothing").isEqualTo("\"2\"");

        refused(owner.post(addresses + "second:attach", host), 409, "CONFLICT");
        refused(owner.delete(addresses + "first"), 409, "CONFLICT_IN_USE");
        refused(owner.post(addresses + "second:detach", null), 409, "INVALID_STATE_TRANSITION");
        var inner = owner.get(all.compute() + "/addresses?attachedTo=" + machine.text("/data/id")
                + "&addressType=INTERNAL").text("/data/0/id");
        refused(owner.post(addresses + inner + ":detach", null), 409, "CONFLICT");
        all.unknown("POST", addresses + "first:attach", host);
        all.unknown("POST", addresses + "first:detach", null);

        var alias = "/v1/regions/main/compute/addresses/" + first.text("/data/id");
        assertThat(owner.post(alias + ":detach", null).text("/data/state"))
                .isEqualTo("available");
        assertThat(owner.get(link).json().at("/data/externalAddresses")).isEmpty();
        assertThat(owner.delete(addresses + "first").status()).isEqualTo(204);

        assertThat(owner.post(addresses + "second:attach", host).status()).isEqualTo(200);
        assertThat(all.end(owner.delete(link)).path("status").asText()).isEqualTo("completed");
        assertThat(owner.get(addresses + "second").text("/data/state")).isEqualTo("available");
        assertThat(owner.delete(addresses + "second").status()).isEqualTo(204);
        assertThat(owner.delete(range).status()).isEqualTo(204);
    }

    private static Visitor.Heard made(Visitor.Heard heard) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(201);
        return heard;
    }

    private static void refused(Visitor.Heard heard, int status, String code) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(status);
        assertThat(heard.text("/error/code")).isEqualTo(code);
    }
}
