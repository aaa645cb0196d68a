package orrery.server.compute.network;

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

/// Who sees what is deleted.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class IncludeDeletedTest {
    private static final String GLOBAL = "/v1/regions/global";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String networks;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        networks = all.compute() + "/networks";
    }

    @Test
    void whoMayUpdateSeesWhatIsDeletedWhoMayNotDoesNot() {
        var made = owner.post(networks, Map.of("name", "short-lived", "cidr", "10.200.0.0/16"));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var path = made.text("/data/selfLink");
        var subnet = made.text("/data/subnets/0");
        assertThat(owner.delete(path).status()).isEqualTo(204);
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.get(path + "?includeDeleted=false").status()).isEqualTo(404);

        var seen = owner.get(path + "?includeDeleted=true");
        assertThat(seen.status()).as(seen.raw().body()).isEqualTo(200);
        assertThat(seen.text("/data/state")).isEqualTo("deleted");
        assertThat(seen.text("/data/deletedAt")).isNotEmpty();
        assertThat(owner.get(networks + "/short-lived?includeDeleted=true").status())
                .as("by its identifier alone: the name may be another's").isEqualTo(404);
        var listed = owner.get(networks + "?includeDeleted=true&name=short-lived&offset=0");
        assertThat(listed.json().at("/data/0/id").asText()).isEqualTo(made.text("/data/id"));
        assertThat(owner.get(networks + "?name=short-lived").json().at("/data")).isEmpty();
        assertThat(owner.get(all.compute() + "/subnets/" + subnet + "?includeDeleted=true")
                .text("/data/state")).isEqualTo("deleted");

        var viewer = viewer();
        assertThat(viewer.get(networks).status()).isEqualTo(200);
        for (var what : List.of(path, networks)) {
            var refused = viewer.get(what + "?includeDeleted=true");
            assertThat(refused.status()).as(what).isEqualTo(403);
            assertThat(refused.text("/error/message")).contains("compute.networks.update");
        }
        assertThat(all.stranger().get(path + "?includeDeleted=true").status()).isEqualTo(404);
    }

    /// A key of the owner's that only looks.
    private Visitor viewer() {
        var made = owner.post(GLOBAL + "/iam/service-accounts", Map.of("displayName", "Eyes",
                "scope", "project", "scopeId", all.project(), "roles", List.of("viewer")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var credential = owner.post(GLOBAL + "/iam/service-accounts/" + made.text("/data/id")
                + "/credentials", Map.of());
        var token = Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "client_credentials", "client_id", made.text("/data/clientId"),
                "client_secret", credential.text("/data/clientSecret")));
        return Visitor.of(server).as(token.text("/data/access_token"));
    }

    @Test
    void refusesWordsAndListsThatKeepNothing() {
        assertThat(owner.get(networks + "?includeDeleted=maybe")
                .json().at("/error/details/fields/includeDeleted").asText())
                .isEqualTo("must be true or false");
        assertThat(owner.get(GLOBAL + "/iam/service-accounts?includeDeleted=true")
                .text("/error/code")).isEqualTo("INVALID_FILTER");
    }

    @Test
    void listsOfProjectsAndOrganizationsToo() {
        var organization = owner.post(GLOBAL + "/organizations", Map.of("name", "bygone"))
                .text("/data/id");
        var project = owner.post(GLOBAL + "/projects", Map.of(
                "organizationId", organization, "name", "bygone")).text("/data/id");
        assertThat(owner.delete(GLOBAL + "/projects/" + project).status()).isEqualTo(204);
        all.end(owner.delete(GLOBAL + "/organizations/" + organization));
        for (var kind : List.of("projects", "organizations")) {
            var path = GLOBAL + "/" + kind + "?name=bygone";
            assertThat(owner.get(path).json().at("/data")).as(kind).isEmpty();
            assertThat(owner.get(path + "&includeDeleted=true").text("/data/0/state")).as(kind)
                    .isEqualTo("deleted");
            assertThat(all.stranger().get(path + "&includeDeleted=true").json().at("/data"))
                    .as(kind).isEmpty();
        }
    }
}
