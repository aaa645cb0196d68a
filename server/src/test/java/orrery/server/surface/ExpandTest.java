package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `?expand=…`: what a view names by identifier, shown beside it.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class ExpandTest {
    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String cluster;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        cluster = all.compute() + "/clusters/" + all.cluster();
    }

    @Test
    void showsThingsBesideTheirIdentifiers() {
        var plain = owner.get(cluster);
        assertThat(plain.json().at("/data").has("project")).isFalse();

        var shown = owner.get(cluster + "?expand=organization,project&expand=currentRun");
        assertThat(shown.status()).as(shown.raw().body()).isEqualTo(200);
        assertThat(shown.text("/data/projectId")).isEqualTo(all.project());
        assertThat(shown.text("/data/project/id")).isEqualTo(all.project());
        assertThat(shown.text("/data/project/selfLink"))
                .isEqualTo("/v1/regions/global/projects/" + all.project());
        assertThat(shown.text("/data/organization/id"))
                .isEqualTo(shown.text("/data/organizationId"));
        assertThat(shown.text("/data/currentRun/id"))
                .isEqualTo(plain.text("/data/currentRunId"));
        assertThat(shown.header("ETag")).isEqualTo(plain.header("ETag"));
    }

    @Test
    void goesOnFromWhatItShows() {
        var shown = owner.get(cluster + "?expand=project.organization.owner");
        assertThat(shown.text("/data/project/organization/owner/id"))
                .isEqualTo(shown.text("/data/project/organization/ownerId"));
        assertThat(shown.json().at("/data").has("organization")).isFalse();
    }

    @Test
    void worksInLists() {
        var shown = owner.get(all.compute() + "/clusters?expand=project&pageSize=1");
        assertThat(shown.text("/data/0/project/id")).isEqualTo(all.project());
        assertThat(shown.json().at("/meta/pagination/pageSize").asInt()).isEqualTo(1);
    }

    /// A key for one project: what else there is in its organization is nothing for it.
    @Test
    void showsNothingThatTheCallerMayNotSee() {
        var global = "/v1/regions/global";
        var key = owner.post(global + "/iam/apikeys", Map.of("displayName", "narrow",
                "scope", "project", "scopeId", all.project()));
        assertThat(key.status()).as(key.raw().body()).isEqualTo(201);
        var narrow = Visitor.of(server).as(key.text("/data/secret"));
        assertThat(narrow.get(global + "/organizations/"
                + owner.get(cluster).text("/data/organizationId")).status()).isNotEqualTo(200);

        var shown = narrow.get(cluster + "?expand=organization,project");
        assertThat(shown.status()).as(shown.raw().body()).isEqualTo(200);
        assertThat(shown.json().at("/data/organization").isNull()).isTrue();
        assertThat(shown.json().at("/data").has("organization")).isTrue();
        assertThat(shown.text("/data/project/id")).isEqualTo(all.project());
    }

    @Test
    void refusesWhatCannotBeShown() {
        refused("colour", "organization");
        refused("project.colour", "organization");
        refused("", "organization");
        refused("project.organization.owner.organization", null);
        refused("project,".repeat(10) + "project", null);
        var runs = "/v1/workflows/runs?expand=";
        assertThat(owner.get(runs + "colour").status()).isEqualTo(400);
        assertThat(owner.get(runs + "project").json().path("data").findValues("project"))
                .anyMatch(it -> it.path("id").asText().equals(all.project()));
    }

    private void refused(String expand, String allowed) {
        var heard = owner.get(cluster + "?expand=" + expand);
        assertThat(heard.status()).as(expand).isEqualTo(400);
        assertThat(heard.text("/error/code")).isEqualTo("INVALID_EXPAND");
        if (allowed != null) {
            assertThat(heard.json().at("/error/details/allowed").toString()).contains(allowed);
        }
    }
}
