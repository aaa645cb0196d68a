package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.secret.Sealing;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What is taken away at one server counts for nothing there from the answer on, and for nothing at
/// the other within a second.
///
/// The second is no guess: a server that its database has not told of the epochs for a second asks
/// for them. So a request that begins a second after the answer must be refused, however busy the
/// machine is.
class RevocationsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final String GLOBAL = "/v1/regions/global";
    private static final String AUTH = GLOBAL + "/auth";
    private static final String IAM = GLOBAL + "/iam";
    private static final String ME = AUTH + "/me";
    private static final String PASSWORD = "tallow finch 7";
    private static final String VERIFIER = "v".repeat(43);
    private static final String CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM";
    private static final Pattern INTERACTION =
            Pattern.compile("name=\"interaction\" value=\"([^\"]*)\"");

    private final Map<String, Long> figures = new TreeMap<>();
    private int first;
    private int second;
    private int count;
    private Caller operator;
    private String organization;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void whatIsTakenAwayAtOneServerIsRefusedByBoth() throws Exception {
        try (var postgres = EmbeddedPostgres.start(folder.resolve("postgres").toAbsolutePath())) {
            var address = postgres.address();
            var key = folder.resolve("sealing-key").toAbsolutePath();
            Sealing.openOrCreate(key);
            try (var installation = new Installation(folder, Map.of(
                    "ORRERY_DATABASE_URL", address.url().replaceFirst("^jdbc:postgresql://",
                            "postgresql://" + address.user() + ":" + address.password() + "@"),
                    "ORRERY_SEALING_KEY_FILE", key.toString(),
                    "ORRERY_LIMIT_REQUESTS", "100000",
                    "ORRERY_LIMIT_REQUESTS_UNKNOWN", "100000"))) {
                first = Installation.freePort();
                second = Installation.freePort();
                try (var one = installation.server(first);
                        var two = installation.server(second)) {
                    settle();
                    tokens();
                    keys();
                    sessions();
                    families();
                    accounts();
                    policies();
                    suspensions();
                }
            }
        }
        figures.forEach((what, millis) ->
                System.out.println("refused elsewhere after " + millis + " ms: " + what));
        assertThat(figures).hasSizeGreaterThanOrEqualTo(20);
    }

    private void settle() {
        var code = Caller.NOBODY.ask(first, "GET", "/setup", null).path("code").asText();
        operator = register("op", "setupCode", code);
        organization = operator.ask(first, "GET", ME, null).at("/data/organization/id").asText();
    }

    private void tokens() {
        var robot = account(Map.of("scope", "organization", "scopeId", organization));
        var token = robot.token(first);
        isEnded("access token, revoked", token, home(organization),
                () -> operator.ask(first, "POST", AUTH + "/revoke", Map.of("token",
                        token.credential().substring("Bearer ".length()))));
        var person = person();
        var made = person.ask(first, "POST", "/api/v1/me/tokens",
                Map.of("name", "t", "scopes", List.of("*")));
        isEnded("personal token, deleted", Caller.with(made.path("token").asText()),
                "/api/v1/me/profile", () -> person.send(first, "DELETE",
                        "/api/v1/me/tokens/" + made.path("id").asText(), null));
    }

    private void keys() {
        var person = person();
        var made = key(person);
        var key = Caller.with(made.path("secret").asText());
        var got = Caller.with(Caller.NOBODY.ask(first, "POST", AUTH + "/token", Map.of(
                "grant_type", "api_key", "api_key", made.path("secret").asText()))
                .at("/data/access_token").asText());
        areEnded(Map.of("API key, deleted", port -> key.status(port, GLOBAL + "/projects"),
                "token of an API key, deleted", port -> got.status(port, GLOBAL + "/projects"),
                "exchange of an API key, deleted", port -> Caller.NOBODY.send(port, "POST",
                        AUTH + "/token", Map.of("grant_type", "api_key", "api_key",
                                made.path("secret").asText())).statusCode()),
                () -> person.send(first, "DELETE", IAM + "/apikeys/" + made.path("id").asText(),
                        null));
    }

    private void sessions() {
        var person = person();
        var name = email();
        var other = login(name);
        var id = other.ask(first, "GET", AUTH + "/session", null).at("/data/id").asText();
        isEnded("session, ended by its person", other, ME,
                () -> person.send(first, "DELETE", AUTH + "/sessions/" + id, null));
        assertThat(other.send(second, "POST", "/v1/api/auth/refresh", null).statusCode())
                .isEqualTo(401);
        var browser = new Caller("Cookie", signIn(name));
        isEnded("session of a browser, signed out", browser, "/api/v1/me/profile",
                () -> browser.send(first, "POST", "/api/v1/auth/logout", null));
        var changed = login(name);
        isEnded("session, whose person has a new password", changed, ME,
                () -> login(name).send(first, "PUT", "/v1/api/profile/password", Map.of(
                        "currentPassword", PASSWORD, "newPassword", "another finch 8")));
    }

    /// An application's tokens, of which a refresh token is used twice.
    private void families() {
        person();
        var client = operator.ask(first, "POST", IAM + "/clients", Map.of(
                "organizationId", organization, "displayName", "App", "authentication", "none",
                "redirectUris", List.of("https://app.example.com/cb")))
                .at("/data/client/id").asText();
        var old = token(Map.of("grant_type", "authorization_code", "client_id", client,
                "code", code(client), "redirect_uri", "https://app.example.com/cb",
                "code_verifier", VERIFIER));
        var again = Map.of("grant_type", "refresh_token", "client_id", client,
                "refresh_token", old.path("refresh_token").asText());
        var now = token(again);
        isEnded("family, of which a token was used twice",
                Caller.with(now.path("access_token").asText()), "/oauth2/userinfo",
                () -> assertThat(Caller.NOBODY.form(first, AUTH + "/token", again).statusCode())
                        .isEqualTo(400));
        assertThat(Caller.NOBODY.form(second, AUTH + "/token", Map.of(
                "grant_type", "refresh_token", "client_id", client,
                "refresh_token", now.path("refresh_token").asText())).statusCode())
                .isEqualTo(400);
    }

    private JsonNode token(Map<String, String> fields) {
        return Caller.json(Caller.NOBODY.form(first, AUTH + "/token", fields));
    }

    /// What a browser brings back, in which whoever registered last has signed in and allowed.
    private String code(String client) {
        var browser = new Caller("Cookie", signIn(email()));
        var page = browser.send(first, "GET", "/oauth2/authorize?response_type=code&scope=openid"
                + "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&client_id=" + client
                + "&code_challenge_method=S256&code_challenge=" + CHALLENGE, null);
        var form = INTERACTION.matcher(page.body());
        assertThat(form.find()).as(page.body()).isTrue();
        var cookies = new StringBuilder(browser.credential());
        page.headers().allValues("Set-Cookie").forEach(
                it -> cookies.append("; ").append(it.split(";")[0]));
        var sent = new Caller("Cookie", cookies.toString()).form(first, "/oauth2/consent",
                Map.of("interaction", form.group(1), "answer", "allow"));
        return sent.headers().firstValue("Location").orElseThrow(
                () -> new AssertionError(sent.body())).replaceFirst(".*[?&]code=([^&]*).*", "$1");
    }

    /// The cookie of a browser's session.
    private String signIn(String name) {
        return Caller.NOBODY.send(first, "POST", "/api/v1/auth/login",
                Map.of("username", name, "password", PASSWORD)).headers()
                .firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    private void accounts() {
        var robot = account(Map.of("scope", "organization", "scopeId", organization));
        var token = robot.token(first);
        areEnded(Map.of("credential, deleted", robot::asks, "credential's token, deleted",
                port -> token.status(port, home(organization))), () -> operator.send(first,
                        "DELETE", robot.path() + "/credentials/" + robot.credential(), null));
        var disabled = account(Map.of("scope", "organization", "scopeId", organization));
        isEnded("service account, disabled", disabled.token(first), home(organization),
                () -> operator.ask(first, "PATCH", disabled.path(), Map.of("status", "disabled")));
    }

    private void policies() {
        var project = operator.ask(first, "POST", GLOBAL + "/projects", Map.of(
                "organizationId", organization, "name", "kept")).at("/data/id").asText();
        var path = GLOBAL + "/projects/" + project;
        var person = person();
        var user = id(person);
        var policy = give("viewer", "user", user, project);
        isEnded("policy, deleted", person, path,
                () -> operator.send(first, "DELETE", IAM + "/policies/" + policy, null));

        var group = operator.ask(first, "POST", IAM + "/groups", Map.of("displayName", "G"))
                .at("/data/id").asText();
        give("viewer", "group", group, project);
        operator.ask(first, "POST", IAM + "/groups/" + group + "/members", Map.of("userId", user));
        isEnded("group, left", person, path, () -> operator.send(first, "DELETE",
                IAM + "/groups/" + group + "/members/" + user, null));

        var role = operator.ask(first, "POST", IAM + "/roles", Map.of("displayName", "R",
                "permissions", List.of("org.projects.get"))).at("/data/id").asText();
        give(role, "user", user, project);
        isEnded("role, changed", person, path, () -> operator.ask(first, "PATCH",
                IAM + "/roles/" + role, Map.of("permissions", List.of("org.quotas.get"))));

        operator.ask(first, "PATCH", path, Map.of("visibility", "org"));
        isEnded("project, made private", person, path, () -> operator.ask(first, "PATCH", path,
                Map.of("visibility", "private")));
    }

    private void suspensions() {
        var person = person();
        var key = Caller.with(key(person).path("secret").asText());
        var personal = Caller.with(person.ask(first, "POST", "/api/v1/me/tokens",
                Map.of("name", "t", "scopes", List.of("*"))).path("token").asText());
        areEnded(Map.of("person, suspended: session", port -> person.status(port, ME),
                "person, suspended: API key", port -> key.status(port, GLOBAL + "/projects"),
                "person, suspended: personal token",
                port -> personal.status(port, "/api/v1/me/profile")),
                () -> operator.ask(first, "PATCH", IAM + "/users/" + id(person),
                        Map.of("status", "suspended")));
        var closed = person();
        isEnded("account, disabled", closed, ME, () -> operator.ask(first, "PATCH",
                IAM + "/users/" + id(closed) + "?orgId=%2A", Map.of("status", "disabled")));

        var other = operator.ask(first, "POST", GLOBAL + "/organizations",
                Map.of("name", "other")).at("/data/id").asText();
        var robot = account(Map.of("scope", "organization", "scopeId", other));
        var token = robot.token(first);
        areEnded(Map.of("organization, suspended: token", port -> token.status(port, home(other)),
                "organization, suspended: credential", robot::asks),
                () -> operator.ask(first, "PATCH", GLOBAL + "/organizations/" + other,
                        Map.of("state", "suspended")));
    }

    private void isEnded(String what, Caller caller, String path, Runnable end) {
        areEnded(Map.of(what, port -> caller.status(port, path)), end);
    }

    /// @param asks the status of what is asked for at a server; by what is ended
    private void areEnded(Map<String, IntUnaryOperator> asks, Runnable end) {
        asks.forEach((what, ask) -> {
            assertThat(ask.applyAsInt(first)).as("%s, here, before", what).isEqualTo(200);
            // What was given a moment ago may take its second to be known there.
            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() ->
                    assertThat(ask.applyAsInt(second)).as("%s, there, before", what)
                            .isEqualTo(200));
        });
        end.run();
        long answered = System.nanoTime();
        asks.forEach((what, ask) -> {
            long asked = System.nanoTime();
            while (!isRefusal(ask.applyAsInt(second))) {
                assertThat(asked - answered).as("%s: ns after the answer it still counts there",
                        what).isLessThan(SECOND);
                asked = System.nanoTime();
            }
            figures.put(what, (asked - answered) / 1_000_000);
        });
        asks.forEach((what, ask) -> assertThat(isRefusal(ask.applyAsInt(first)))
                .as("%s: refused here", what).isTrue());
    }

    private static boolean isRefusal(int status) {
        assertThat(status).isIn(200, 400, 401, 403, 404);
        return status != 200;
    }

    /// A service account and its one credential.
    private record Robot(String path, String client, String credential, String secret) {
        Caller token(int port) {
            return Caller.with(Caller.json(ask(port)).at("/access_token").asText());
        }

        int asks(int port) {
            return ask(port).statusCode();
        }

        private HttpResponse<String> ask(int port) {
            return Caller.NOBODY.form(port, AUTH + "/token", Map.of("grant_type",
                    "client_credentials", "client_id", client, "client_secret", secret));
        }
    }

    private Robot account(Map<String, Object> where) {
        var asked = new TreeMap<String, Object>(where);
        asked.putAll(Map.of("displayName", "Robot", "roles", List.of("admin")));
        var made = operator.ask(first, "POST", IAM + "/service-accounts", asked).path("data");
        var path = IAM + "/service-accounts/" + made.path("id").asText();
        var credential = operator.ask(first, "POST", path + "/credentials", Map.of()).path("data");
        return new Robot(path, made.path("clientId").asText(), credential.path("id").asText(),
                credential.path("clientSecret").asText());
    }

    private JsonNode key(Caller person) {
        return person.ask(first, "POST", IAM + "/apikeys", Map.of("displayName", "Key",
                "scope", "organization", "scopeId", organization)).path("data");
    }

    private String give(String role, String kind, String holder, String project) {
        return operator.ask(first, "POST", IAM + "/policies", Map.of("role", role,
                "principal", Map.of("type", kind, "id", holder),
                "scope", Map.of("type", "project", "resource", project))).at("/data/id").asText();
    }

    private Caller person() {
        count++;
        return register(email().split("@")[0], "inviteCode", operator.ask(first, "GET",
                "/v1/api/settings/invite-code", null).path("inviteCode").asText());
    }

    /// Of who registered last.
    private String email() {
        return "p" + count + "@example.com";
    }

    private Caller register(String name, String codeName, String code) {
        return Caller.with(Caller.NOBODY.ask(first, "POST", "/v1/api/auth/register", Map.of(
                "email", name + "@example.com", "password", PASSWORD, "name", name,
                codeName, code)).path("token").asText());
    }

    private Caller login(String email) {
        return Caller.with(Caller.NOBODY.ask(first, "POST", "/v1/api/auth/login", Map.of(
                "email", email, "password", PASSWORD)).path("token").asText());
    }

    /// What a service account of an organization may look at.
    private static String home(String organization) {
        return GLOBAL + "/organizations/" + organization;
    }

    private String id(Caller who) {
        return who.ask(first, "GET", ME, null).at("/data/user/id").asText();
    }
}
