package orrery.server.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import orrery.server.FreshServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// From an empty server to people of two kinds. The order is the story's.
@QuarkusTest
@TestProfile(FreshServer.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RegistrationTest {
    private static final String REGISTER = "/v1/api/auth/register";
    private static final String LOGIN = "/v1/api/auth/login";
    private static String founderEmail = "";
    private static String founder = "";

    @TestHTTPResource
    URI server;

    @Test
    @Order(1)
    void waitsForItsFirstAccount() {
        var methods = visitor().get("/v1/api/auth/methods");
        assertThat(methods.json().at("/builtin/firstUser").asBoolean()).isTrue();
        assertThat(methods.json().at("/builtin/enabled").asBoolean()).isTrue();
        assertThat(methods.json().at("/providers").isArray()).isTrue();
    }

    @Test
    @Order(2)
    void refusesTheFirstAccountWithoutTheSetupCode() {
        assertThat(register("eve@example.com", Map.of()).status()).isEqualTo(403);
        var wrong = register("eve@example.com", Map.of("setupCode", "AAAA-AAAA-AAAA-AAAA"));
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.text("/error")).contains("setup code");
    }

    @Test
    @Order(3)
    void namesEveryMistake() {
        var answer = visitor().post(REGISTER,
                Map.of("email", "nobody", "password", "short", "name", " "));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/error")).contains("email must", "password must", "name must");
        assertThat(visitor().post(REGISTER, "{\"email\":1,\"name\":2}").text("/error"))
                .contains("email must be a string", "name must be a string",
                        "password is required");
    }

    @Test
    @Order(4)
    void ofTenWhoAreFirstAtOnceOneBecomesTheOperator() throws Exception {
        var code = visitor().get("/setup").text("/code");
        assertThat(code).isNotEmpty();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Visitor.Heard>>();
            for (int i = 0; i < 10; i++) {
                var email = "First." + i + "@Example.com";
                tasks.add(() -> register(email, Map.of(i(email), code)));
            }
            var heard = callers.invokeAll(tasks).stream().map(task -> task.resultNow()).toList();
            var made = heard.stream().filter(answer -> answer.status() == 201).toList();
            assertThat(made).hasSize(1);
            assertThat(heard).filteredOn(answer -> answer.status() != 201).hasSize(9)
                    .allMatch(answer -> answer.status() == 403);
            var winner = made.getFirst();
            founder = winner.text("/token");
            founderEmail = winner.text("/user/email");
            assertThat(winner.text("/user/role")).isEqualTo("admin");
            assertThat(winner.text("/user/id")).startsWith("usr_");
            assertThat(winner.text("/user/avatarUrl")).startsWith("https://www.gravatar.com/");
            assertThat(winner.text("/user/createdAt")).endsWith("Z");
        }
        assertThat(visitor().get("/setup").text("/state")).isEqualTo("done");
        assertThat(visitor().get("/v1/api/auth/methods").json().at("/builtin/firstUser")
                .asBoolean()).isFalse();
    }

    /// The setup code goes by either name.
    private static String i(String email) {
        return email.hashCode() % 2 == 0 ? "setupCode" : "inviteCode";
    }

    @Test
    @Order(5)
    void closesItselfAfterTheFirstAccount() {
        var answer = register("eve@example.com", Map.of("setupCode", "AAAA-AAAA-AAAA-AAAA"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text("/error")).isEqualTo("Valid invite code required");
        assertThat(register(founderEmail, Map.of()).status())
                .as("nobody learns who has an account").isEqualTo(403);
    }

    @Test
    @Order(6)
    void takesMembersWithTheInviteCode() {
        var code = visitor().as(founder).get("/v1/api/settings/invite-code").text("/inviteCode");
        assertThat(code).isNotEmpty().isEqualTo(visitor().as(founder)
                .get("/v1/api/settings/invite-code").text("/inviteCode"));
        var answer = register("Ann.Lee@example.com", Map.of("inviteCode", code));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("/user/role")).isEqualTo("user");

        var again = register("ANN.LEE@EXAMPLE.COM", Map.of("inviteCode", code));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/error")).isEqualTo("User already exists");

        var ann = visitor().as(answer.text("/token"));
        assertThat(ann.get("/v1/api/settings/invite-code").status()).isEqualTo(403);
        var me = ann.get("/api/v1/me/profile");
        assertThat(me.text("/username")).isEqualTo("ann-lee");
        assertThat(me.json().at("/roles").toString()).isEqualTo("[\"workspace-user\"]");
    }

    @Test
    @Order(7)
    void aCodeForOneUseIsUsedOnce() throws Exception {
        var admin = visitor().as(founder);
        assertThat(admin.put("/v1/api/settings/regenerate-setting",
                Map.of("regenerateAfterSignup", true)).status()).isEqualTo(200);
        var code = admin.get("/v1/api/settings/regenerate-setting").text("/inviteCode");
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 6; i++) {
                var email = "many" + i + "@example.com";
                tasks.add(() -> register(email, Map.of("inviteCode", code)).status());
            }
            assertThat(callers.invokeAll(tasks).stream().map(task -> task.resultNow()))
                    .containsExactlyInAnyOrder(201, 403, 403, 403, 403, 403);
        }
    }

    @Test
    @Order(8)
    void signsInByEMailInAnyCase() {
        var answer = visitor().post(LOGIN, Map.of(
                "email", founderEmail.toUpperCase(Locale.ROOT),
                "password", "tallow finch 7"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/user/authProvider").isTextual()).isTrue();
        assertThat(visitor().as(answer.text("/token")).get("/v1/api/profile").text("/user/email"))
                .isEqualTo(founderEmail);
    }

    @Test
    @Order(9)
    void locksANameAfterFiveWrongPasswordsWhetherItExistsOrNot() {
        for (var email : List.of("ann.lee@example.com", "nobody@example.com")) {
            for (int i = 0; i < 5; i++) {
                var wrong = visitor().post(LOGIN, Map.of("email", email, "password", "wrong" + i));
                assertThat(wrong.status()).isEqualTo(401);
                assertThat(wrong.text("/error")).isEqualTo("Invalid email or password");
            }
            var locked = visitor().post(LOGIN,
                    Map.of("email", email, "password", "tallow finch 7"));
            assertThat(locked.status()).isEqualTo(429);
            assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(1, 30);
        }
    }

    @Test
    @Order(10)
    void exchangesATokenForANewOneOnce() {
        var token = visitor().post(LOGIN,
                Map.of("email", founderEmail, "password", "tallow finch 7")).text("/token");
        var fresh = visitor().as(token).post("/v1/api/auth/refresh", "");
        assertThat(fresh.status()).isEqualTo(200);
        assertThat(fresh.text("/user/role")).isEqualTo("admin");
        assertThat(visitor().as(fresh.text("/token")).get("/v1/api/profile").status())
                .isEqualTo(200);
        var again = visitor().as(token).post("/v1/api/auth/refresh", "");
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.text("/error")).isEqualTo("Invalid token");

        assertThat(visitor().post("/v1/api/auth/refresh", "").text("/error"))
                .isEqualTo("Authorization header is required");
        assertThat(visitor().with("Authorization", "Basic eA==")
                .post("/v1/api/auth/refresh", "").text("/error"))
                .isEqualTo("Authorization header must start with 'Bearer '");
        assertThat(visitor().as("x.y.z").post("/v1/api/auth/refresh", "").status())
                .isEqualTo(401);
    }

    @Test
    @Order(11)
    void changesTheNameOfAProfile() {
        var admin = visitor().as(founder);
        assertThat(admin.put("/v1/api/profile", Map.of("name", "Ada")).text("/user/name"))
                .isEqualTo("Ada");
        assertThat(admin.put("/v1/api/profile", Map.of("name", "")).status()).isEqualTo(400);
        assertThat(visitor().get("/v1/api/profile").status()).isEqualTo(401);
    }

    @Test
    @Order(12)
    void signsABrowserInAndOut() {
        var answer = visitor().post("/api/v1/auth/login",
                Map.of("username", founderEmail, "password", "tallow finch 7"));
        assertThat(answer.status()).isEqualTo(200);
        var header = answer.header("Set-Cookie");
        assertThat(header).startsWith("k8shell-session=")
                .contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400");
        var browser = visitor().with("Cookie", header.substring(0, header.indexOf(';')));
        var me = browser.get("/api/v1/me/profile");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.text("/username")).matches("[a-z]([-a-z0-9]*[a-z0-9])?");
        assertThat(me.json().at("/isValid").asBoolean()).isTrue();
        assertThat(me.json().at("/roles").toString()).isEqualTo("[\"admin\",\"org-admin\"]");

        assertThat(visitor().post("/api/v1/auth/login", Map.of(
                "username", me.text("/username"), "password", "tallow finch 7")).status())
                .as("by username, too").isEqualTo(200);
        var out = browser.post("/api/v1/auth/logout", "");
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
        assertThat(browser.get("/api/v1/me/profile").status()).isEqualTo(401);
        assertThat(visitor().post("/api/v1/auth/logout", "").status()).isEqualTo(204);
        var wrong = visitor().post("/api/v1/auth/login",
                Map.of("username", "someone", "password", "tallow finch 7"));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.json().at("/status").asInt()).isEqualTo(401);
    }

    private Visitor.Heard register(String email, Map<String, String> more) {
        var body = new HashMap<String, Object>(Map.of(
                "email", email, "password", "tallow finch 7", "name", "Somebody"));
        body.putAll(more);
        return visitor().post(REGISTER, body);
    }

    private Visitor visitor() {
        return Visitor.of(server);
    }
}
