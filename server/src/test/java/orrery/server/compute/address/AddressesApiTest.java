package orrery.server.compute.address;

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
class AddressesApiTest {
    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String addresses;
    private String subnets;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        addresses = all.compute() + "/addresses";
        subnets = all.compute() + "/subnets";
    }

    private Visitor.Heard network(String name, String cidr) {
        var made = owner.post(all.compute() + "/networks", Map.of("name", name, "cidr", cidr));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made;
    }

    @Test
    void anAddressLivesFromAllocationToRelease() {
        var network = network("lives", "10.101.0.0/24");
        var made = owner.post(addresses, Map.of("name", "front", "addressType", "INTERNAL",
                "network", "lives", "ipAddress", "10.101.0.10", "labels", Map.of("a", "b")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var path = made.text("/data/selfLink");
        assertThat(made.text("/data/id")).matches("adr_[0-9A-Za-z]{26}");
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.text("/data/ipAddress")).isEqualTo("10.101.0.10");
        assertThat(made.text("/data/ipVersion")).isEqualTo("IPV4");
        assertThat(made.text("/data/addressType")).isEqualTo("INTERNAL");
        assertThat(made.text("/data/state")).isEqualTo("available");
        assertThat(made.text("/data/network")).isEqualTo(network.text("/data/id"));
        assertThat(made.text("/data/subnetwork")).isEqualTo(network.text("/data/subnets/0"));
        assertThat(made.json().at("/data/attachedTo/id").isNull()).isTrue();
        assertThat(made.json().at("/data").has("deletedAt")).isTrue();
        assertThat(owner.get(addresses + "/front").text("/data/id"))
                .isEqualTo(made.text("/data/id"));
        assertThat(owner.get(addresses + "?state=available&name=front").json().at("/data"))
                .hasSize(1);
        for (var field : List.of("network", "subnetwork")) {
            var there = made.text("/data/" + field);
            assertThat(owner.get(addresses + "?" + field + "=" + there).json().at("/data"))
                    .as(field).hasSize(1);
            assertThat(owner.get(addresses + "?sort=" + field + "&" + field + "=" + there + "x")
                    .json().at("/data")).as(field).isEmpty();
        }
        assertThat(owner.get(addresses + "?subnetId=" + made.text("/data/subnetwork"))
                .json().at("/data")).as("what it was called before").hasSize(1);
        assertThat(owner.get(subnets + "?network=" + network.text("/data/id"))
                .json().at("/data")).hasSize(1);
        assertThat(owner.patch(path, Map.of("displayName", "x")).status()).isEqualTo(405);
        assertThat(owner.post(addresses, Map.of("name", "front", "addressType", "INTERNAL",
                "network", "lives")).text("/error/code")).isEqualTo("ALREADY_EXISTS");
        assertThat(owner.delete(network.text("/data/selfLink")).text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        assertThat(owner.with("If-Match", "\"7\"").delete(path).status()).isEqualTo(412);
        assertThat(owner.delete(path).status()).isEqualTo(204);
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.delete(network.text("/data/selfLink")).status()).isEqualTo(204);
    }

    @Test
    void namesAllThatIsWrong() {
        network("wrong", "10.102.0.0/24");
        assertThat(fields(Map.of("ipAddress", "x", "network", "wrong")))
                .containsExactlyInAnyOrder("ipAddress", "network");
        assertThat(fields(Map.of("addressType", "INTERNAL"))).containsExactly("network");
        assertThat(fields(Map.of("addressType", "INTERNAL", "network", "wrong",
                "ipAddress", "10.102.0.9", "ipVersion", "IPV6"))).containsExactly("ipVersion");
        assertThat(fields(Map.of("addressType", "internal", "colour", "red")))
                .containsExactlyInAnyOrder("addressType", "colour");
        for (var ask : List.of(Map.of("network", "none"), Map.of("subnetwork", "none"),
                Map.of("network", "wrong", "ipAddress", "10.103.0.9"),
                Map.of("network", "wrong", "ipVersion", "IPV6"))) {
            var body = new HashMap<String, Object>(ask);
            body.put("addressType", "INTERNAL");
            var refused = owner.post(addresses, body);
            assertThat(refused.status()).as(ask + refused.raw().body()).isEqualTo(422);
        }
    }

    private List<String> fields(Map<String, ?> body) {
        return owner.post(addresses, body).json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void operatorsGiveSubnetsAndPublicAddresses() {
        var none = owner.post(addresses, Map.of());
        assertThat(none.status()).as(none.raw().body()).isEqualTo(409);
        assertThat(none.text("/error/code")).isEqualTo("POOL_CAPACITY_EXCEEDED");
        var made = owner.post(subnets, Map.of("name", "public", "role", "external",
                "ipv4Cidr", "203.0.113.0/30", "ipv6Cidr", "2001:db8::/126"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var four = owner.post(addresses, Map.of());
        assertThat(four.text("/data/ipAddress")).isEqualTo("203.0.113.2");
        assertThat(owner.post(addresses, Map.of("ipVersion", "IPV6")).text("/data/ipAddress"))
                .isEqualTo("2001:db8::2");
        assertThat(owner.post(addresses, Map.of()).text("/error/code"))
                .isEqualTo("POOL_CAPACITY_EXCEEDED");
        assertThat(owner.delete(made.text("/data/selfLink")).text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");

        var network = network("parts", "10.104.0.0/16");
        var whole = subnets + "/" + network.text("/data/subnets/0");
        var half = Map.of("name", "half", "network", "parts", "ipv4Cidr", "10.104.0.0/17");
        assertThat(owner.post(subnets, half).text("/error/code")).isEqualTo("CONFLICT");
        assertThat(owner.delete(whole).status()).isEqualTo(204);
        assertThat(owner.post(subnets, half).status()).isEqualTo(201);
        assertThat(owner.post(subnets, Map.of("network", "parts", "ipv4Cidr", "10.105.0.0/24"))
                .text("/error/code")).isEqualTo("UNPROCESSABLE");
        var changed = owner.patch(subnets + "/half", Map.of("displayName", "Half"));
        assertThat(changed.text("/data/displayName")).isEqualTo("Half");
        assertThat(owner.get(subnets + "?networkId=" + network.text("/data/id"))
                .text("/data/0/name")).isEqualTo("half");
        var gated = owner.patch(network.text("/data/selfLink"),
                Map.of("gateway", "10.104.0.9", "vlanIds", List.of(7)));
        assertThat(gated.text("/data/gateway")).as(gated.raw().body()).isEqualTo("10.104.0.9");
        assertThat(owner.patch(network.text("/data/selfLink"), Map.of("vlanIds", List.of(4095)))
                .json().at("/error/details/fields").has("vlanIds")).isTrue();
    }

    @Test
    void othersLookAtSubnetsAndMakeNone() {
        var stranger = all.stranger();
        var project = stranger.get("/v1/regions/global/auth/me").text("/data/projectId");
        var theirs = "/v1/regions/main/projects/" + project + "/compute/";
        var network = stranger.post(theirs + "networks", Map.of("cidr", "10.1.0.0/16"));
        var subnet = theirs + "subnets/" + network.text("/data/subnets/0");
        assertThat(stranger.get(subnet).status()).isEqualTo(200);
        assertThat(stranger.post(theirs + "subnets", Map.of("role", "external",
                "ipv4Cidr", "198.51.100.0/24")).status()).isIn(403, 404);
        assertThat(stranger.delete(subnet).status()).isIn(403, 404);
        assertThat(stranger.patch(network.text("/data/selfLink"),
                Map.of("gateway", "10.1.0.9")).status()).isEqualTo(403);
        owner.patch(network.text("/data/selfLink"), Map.of("gateway", "10.1.0.9"));
        assertThat(stranger.get(network.text("/data/selfLink")).json().at("/data/gateway")
                .isNull()).as("for operators alone").isTrue();
        all.unknown("GET", addresses, null);
        all.unknown("POST", addresses, Map.of());
        all.unknown("GET", subnets, null);
    }
}
