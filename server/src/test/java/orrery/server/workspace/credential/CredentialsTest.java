package orrery.server.workspace.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people's tools sign in with: who gets at it, and what of it is seen.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class CredentialsTest {
    private static final String MINE = "/api/v1/me/credentials";
    private static final String SECRET = "canary-of-a-git-token";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    private Neighbours all;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
    }

    @Test
    void aSecretIsSealedHandedOutByExactScopeAndNotedWithoutIt() {
        var made = all.stranger().post(MINE + "/git",
                Map.of("scope", "git.example", "subject", "ann", "secret", SECRET));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.raw().body()).doesNotContain(SECRET);
        assertThat(made.json().path("id").isInt()).isTrue();
        var listed = all.stranger().get(MINE);
        assertThat(listed.json().findValuesAsText("serviceScope")).contains("git.example");
        assertThat(listed.raw().body()).doesNotContain("secret\"").doesNotContain(SECRET);

        var got = all.stranger().get(MINE + "/git?scope=git.example");
        assertThat(got.text("/secret")).isEqualTo(SECRET);
        assertThat(got.text("/subject")).isEqualTo("ann");
        assertThat(got.text("/credentialSource")).isEqualTo("stored");
        assertThat(got.json().path("expiresAt").isNull()).isTrue();
        assertThat(got.header("Cache-Control")).isEqualTo("no-store");
        for (var other : List.of("example", "git.example.org", "GIT.example", "x")) {
            assertThat(all.stranger().get(MINE + "/git?scope=" + other).status())
                    .as(other).isEqualTo(404);
        }
        assertThat(all.stranger().get(MINE + "/registry?scope=git.example").status())
                .isEqualTo(404);
        var kept = database.read(access.system("test"), tx -> tx.handle()
                .createQuery("select sealed_secret from credential where id = :id")
                .bind("id", made.json().path("id").asLong()).mapTo(byte[].class).one());
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
        var events = database.read(access.system("test"), tx -> tx.handle()
                .createQuery("select event::text from event where type = :type")
                .bind("type", "credential.resolved").mapTo(String.class).list());
        assertThat(events).isNotEmpty().allMatch(it -> !it.contains(SECRET))
                .anyMatch(it -> it.contains("git.example"));
    }

    @Test
    void oneIsChangedSwitchedOffAndForgotten() {
        var who = all.stranger();
        var made = who.post(MINE + "/registry",
                Map.of("scope", "reg.example", "subject", "ann", "secret", "one"));
        var one = MINE + "/registry?id=" + made.text("/id");
        assertThat(who.post(MINE + "/registry", Map.of(
                "scope", "reg.example", "subject", "bob", "secret", "x")).status()).isEqualTo(409);
        assertThat(who.get(one).json().path(0).has("secret")).isFalse();
        assertThat(who.patch(one, Map.of("secret", "two")).status()).isEqualTo(200);
        assertThat(who.get(MINE + "/registry").text("/secret")).as("the only one")
                .isEqualTo("two");
        assertThat(who.patch(one, Map.of("active", false)).json().path("isActive").asBoolean())
                .isFalse();
        assertThat(who.get(MINE + "/registry?scope=reg.example").status()).isEqualTo(404);
        assertThat(who.delete(MINE + "/git?id=" + made.text("/id")).status())
                .as("of another service").isEqualTo(404);
        assertThat(who.delete(one).status()).isEqualTo(204);
        assertThat(who.delete(one).status()).isEqualTo(404);
    }

    @Test
    void nobodyElseGetsAtThem() {
        var mine = all.owner().post(MINE + "/git",
                Map.of("scope", "owner.example", "subject", "o", "secret", SECRET + "-2"));
        var id = mine.text("/id");
        var stranger = name(all.stranger());
        assertThat(all.stranger().get(MINE + "/git?scope=owner.example").status())
                .isEqualTo(404);
        assertThat(all.stranger().patch(MINE + "/git?id=" + id, Map.of("secret", "x")).status())
                .isEqualTo(404);
        var owners = "/api/v1/users/" + name(all.owner()) + "/credentials";
        assertThat(all.stranger().get(owners).status()).isEqualTo(403);
        assertThat(all.stranger().get(owners + "/git").status()).isEqualTo(403);
        var theirs = "/api/v1/users/" + stranger + "/credentials";
        assertThat(all.owner().get(theirs).status()).as("an operator sees that there are some")
                .isEqualTo(200);
        assertThat(all.owner().get(theirs + "/git?scope=git.example").status())
                .as("and no secret").isEqualTo(403);
        assertThat(all.owner().delete(theirs + "/git?id=1").status()).isEqualTo(403);
        assertThat(Visitor.of(server).get(MINE).status()).isEqualTo(401);
    }

    @Test
    void aTokenReachesTheServicesOfItsScopes() {
        all.owner().post(MINE + "/git",
                Map.of("scope", "scoped.example", "subject", "o", "secret", "s"));
        var git = token("creds-git", "user:read:credentials:git:self");
        assertThat(git.get(MINE + "/git?scope=scoped.example").status()).isEqualTo(200);
        assertThat(git.get(MINE + "/registry").status()).isEqualTo(403);
        assertThat(git.get(MINE).status()).isEqualTo(403);
        assertThat(git.delete(MINE + "/git?id=1").status()).isEqualTo(403);
        var profile = token("creds-none", "user:read:profile");
        assertThat(profile.get(MINE + "/git?scope=scoped.example").status()).isEqualTo(403);
        var both = token("creds-all", "user:read:credentials:*:self");
        assertThat(both.get(MINE).status()).isEqualTo(200);
    }

    @Test
    void aClusterMakesATokenForWhoAdministersIt() throws Exception {
        var asked = Map.of("scope", "home/default", "subject", "default");
        assertThat(all.stranger().post(MINE + "/kubernetes", asked).status()).isEqualTo(404);
        var made = all.owner().post(MINE + "/kubernetes", asked);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var got = all.owner().get(MINE + "/kubernetes?scope=home/default");
        assertThat(got.status()).as(got.raw().body()).isEqualTo(200);
        assertThat(got.text("/credentialSource")).isEqualTo("kubernetes");
        assertThat(SignedJWT.parse(got.text("/secret")).getJWTClaimsSet().getSubject())
                .isEqualTo("system:serviceaccount:default:default");
        assertThat(Instant.parse(got.text("/expiresAt")))
                .isBetween(Instant.now().plus(Duration.ofMinutes(10)),
                        Instant.now().plus(Duration.ofMinutes(61)));
        all.owner().patch(MINE + "/kubernetes?id=" + made.text("/id"),
                Map.of("subject", "nobody-there"));
        assertThat(all.owner().get(MINE + "/kubernetes?scope=home/default").status())
                .isEqualTo(404);
    }

    @Test
    void namesWhatIsWrong() {
        var who = all.owner();
        assertThat(who.get(MINE + "/ftp").text("/msg")).contains("git, registry or kubernetes");
        var empty = who.post(MINE + "/git", Map.of("scope", "", "subject", "a b"));
        assertThat(empty.status()).isEqualTo(400);
        assertThat(who.post(MINE + "/git", Map.of("scope", "h", "subject", "s")).text("/msg"))
                .contains("secret");
        assertThat(who.post(MINE + "/kubernetes", Map.of("scope", "home/x", "subject", "s",
                "secret", "x")).text("/msg")).contains("secret");
        assertThat(who.post(MINE + "/kubernetes", Map.of("scope", "home", "subject", "s"))
                .text("/msg")).contains("cluster/namespace");
        assertThat(who.patch(MINE + "/git", Map.of("secret", "x")).text("/msg")).contains("id");
    }

    private Visitor token(String name, String scope) {
        var made = all.owner().post("/api/v1/me/tokens",
                Map.of("name", name, "scopes", List.of(scope)));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return Visitor.of(server).as(made.text("/token"));
    }

    private static String name(Visitor who) {
        return who.get("/api/v1/me/profile").text("/username");
    }
}
