package orrery.server.auth.personaltoken;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.tenancy.project.TenancyTest;
import org.junit.jupiter.api.Test;

/// Personal tokens on the wire: made, narrowed, renewed, revoked, and seen by nobody else.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class PersonalTokensTest {
    private static final String TOKENS = "/api/v1/me/tokens";
    private static final String PROFILE = "/api/v1/me/profile";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void aTokenIsShownOnceAndKeptAsItsHash() {
        var ann = resident("pat-ann");
        var made = make(ann, "laptop", "*");
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        var secret = made.text("/token");
        assertThat(secret).matches("k8sh_[A-Za-z0-9_-]{43}");
        var listed = ann.get(TOKENS);
        assertThat(listed.raw().body()).doesNotContain(secret);
        assertThat(listed.text("/0/preview")).isEqualTo(secret.substring(0, 13));
        var hash = database.read(access.system("test"), tx -> tx.handle()
                .createQuery("select hash from personal_token where id = :id")
                .bind("id", made.text("/id")).mapTo(byte[].class).one());
        assertThat(hash).isEqualTo(RandomSecrets.hash(secret));
        assertThat(as(secret).get(PROFILE).text("/username")).isEqualTo("pat-ann");
        assertThat(ann.get(TOKENS).json().at("/0/last_used_at").isNull()).isFalse();
    }

    @Test
    void aNameIsGivenOnce() {
        var bea = resident("pat-bea");
        make(bea, "one", "*");
        assertThat(make(bea, "one", "*").status()).isEqualTo(409);
        assertThat(make(resident("pat-cid"), "one", "*").status()).isEqualTo(201);
        var two = make(bea, "two", "*").text("/id");
        assertThat(bea.patch(TOKENS + "/" + two, Map.of("name", "one")).status()).isEqualTo(409);
    }

    @Test
    void refusesScopesThatThereAreNotByName() {
        var refused = make(resident("pat-ann"), "x", "workspace:list", "workspace:fly", "*:self");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/msg")).contains("workspace:fly").contains("*:self");
        assertThat(make(resident("pat-ann"), "x").status()).as("none at all").isEqualTo(400);
        assertThat(resident("pat-ann").post(TOKENS, Map.of("name", "", "scopes", List.of("*")))
                .text("/msg")).contains("name");
    }

    @Test
    void aTokenOnlyNarrows() {
        var dan = resident("pat-dan");
        var lists = as(make(dan, "lists", "workspace:list").text("/token"));
        assertThat(lists.get("/api/v1/workspaces").status()).isEqualTo(200);
        var refused = lists.get(PROFILE);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/msg")).contains("user:read:profile");
        assertThat(lists.get(TOKENS).status()).isEqualTo(403);
        assertThat(lists.delete("/api/v1/workspaces/none").status())
                .as("the permission is there, the scope is not").isEqualTo(403);
        var all = as(make(dan, "all", "*").text("/token"));
        assertThat(all.get("/api/v1/users/pat-ann/tokens").status())
                .as("the scope is there, the permission is not").isEqualTo(403);
        assertThat(all.get("/api/v1/users/pat-nobody/tokens").status()).isEqualTo(403);
        var own = as(make(dan, "own", "token:read:self").text("/token"));
        assertThat(own.get("/api/v1/users/pat-dan/tokens").status()).isEqualTo(200);
        assertThat(own.get(TOKENS).status()).isEqualTo(200);
    }

    @Test
    void opensTheWorkspaceFamilyAlone() {
        var token = as(make(operator(), "everything", "*").text("/token"));
        assertThat(token.get(PROFILE).status()).isEqualTo(200);
        assertThat(token.get("/v1/regions/global/auth/me").status()).isEqualTo(403);
        assertThat(token.get("/v1/regions/global/organizations").status()).isEqualTo(403);
        assertThat(token.get("/v1/api/profile").status()).isEqualTo(403);
    }

    @Test
    void makesNothingWiderThanItself() {
        var eva = resident("pat-eva");
        var maker = make(eva, "maker", "token:*", "user:read:*:self");
        var narrow = as(maker.text("/token"));
        var wider = make(narrow, "wider", "*");
        assertThat(wider.status()).isEqualTo(422);
        assertThat(wider.text("/msg")).contains("not good for *");
        assertThat(make(narrow, "same", "user:read:profile:self").status()).isEqualTo(201);
        var late = new HashMap<String, Object>(Map.of("name", "late",
                "scopes", List.of("token:read"),
                "expires_at", Instant.now().plus(200, ChronoUnit.DAYS)));
        assertThat(narrow.post(TOKENS, late).status()).as("outlives its maker").isEqualTo(400);
        var all = make(eva, "all", "*").text("/id");
        assertThat(narrow.patch(TOKENS + "/" + all, Map.of("renew", true)).status())
                .isEqualTo(422);
        assertThat(narrow.patch(TOKENS + "/" + all, Map.of("active", false)).status())
                .as("to revoke is never more").isEqualTo(200);
    }

    @Test
    void whoActsForAPersonMakesNone() {
        var key = operator().post("/v1/regions/global/iam/apikeys",
                Map.of("displayName", "k", "scope", "platform")).text("/data/secret");
        assertThat(make(as(key), "x", "*").status()).isEqualTo(403);
    }

    @Test
    void itEndsAtItsTimeAndNoLaterThanAYear() {
        var ann = resident("pat-ann");
        var usual = Instant.parse(make(ann, "usual", "*").text("/expires_at"));
        assertThat(usual).isBetween(
                Instant.now().plus(89, ChronoUnit.DAYS), Instant.now().plus(91, ChronoUnit.DAYS));
        for (var wrong : List.of(Instant.now().plus(400, ChronoUnit.DAYS),
                Instant.now().minusSeconds(5))) {
            var refused = ann.post(TOKENS, Map.of(
                    "name", "long", "scopes", List.of("*"), "expires_at", wrong));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("/msg")).contains("expires_at");
        }
        var made = make(ann, "short", "*");
        assertThat(as(made.text("/token")).get(PROFILE).status()).isEqualTo(200);
        database.write(access.system("test"), tx -> tx.handle().execute("update personal_token"
                + " set expires_at = now() - interval '1 second' where id = ?",
                made.text("/id")));
        // The credential is remembered with the time that it had; a change forgets that.
        ann.patch(TOKENS + "/" + make(ann, "other", "*").text("/id"), Map.of("name", "other 2"));
        assertThat(as(made.text("/token")).get(PROFILE).status()).isEqualTo(401);
    }

    @Test
    void itLastsNoLongerThanTheOrganizationAllowsForKeys() {
        var organization = "/v1/regions/global/organizations/"
                + Residents.of(server).organization();
        var settings = operator().patch(organization,
                Map.of("settings", Map.of("apiKeyMaxTtlDays", 7)));
        assertThat(settings.status()).as(settings.raw().body()).isEqualTo(200);
        try {
            var ann = resident("pat-ann");
            assertThat(Instant.parse(make(ann, "week", "*").text("/expires_at")))
                    .isBefore(Instant.now().plus(8, ChronoUnit.DAYS));
            assertThat(ann.post(TOKENS, Map.of("name", "month", "scopes", List.of("*"),
                    "expires_at", Instant.now().plus(30, ChronoUnit.DAYS))).status())
                    .isEqualTo(400);
        } finally {
            var free = new HashMap<String, Object>();
            free.put("apiKeyMaxTtlDays", null);
            operator().patch(organization, Map.of("settings", free));
        }
    }

    @Test
    void revokedRenewedAndDeletedAtOnce() {
        var fay = resident("pat-fay");
        var made = make(fay, "work", "*");
        var path = TOKENS + "/" + made.text("/id");
        var old = as(made.text("/token"));
        assertThat(old.get(PROFILE).status()).isEqualTo(200);
        assertThat(fay.patch(path, Map.of("active", false)).json().path("active").asBoolean())
                .isFalse();
        assertThat(old.get(PROFILE).status()).isEqualTo(401);
        assertThat(fay.patch(path, Map.of("active", true)).status())
                .as("a secret that was given up does not come back").isEqualTo(409);
        var renewed = fay.patch(path, Map.of("renew", true));
        assertThat(renewed.text("/id")).isEqualTo(made.text("/id"));
        assertThat(old.get(PROFILE).status()).isEqualTo(401);
        var now = as(renewed.text("/token"));
        assertThat(now.get(PROFILE).status()).isEqualTo(200);
        assertThat(resident("pat-ann").delete(path).status()).as("another's").isEqualTo(404);
        assertThat(fay.delete(path).status()).isEqualTo(204);
        assertThat(now.get(PROFILE).status()).isEqualTo(401);
    }

    @Test
    void whoAdministersMayEndItAndLearnsNoSecret() {
        var gil = resident("pat-gil");
        var made = make(gil, "work", "*");
        var theirs = "/api/v1/users/pat-gil/tokens";
        assertThat(operator().get(theirs).text("/0/name")).isEqualTo("work");
        var one = theirs + "/" + made.text("/id");
        assertThat(operator().patch(one, Map.of("renew", true)).status()).isEqualTo(403);
        assertThat(makeAt(operator(), theirs, "x", "*").status()).isEqualTo(403);
        assertThat(operator().delete(one).status()).isEqualTo(204);
        assertThat(as(made.text("/token")).get(PROFILE).status()).isEqualTo(401);
    }

    @Test
    void suspensionSilencesItAndComingBackDoesNot() {
        var hal = resident("pat-hal");
        var token = as(make(hal, "work", "*").text("/token"));
        var user = "/v1/regions/global/iam/users/" + Residents.id(hal);
        assertThat(token.get(PROFILE).status()).isEqualTo(200);
        assertThat(operator().patch(user, Map.of("status", "suspended")).status()).isEqualTo(200);
        assertThat(token.get(PROFILE).status()).isEqualTo(401);
        operator().patch(user, Map.of("status", "active"));
        assertThat(token.get(PROFILE).status()).isEqualTo(200);
        operator().delete(user);
        assertThat(token.get(PROFILE).status()).as("who left has none").isEqualTo(401);
    }

    @Test
    void guessesAreAllRefusedAlike() {
        var right = make(resident("pat-ann"), "guessed", "*").text("/token");
        for (var wrong : List.of("k8sh_", "k8sh_x", right.substring(0, 47), right + "A",
                right.toUpperCase(java.util.Locale.ROOT), "k8sh_" + "A".repeat(43))) {
            var refused = as(wrong).get(PROFILE);
            assertThat(refused.status()).as(wrong).isEqualTo(401);
            assertThat(refused.text("/msg")).isEqualTo("Unauthorized");
        }
    }

    private static Visitor.Heard make(Visitor who, String name, String... scopes) {
        return makeAt(who, TOKENS, name, scopes);
    }

    private static Visitor.Heard makeAt(
            Visitor who, String path, String name, String... scopes) {
        return who.post(path, Map.of("name", name, "scopes", List.of(scopes)));
    }

    private Visitor as(String secret) {
        return Visitor.of(server).as(secret);
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    private Visitor resident(String name) {
        return Residents.of(server).member(name);
    }
}
