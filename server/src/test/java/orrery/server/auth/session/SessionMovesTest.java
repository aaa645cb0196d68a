package orrery.server.auth.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;

/// People with several organizations: what waits for them, and how their sessions go there.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class SessionMovesTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String ORGANIZATIONS = GLOBAL + "/organizations";
    private static final String SESSION = GLOBAL + "/auth/session";
    private static final String OWN = GLOBAL + "/auth/invitations";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void aSessionGoesWhereItsPersonBelongs() {
        var organization = organization();
        var person = person();
        var home = person.get(GLOBAL + "/auth/me").text("/data/organization/id");
        var refused = person.patch(SESSION, Map.of("organizationId", organization));
        assertThat(refused.status()).as("a stranger there").isEqualTo(404);
        join(organization, person, "admin");
        assertThat(person.get(ORGANIZATIONS + "/" + organization).status())
                .as("in one organization at a time").isEqualTo(404);

        var moved = person.patch(SESSION, Map.of("organizationId", organization));
        assertThat(moved.status()).as(moved.json().toString()).isEqualTo(200);
        assertThat(moved.header("Cache-Control")).isEqualTo("no-store");
        assertThat(moved.text("/data/session/organizationId")).isEqualTo(organization);
        var there = Visitor.of(server).as(moved.text("/data/token"));
        assertThat(there.get(ORGANIZATIONS + "/" + organization).status()).isEqualTo(200);
        assertThat(there.get(ORGANIZATIONS + "/" + home).status()).isEqualTo(404);
        assertThat(there.get("/v1/api/profile").text("/user/role")).isEqualTo("admin");
        assertThat(there.get("/v1/api/settings/invite-code").status()).isEqualTo(200);
        assertThat(person.get(GLOBAL + "/auth/me").status()).as("the old token").isEqualTo(401);

        var refreshed = there.post("/v1/api/auth/refresh", "");
        assertThat(refreshed.text("/user/role")).isEqualTo("admin");
        var later = Visitor.of(server).as(refreshed.text("/token"));
        assertThat(later.get(GLOBAL + "/auth/me").text("/data/organization/id"))
                .isEqualTo(organization);
        var back = later.patch(SESSION, Map.of("organizationId", home));
        var again = Visitor.of(server).as(back.text("/data/token"));
        assertThat(again.get("/v1/api/profile").text("/user/role")).isEqualTo("user");
        assertThat(again.patch(SESSION, Map.of("organizationId", organization,
                "projectId", "prj_none")).status()).isEqualTo(404);
    }

    @Test
    void aSessionOfAPasswordStaysOutWhereOnlyTheProviderSignsIn() {
        var organization = organization();
        var person = person();
        join(organization, person, "member");
        operator().patch(ORGANIZATIONS + "/" + organization,
                Map.of("settings", Map.of("requireSso", true)));
        assertThat(person.patch(SESSION, Map.of("organizationId", organization))
                .text("/error/message")).contains("identity provider");
        operator().patch(ORGANIZATIONS + "/" + organization, Map.of(
                "settings", Map.of("requireSso", false), "state", "suspended"));
        assertThat(person.patch(SESSION, Map.of("organizationId", organization))
                .text("/error/message")).contains("is suspended");
    }

    @Test
    void whoBelongsToASuspendedOrganizationIsToldSo() {
        var organization = organization();
        var person = person();
        join(organization, person, "member");
        var moved = person.patch(SESSION, Map.of("organizationId", organization));
        var there = Visitor.of(server).as(moved.text("/data/token"));
        var path = ORGANIZATIONS + "/" + organization;
        operator().patch(path, Map.of("state", "suspended"));
        assertThat(there.get(path).status()).as("its sessions end").isEqualTo(401);
        assertThat(person().get(path).status()).as("a stranger learns nothing").isEqualTo(404);
    }

    @Test
    void aVerifiedAddressSeesAndAcceptsWhatWaitsForIt() {
        var organization = organization();
        var name = fresh();
        var person = Residents.of(server).member(name);
        var sent = operator().post(ORGANIZATIONS + "/" + organization + "/invitations",
                Map.of("email", name + "@example.com", "role", "member"));
        var unverified = person.get(OWN);
        assertThat(unverified.status()).as("anybody can write an address down").isEqualTo(403);
        assertThat(unverified.text("/error/message")).contains("verify your e-mail address");
        assertThat(person.post(OWN + "/" + sent.text("/data/id") + ":accept", "").status())
                .isEqualTo(403);
        verify(person);
        var waiting = person.get(OWN);
        assertThat(waiting.text("/data/0/id")).isEqualTo(sent.text("/data/id"));
        assertThat(waiting.text("/data/0/organizationId")).isEqualTo(organization);
        assertThat(waiting.raw().body()).doesNotContain("token");
        assertThat(person.get("/v1/regions/global/invitations").json().at("/data").size())
                .as("to projects alone").isZero();
        assertThat(person.get("/v1/regions/nowhere/invitations").status()).isEqualTo(404);
        var other = Residents.of(server).member(fresh());
        verify(other);
        assertThat(other.post(OWN + "/" + sent.text("/data/id") + ":accept", "").status())
                .isEqualTo(404);
        assertThat(person.post(OWN + "/" + sent.text("/data/id") + ":accept", "")
                .text("/data/organizationId")).isEqualTo(organization);
        assertThat(person.get(OWN).json().at("/data").size()).isZero();
        assertThat(Visitor.of(server).get(OWN).status()).isEqualTo(401);
    }

    @Test
    void organizationsAndProjectsStandBelowRegionsToo() {
        for (var what : new String[] {"organizations", "projects"}) {
            assertThat(operator().get("/v1/regions/nowhere/" + what).status()).as(what)
                    .isEqualTo(404);
            var alias = operator().get("/v1/region/global/" + what);
            assertThat(alias.status()).as(what).isEqualTo(200);
            assertThat(alias.text("/meta/warnings/0/code")).isEqualTo("DEPRECATED_ENDPOINT");
        }
    }

    private void verify(Visitor person) {
        var id = Residents.id(person);
        database.write(access.system("test"), tx -> tx.handle()
                .createUpdate("update iam_user set email_verified = true where id = :id")
                .bind("id", id).execute());
    }

    private void join(String organization, Visitor person, String role) {
        var sent = operator().post(ORGANIZATIONS + "/" + organization + "/invitations", Map.of(
                "email", person.get(GLOBAL + "/auth/me").text("/data/user/email"),
                "role", role));
        var came = person.post(OWN + ":accept", Map.of("token",
                sent.text("/data/link").replaceFirst(".*#invitation=", "")));
        assertThat(came.status()).as(came.json().toString()).isEqualTo(200);
    }

    private Visitor person() {
        return Residents.of(server).member(fresh());
    }

    private String organization() {
        return operator().post(ORGANIZATIONS, Map.of("name", fresh())).text("/data/id");
    }

    private static String fresh() {
        return "mov-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
