package orrery.server.workspace.person;

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
import org.junit.jupiter.api.Test;

/// Who may see whom in the workspace family.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class PersonsTest {
    private static final List<String> PARTS =
            List.of("profile", "sessions", "blueprints", "roles", "keys");

    @TestHTTPResource
    URI server;

    @Test
    void everybodySeesThemself() {
        var ann = resident("pers-ann");
        for (var part : PARTS) {
            var mine = ann.get("/api/v1/me/" + part);
            var named = ann.get("/api/v1/users/pers-ann/" + part);
            assertThat(mine.status()).as(part).isEqualTo(200);
            assertThat(named.json()).as(part).isEqualTo(mine.json());
            assertThat(Visitor.of(server).get("/api/v1/me/" + part).status()).isEqualTo(401);
        }
        assertThat(ann.get("/api/v1/me/profile").text("/username")).isEqualTo("pers-ann");
        assertThat(ann.get("/api/v1/me/blueprints").text("/0")).isEqualTo("base");
        assertThat(ann.get("/api/v1/me/sessions").json().isArray()).isTrue();
        assertThat(ann.get("/api/v1/users").json().findValuesAsText("username"))
                .as("nobody else").containsExactly("pers-ann");
        assertThat(ann.get("/api/v1/users/").status()).as("no redirect").isEqualTo(200);
    }

    @Test
    void aProfileIsReadByStrictClients() {
        var me = resident("pers-ann").get("/api/v1/me/profile").json();
        for (var text : List.of(
                "username", "organization", "fullname", "email", "source", "shell")) {
            assertThat(me.path(text).isTextual()).as(text).isTrue();
        }
        for (var list : List.of("auths", "authKeys", "roles", "blueprints")) {
            assertThat(me.path(list).isArray()).as(list).isTrue();
        }
        for (var flag : List.of("isValid", "locked", "sudo", "is_valid", "account_locked",
                "password_locked")) {
            assertThat(me.path(flag).isBoolean()).as(flag).isTrue();
        }
        assertThat(me.path("uid").canConvertToLong()).isTrue();
        assertThat(me.path("expiresAt").isNull()).isTrue();
        assertThat(me.has("password")).isFalse();
    }

    @Test
    void aMemberSeesNobodyElseAndLearnsNoNames() {
        var ann = resident("pers-ann");
        resident("pers-bob");
        for (var part : PARTS) {
            var known = ann.get("/api/v1/users/pers-bob/" + part);
            var unknown = ann.get("/api/v1/users/pers-none/" + part);
            assertThat(known.status()).as(part).isEqualTo(403);
            assertThat(unknown.status()).as(part).isEqualTo(403);
            assertThat(unknown.json()).isEqualTo(known.json());
        }
        assertThat(ann.get("/api/v1/sessions?username=pers-bob").status()).isEqualTo(403);
        assertThat(ann.patch("/api/v1/users/pers-bob/profile", Map.of("fullname", "x")).status())
                .isEqualTo(403);
    }

    @Test
    void whoAdministersSeesTheOrganizationsPeople() {
        var boss = resident("pers-boss");
        promote(boss);
        resident("pers-bob");
        for (var part : PARTS) {
            assertThat(boss.get("/api/v1/users/pers-bob/" + part).status()).isEqualTo(200);
            assertThat(boss.get("/api/v1/users/pers-none/" + part).status()).isEqualTo(404);
        }
        assertThat(boss.get("/api/v1/me/profile").json().at("/roles").toString())
                .isEqualTo("[\"org-admin\"]");
        assertThat(boss.get("/api/v1/users").json().findValuesAsText("username"))
                .contains("pers-boss", "pers-bob");

        var gone = resident("pers-gone");
        assertThat(operator().delete("/v1/regions/global/iam/users/" + Residents.id(gone))
                .status()).isEqualTo(204);
        assertThat(boss.get("/api/v1/users/pers-gone/profile").status())
                .as("who left is not the organization's").isEqualTo(404);
        assertThat(boss.get("/api/v1/users").json().findValuesAsText("username"))
                .doesNotContain("pers-gone");
        assertThat(operator().get("/api/v1/users/pers-gone/profile").status()).isEqualTo(200);
        assertThat(operator().get("/api/v1/users").json().findValuesAsText("username"))
                .contains("pers-gone");
    }

    @Test
    void peopleAreRenamed() {
        var cid = resident("pers-cid");
        assertThat(cid.patch("/api/v1/me/profile", Map.of("fullname", "Cid C.")).text("/fullname"))
                .isEqualTo("Cid C.");
        var empty = cid.patch("/api/v1/me/profile", Map.of("fullname", " "));
        assertThat(empty.status()).isEqualTo(400);
        assertThat(empty.text("/msg")).contains("fullname");
        assertThat(operator().patch("/api/v1/users/pers-cid/profile", Map.of("fullname", "Cid"))
                .text("/fullname")).isEqualTo("Cid");
    }

    @Test
    void aHeaderWinsOverACookieWhichIsNeitherReadNorWritten() {
        var login = Visitor.of(server).post("/api/v1/auth/login",
                Map.of("username", name("pers-ann"), "password", "correct horse battery"));
        var cookie = login.header("Set-Cookie").split(";")[0];
        var browser = Visitor.of(server).with("Cookie", cookie);
        assertThat(browser.get("/api/v1/me/profile").status()).isEqualTo(200);
        var both = browser.as("k8sh_nothing");
        assertThat(both.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(browser.with("Authorization", "Basic eDp5").get("/api/v1/me/profile").status())
                .isEqualTo(401);
        var out = both.post("/api/v1/auth/logout", "");
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("Set-Cookie")).isNull();
        assertThat(browser.get("/api/v1/me/profile").status()).as("still in").isEqualTo(200);
        assertThat(browser.post("/api/v1/auth/logout", "").header("Set-Cookie"))
                .contains("Max-Age=0");
        assertThat(browser.post("/api/v1/auth/logout", "").status()).as("again").isEqualTo(204);
        assertThat(browser.get("/api/v1/me/profile").status()).isEqualTo(401);
    }

    private void promote(Visitor who) {
        var given = operator().patch("/v1/regions/global/iam/users/" + Residents.id(who),
                Map.of("roles", List.of("admin")));
        assertThat(given.status()).as(given.raw().body()).isEqualTo(200);
    }

    private String name(String who) {
        return resident(who).get("/api/v1/me/profile").text("/username");
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    private Visitor resident(String name) {
        return Residents.of(server).member(name);
    }
}
