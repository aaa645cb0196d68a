package orrery.server.workspace.person;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;
import org.junit.jupiter.api.Test;

/// What people change about others in the workspace family, and who may not.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class PersonChangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String USERS = "/api/v1/users";
    private static final String CLOUD = "/v1/regions/global/iam/users/";
    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "tallow finch harbour";
    private static final Map<String, Object> ORG_ADMIN = Map.of("roles", List.of("org-admin"));
    private static final Map<String, Object> ADMIN = Map.of("roles", List.of("admin"));
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIGBgYGBgYGBgYGBgYGB"
            + "gYGBgYGBgYGBgYGBgYGBgYGB";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void whoIsLockedIsOutAtOnce() {
        var boss = boss();
        var dan = resident("chg-dan");
        var token = dan.post("/api/v1/me/tokens",
                Map.of("name", "x", "scopes", List.of("*"))).text("/token");
        var byToken = Visitor.of(server).as(token);
        assertThat(byToken.get("/api/v1/me/profile").status()).isEqualTo(200);

        var locked = boss.patch(USERS + "/chg-dan/profile", Map.of("locked", true));
        assertThat(locked.status()).as(locked.raw().body()).isEqualTo(200);
        assertThat(locked.json().path("locked").asBoolean()).isTrue();
        assertThat(locked.json().path("isValid").asBoolean()).isFalse();
        assertThat(dan.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(byToken.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(boss.get(USERS).json()).anySatisfy(it -> {
            assertThat(it.path("username").asText()).isEqualTo("chg-dan");
            assertThat(it.path("locked").asBoolean()).isTrue();
        });

        assertThat(boss.patch(USERS + "/chg-dan/profile", Map.of("locked", false))
                .json().path("locked").asBoolean()).isFalse();
        assertThat(dan.get("/api/v1/me/profile").status()).as("the session is over")
                .isEqualTo(401);
        assertThat(Residents.of(server).signedIn("chg-dan").get("/api/v1/me/profile").status())
                .isEqualTo(200);
    }

    @Test
    void nobodyLocksThoseAboveOrThemself() {
        var boss = boss();
        var lock = Map.of("locked", true);
        assertThat(resident("chg-eve").patch(USERS + "/chg-boss/profile", lock).status())
                .isEqualTo(403);
        assertThat(boss.patch(USERS + "/op/profile", lock).status()).as("an owner")
                .isEqualTo(403);
        assertThat(boss.patch("/api/v1/me/profile", lock).status()).isEqualTo(403);
        assertThat(boss.patch(USERS + "/chg-none/profile", lock).status()).isEqualTo(404);
        var profiles = Visitor.of(server).as(boss.post("/api/v1/me/tokens", Map.of("name", "p",
                "scopes", List.of("user:write:profile"))).text("/token"));
        assertThat(profiles.patch(USERS + "/chg-eve/profile", lock).text("/msg"))
                .contains("user:write:locked");
        assertThat(operator().get("/api/v1/me/profile").status()).isEqualTo(200);
    }

    @Test
    void rolesAreGivenByWhoHoldsThem() {
        var boss = boss();
        resident("chg-fay");
        var fay = USERS + "/chg-fay/roles";
        assertThat(resident("chg-eve").post(fay, ORG_ADMIN).status()).isEqualTo(403);
        assertThat(resident("chg-fay").post(fay, ORG_ADMIN).status()).isEqualTo(403);
        assertThat(boss.post(fay, ADMIN).status()).isEqualTo(403);
        assertThat(boss.post(fay, ORG_ADMIN).json().toString()).isEqualTo("[\"org-admin\"]");
        assertThat(boss.send("DELETE", fay, ORG_ADMIN).status())
                .as("admins build up, owners tear down").isEqualTo(403);
        assertThat(operator().send("DELETE", fay, ORG_ADMIN).json().toString())
                .isEqualTo("[\"workspace-user\"]");
        assertThat(operator().post(fay, ADMIN).json().toString())
                .isEqualTo("[\"admin\",\"org-admin\"]");
        assertThat(operator().send("DELETE", fay, ADMIN).json().toString())
                .isEqualTo("[\"workspace-user\"]");
        for (var wrong : List.of(List.of(), List.of("god"), List.of("admin", "org-admin"))) {
            assertThat(operator().post(fay, Map.of("roles", wrong)).text("/msg"))
                    .contains("roles");
        }
        assertThat(operator().send("DELETE", fay, Map.of("roles", List.of("workspace-user")))
                .status()).isEqualTo(400);
    }

    @Test
    void theLastOwnerAndTheLastOperatorStay() {
        var made = operator().post("/v1/regions/global/organizations", Map.of("name", "chg-lone"));
        assertThat(made.status()).isEqualTo(201);
        assertThat(operator().post(USERS, account("chg-chief", "chg-lone", "org-admin")).status())
                .isEqualTo(201);
        var chief = Residents.id(signIn("chg-chief", PASSWORD));
        var there = "?orgId=" + made.text("/data/id");
        assertThat(operator().patch(CLOUD + chief + there,
                Map.of("roles", List.of("owner"))).status()).isEqualTo(200);
        assertThat(operator().delete(CLOUD + Residents.id(operator()) + there).status())
                .isEqualTo(204);
        for (var who : List.of(signIn("chg-chief", PASSWORD), operator())) {
            assertThat(who.send("DELETE", USERS + "/chg-chief/roles", ORG_ADMIN).status())
                    .isEqualTo(409);
        }
        assertThat(operator().send("DELETE", USERS + "/op/roles", ADMIN).status()).isEqualTo(409);
        assertThat(operator().delete(CLOUD + Residents.id(operator()) + "?orgId=*").status())
                .isEqualTo(409);
        assertThat(operator().get("/api/v1/me/roles").text("/0")).isEqualTo("admin");
    }

    @Test
    void onesOwnPasswordNeedsTheOldOne() {
        var gus = resident("chg-gus");
        var elsewhere = signIn("chg-gus", PASSWORD);
        var path = "/api/v1/me/password";
        assertThat(gus.put(path, Map.of("password", OTHER)).text("/msg"))
                .contains("current_password");
        assertThat(gus.put(path, Map.of("password", OTHER, "current_password", "no"))
                .text("/msg")).contains("current_password");
        assertThat(gus.put(path, Map.of("password", "short", "current_password", PASSWORD))
                .status()).isEqualTo(400);
        assertThat(gus.put(path, Map.of("password", OTHER, "current_password", PASSWORD))
                .status()).isEqualTo(204);
        assertThat(gus.get("/api/v1/me/profile").status()).isEqualTo(200);
        assertThat(elsewhere.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(signIn("chg-gus", OTHER).get("/api/v1/me/profile").status()).isEqualTo(200);
    }

    @Test
    void anothersPasswordIsForWhoHoldsAllThatTheOtherHolds() {
        var hal = resident("chg-hal");
        var path = USERS + "/chg-hal/password";
        var wanted = Map.of("password", OTHER);
        assertThat(resident("chg-eve").put(path, wanted).status()).isEqualTo(403);
        assertThat(boss().put(path, wanted).status()).as("who administers one organization of many")
                .isEqualTo(403);
        assertThat(operator().put(path, Map.of("password", "chg-hal1")).status()).isEqualTo(400);
        assertThat(operator().put(path, wanted).status()).isEqualTo(204);
        assertThat(hal.get("/api/v1/me/profile").status()).as("signed out").isEqualTo(401);
        assertThat(signIn("chg-hal", OTHER).get("/api/v1/me/profile").status()).isEqualTo(200);

        var lesser = resident("chg-lesser");
        assertThat(operator().patch(CLOUD + Residents.id(lesser) + "?orgId=*",
                Map.of("roles", List.of("provider_admin"))).status()).isEqualTo(200);
        lesser = Residents.of(server).signedIn("chg-lesser");
        assertThat(lesser.put(USERS + "/op/password", wanted).status())
                .as("operators of less").isEqualTo(422);
        assertThat(lesser.post(USERS + "/op/keys", Map.of("keys", List.of(KEY))).status())
                .isEqualTo(422);
        assertThat(operator().get("/api/v1/me/profile").status()).isEqualTo(200);
    }

    @Test
    void aLockoutIsSeenAndEnded() {
        resident("chg-ian");
        var boss = boss();
        for (int i = 0; i < 5; i++) {
            login("chg-ian", "wrong");
        }
        assertThat(login("chg-ian", PASSWORD).status()).isEqualTo(429);
        var seen = boss.get(USERS + "/chg-ian/profile");
        assertThat(seen.json().path("password_locked").asBoolean()).isTrue();
        assertThat(seen.text("/password_locked_until")).startsWith("20");
        var path = USERS + "/chg-ian/password-lockout";
        assertThat(resident("chg-eve").delete(path).status()).isEqualTo(403);
        assertThat(resident("chg-ian").delete(path).status()).as("oneself").isEqualTo(403);
        assertThat(boss().delete(path).status()).isEqualTo(204);
        assertThat(login("chg-ian", PASSWORD).status()).isEqualTo(200);
        assertThat(boss().get(USERS + "/chg-ian/profile").json().path("password_locked")
                .asBoolean()).isFalse();
    }

    @Test
    void keysAreOnesOwn() {
        var jan = resident("chg-jan");
        var path = "/api/v1/me/keys";
        assertThat(jan.post(path, Map.of("keys", List.of(KEY + " a", "nonsense"))).text("/msg"))
                .contains("keys[1]");
        assertThat(jan.post(path, Map.of("keys", List.of(KEY + " a", KEY + " b"))).json()
                .toString()).as("the same key once").isEqualTo("[\"" + KEY + " a\"]");
        assertThat(jan.get(path + "?format=digest").text("/0")).startsWith("SHA256:");
        assertThat(jan.get(path + "?format=x").status()).isEqualTo(400);
        assertThat(jan.get("/api/v1/me/profile").text("/authKeys/0")).isEqualTo(KEY + " a");
        assertThat(boss().get(USERS + "/chg-jan/keys").json()).hasSize(1);
        var more = Map.of("keys", List.of(KEY));
        assertThat(boss().post(USERS + "/chg-jan/keys", more).status())
                .as("a key opens all that its person may open").isEqualTo(403);
        assertThat(boss().delete(USERS + "/chg-jan/keys/0").status()).isEqualTo(403);
        assertThat(resident("chg-eve").get(USERS + "/chg-jan/keys").status()).isEqualTo(403);
        assertThat(jan.delete(path + "/1").status()).isEqualTo(404);
        assertThat(jan.delete(path + "/0").status()).isEqualTo(204);
        assertThat(jan.get(path).json()).isEmpty();
    }

    @Test
    void operatorsMakeAccounts() {
        var asked = account("chg-kim", null, "workspace-user");
        assertThat(resident("chg-eve").post(USERS, asked).status()).isEqualTo(403);
        assertThat(boss().post(USERS, asked).status()).as("others invite").isEqualTo(403);
        var made = operator().post(USERS, asked);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.text("/username")).isEqualTo("chg-kim");
        assertThat(made.text("/roles/0")).isEqualTo("workspace-user");
        assertThat(signIn("chg-kim", PASSWORD).get(USERS).json()).hasSize(1);
        assertThat(operator().post(USERS, asked).status()).isEqualTo(409);
        assertThat(operator().post(USERS, account("Me", null, "org-admin")).text("/msg"))
                .contains("username");
        assertThat(operator().post(USERS, account("chg-lea", "chg-nowhere", "org-admin"))
                .status()).isEqualTo(404);
        assertThat(operator().post(USERS, account("chg-lea", null, "admin")).status())
                .isEqualTo(400);
        assertThat(operator().get(USERS + "/chg-lea/profile").status()).isEqualTo(404);
    }

    @Test
    void whoIsRemovedIsGoneWithTheirWorkspaces() {
        var boss = boss();
        var mia = resident("chg-mia");
        var ned = resident("chg-ned");
        workspace(mia, "chg-mia");
        workspace(ned, "chg-ned");
        assertThat(resident("chg-eve").delete(USERS + "/chg-mia").status()).isEqualTo(403);
        assertThat(boss.delete(USERS + "/op").status()).isEqualTo(403);
        assertThat(boss.delete(USERS + "/chg-boss").status()).as("oneself").isEqualTo(403);
        assertThat(boss.delete(USERS + "/chg-mia").status()).isEqualTo(204);
        assertThat(mia.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(boss.get(USERS + "/chg-mia/profile").status()).isEqualTo(404);
        assertThat(operator().send("DELETE", USERS + "/chg-ned",
                Map.of("preserveWorkspaces", true)).status()).isEqualTo(204);
        assertThat(ned.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(login("chg-ned", PASSWORD).status()).as("the account is closed")
                .isEqualTo(401);
        Awaitility.await().atMost(PATIENCE).until(() -> left("chg-mia") == 0);
        assertThat(left("chg-ned")).isEqualTo(1);
    }

    /// One on a cluster that is gone.
    private void workspace(Visitor owner, String name) {
        database.write(access.system("test"), tx -> tx.handle().execute("""
                insert into workspace (id, name, owner, username, organization, user_string,
                    blueprint, cluster, namespace, image, cpu, memory, status, message,
                    created_at, updated_at)
                select ?, ?, id, username, home_organization_id, username, 'base', 'cls_gone',
                       'x', 'x', '1', '1Gi', 'Stopped', '', now(), now()
                from iam_user where id = ?""", "wsp_" + name, name, Residents.id(owner)));
    }

    private int left(String name) {
        return database.read(access.system("test"), tx -> tx.handle().createQuery(
                "select count(*) from workspace where name = :name and deleted_at is null")
                .bind("name", name).mapTo(int.class).one());
    }

    private static Map<String, Object> account(String name, String organization, String role) {
        var all = new HashMap<String, Object>(Map.of("username", name,
                "email", name + "@example.com", "fullname", "Somebody", "password", PASSWORD,
                "roles", List.of(role)));
        if (organization != null) {
            all.put("organization", organization);
        }
        return all;
    }

    private Visitor.Heard login(String name, String password) {
        return Visitor.of(server).post("/api/v1/auth/login",
                Map.of("username", name, "password", password));
    }

    private Visitor signIn(String name, String password) {
        var answer = Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", name + "@example.com", "password", password));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return Visitor.of(server).as(answer.text("/token"));
    }

    /// Administers the organization that all here live in.
    private Visitor boss() {
        var boss = resident("chg-boss");
        var given = operator().patch(CLOUD + Residents.id(boss), Map.of("roles",
                List.of("admin")));
        assertThat(given.status()).as(given.raw().body()).isEqualTo(200);
        return boss;
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    private Visitor resident(String name) {
        return Residents.of(server).member(name);
    }
}
