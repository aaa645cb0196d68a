package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Visitor;
import orrery.server.auth.openid.Provider.App;

/// Sign-in without a browser, operators who act as others, and what people see of their sessions.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class DevicesAndSessionsTest {
    private static final App COMMAND_LINE = new App("orrery-cli", "");
    private static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    @Test
    void aDeviceGetsTokensOnceItsPersonTypedItsCode() {
        var begun = begin();
        assertThat(begun.text("/user_code")).matches("[B-Z]{4}-[B-Z]{4}");
        assertThat(begun.text("/verification_uri_complete"))
                .endsWith("?user_code=" + begun.text("/user_code"));
        assertThat(poll(begun).text("/error")).isEqualTo("authorization_pending");
        // On a busy machine the next question may come late enough.
        Awaitility.await().atMost(Duration.ofSeconds(60)).pollInSameThread()
                .until(() -> poll(begun).text("/error").equals("slow_down"));

        var browser = provider.browser();
        var page = browser.get("/oauth2/device");
        assertThat(page.isSignIn()).isTrue();
        assertThat(Provider.signIn(browser, page, Provider.MEMBER).body())
                .contains("Code that the device shows");
        assertThat(browser.get("/oauth2/device?user_code=BBBB-BBBB").body())
                .contains("No device waits");
        var typed = begun.text("/user_code").toLowerCase(Locale.ROOT)
                .replace("-", "%20");
        var ask = browser.get("/oauth2/device?user_code=" + typed);
        assertThat(ask.body()).contains("Orrery command line", "127.0.0.1");
        assertThat(browser.submit(ask, Map.of("answer", "allow")).body()).contains("Connected");

        var tokens = poll(begun);
        assertThat(tokens.status()).as(tokens.raw().body()).isEqualTo(200);
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get(Provider.AUTH + "/me").text("/data/user/email")).isEqualTo(Provider.MEMBER);
        assertThat(poll(begun).text("/error")).isEqualTo("invalid_grant");
        assertThat(browser.submit(ask, Map.of("answer", "allow")).body()).contains("too old");
    }

    @Test
    void aDeviceIsToldThatItsPersonSaidNo() {
        var begun = begin();
        var browser = provider.browser();
        var page = browser.get("/oauth2/device?user_code=" + begun.text("/user_code"));
        var ask = Provider.signIn(browser, page, Provider.MEMBER);
        browser.submit(ask, Map.of("answer", "deny"));
        assertThat(poll(begun).text("/error")).isEqualTo("access_denied");
        assertThat(provider.form("/oauth2/device_authorization",
                provider.app().proof()).text("/error")).isEqualTo("unauthorized_client");
        assertThat(provider.form("/oauth2/device_authorization", Map.of()).text("/error"))
                .isEqualTo("invalid_client");
    }

    private Visitor.Heard begin() {
        var begun = provider.form("/oauth2/device_authorization",
                Map.of("client_id", COMMAND_LINE.id(), "scope", "openid api"));
        assertThat(begun.status()).as(begun.raw().body()).isEqualTo(200);
        return begun;
    }

    private Visitor.Heard poll(Visitor.Heard begun) {
        return provider.token(Map.of("grant_type", DEVICE, "client_id", COMMAND_LINE.id(),
                "device_code", begun.text("/device_code")));
    }

    @Test
    void theCommandLineIsAskedForEachTime() {
        var browser = provider.browser();
        for (int i = 0; i < 2; i++) {
            var back = "http://127.0.0.1:" + (49_152 + i) + "/callback";
            var page = browser.get(Provider.authorize(COMMAND_LINE,
                    Map.of("redirect_uri", back, "scope", "openid api")));
            var consent = page.isSignIn()
                    ? Provider.signIn(browser, page, Provider.MEMBER) : page;
            assertThat(consent.body()).contains("runs on your own machine");
            var sent = browser.submit(consent, Map.of("answer", "allow"));
            assertThat(sent.location()).startsWith(back);
            var tokens = provider.exchange(COMMAND_LINE, sent.answer().get("code"),
                    Map.of("redirect_uri", back));
            assertThat(tokens.status()).as(tokens.raw().body()).isEqualTo(200);
        }
    }

    @Test
    void aTokenIsNarrowedAsAsked() throws Exception {
        var project = provider.member().get(Provider.AUTH + "/me").text("/data/projectId");
        var app = provider.app(Map.of("scopes", List.of("openid", "api")));
        var code = provider.code(provider.browser(), app, Map.of("scope", "api"));
        var tokens = provider.exchange(app, code, Map.of("scope_narrowing",
                "{\"scope\":\"project\",\"scopeId\":\"" + project + "\"}"));
        assertThat(tokens.status()).as(tokens.raw().body()).isEqualTo(200);
        var claims = SignedJWT.parse(tokens.text("/access_token")).getJWTClaimsSet();
        assertThat(claims.getClaim("scope_id")).isEqualTo(project);
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/v1/regions/global/organizations/" + provider.organization()).status())
                .isEqualTo(404);
        var asJson = provider.code(provider.browser(), app, Map.of("scope", "api"));
        var body = new HashMap<String, Object>(app.proof());
        body.putAll(Map.of("grant_type", "authorization_code", "code", asJson,
                "redirect_uri", Provider.CALLBACK, "code_verifier", Provider.VERIFIER,
                "scope_narrowing", Map.of("scope", "organization", "scopeId", "org_other")));
        assertThat(Visitor.of(provider.server()).post(Provider.AUTH + "/token", body)
                .text("/error/code")).isEqualTo("INVALID_SCOPE");
    }

    @Test
    void anOperatorActsAsAPersonForAWhile() throws Exception {
        var person = provider.member().get(Provider.AUTH + "/me").text("/data/user/id");
        var asked = Map.of("grant_type", EXCHANGE, "subject_token", person,
                "subject_token_type", "urn:orrery:params:oauth:token-type:user");
        var tokens = provider.operator().post(Provider.AUTH + "/token", asked);
        assertThat(tokens.status()).as(tokens.raw().body()).isEqualTo(200);
        assertThat(tokens.text("/data/issued_token_type")).endsWith(":access_token");
        var token = tokens.text("/data/access_token");
        var claims = SignedJWT.parse(token).getJWTClaimsSet();
        assertThat(claims.getSubject()).isEqualTo(person);
        assertThat(claims.getJSONObjectClaim("act")).containsKey("sub");
        var acting = Visitor.of(provider.server()).as(token);
        assertThat(acting.get(Provider.AUTH + "/me").text("/data/user/email"))
                .isEqualTo(Provider.MEMBER);
        assertThat(acting.get(Provider.AUTH + "/session").text("/data/actorId"))
                .isEqualTo(claims.getJSONObjectClaim("act").get("sub"));
        assertThat(acting.get(Provider.AUTH + "/sessions").status()).isEqualTo(403);
        assertThat(acting.post("/v1/regions/global/iam/apikeys", Map.of("displayName", "Kept",
                "scope", "organization", "scopeId", provider.organization())).status())
                .as("nothing outlives what was allowed").isEqualTo(403);
        assertThat(acting.post(Provider.AUTH + "/token", asked).status())
                .as("who acts as another names no third").isIn(400, 403);

        assertThat(provider.member().post(Provider.AUTH + "/token", asked).status())
                .isEqualTo(403);
        assertThat(Visitor.of(provider.server()).post(Provider.AUTH + "/token", asked).status())
                .isEqualTo(401);
        var self = provider.operator().get(Provider.AUTH + "/me").text("/data/user/id");
        var other = new HashMap<>(asked);
        other.put("subject_token", self);
        assertThat(provider.operator().post(Provider.AUTH + "/token", other).text("/error/code"))
                .as("nobody gets an operator's rights that way").isEqualTo("INVALID_REQUEST");
    }

    @Test
    void peopleSeeAndEndTheirSessions() {
        var browser = provider.browser();
        var app = provider.app();
        var tokens = provider.tokens(browser, app, Map.of());
        var cookie = Visitor.of(provider.server()).with("Cookie",
                "k8shell-session=" + browser.cookies().get("k8shell-session"));
        var current = cookie.get(Provider.AUTH + "/session");
        assertThat(current.text("/data/id")).startsWith("ses_");
        assertThat(current.text("/data/ip")).isEqualTo("127.0.0.1");
        var listed = cookie.get(Provider.AUTH + "/sessions?pageSize=500").json().at("/data")
                .valueStream().filter(it -> it.at("/clientId").asText().equals(app.id()))
                .map(it -> it.at("/id").asText()).collect(Collectors.joining());
        assertThat(listed).startsWith("ses_");
        assertThat(provider.operator().delete(Provider.AUTH + "/sessions/" + listed).status())
                .as("others' do not exist").isEqualTo(404);
        assertThat(cookie.delete(Provider.AUTH + "/sessions/" + listed).status()).isEqualTo(204);
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/oauth2/userinfo").status()).isEqualTo(401);
        assertThat(cookie.get(Provider.AUTH + "/organizations").json().at("/data").size())
                .isEqualTo(1);
        assertThat(cookie.get(Provider.AUTH + "/organizations").text("/data/0/role"))
                .isEqualTo("member");
        assertThat(cookie.delete(Provider.AUTH + "/session").status()).isEqualTo(204);
        assertThat(cookie.get(Provider.AUTH + "/session").status()).isEqualTo(401);
    }

    @Test
    void aSignInLastsAsLongAsItsBrowsersUnlessThePersonAllowedMore() {
        var app = provider.app();
        var browser = provider.browser();
        var bound = provider.tokens(browser, app, Map.of());
        var alone = provider.tokens(browser, app, Map.of("scope", "openid offline_access"));
        Visitor.of(provider.server()).with("Cookie",
                "k8shell-session=" + browser.cookies().get("k8shell-session"))
                .delete(Provider.AUTH + "/session");
        assertThat(provider.refresh(app, bound.text("/refresh_token")).status()).isEqualTo(400);
        assertThat(provider.refresh(app, alone.text("/refresh_token")).status()).isEqualTo(200);
    }

    @Test
    void refreshingMovesNoEnd() {
        var app = provider.app();
        var tokens = provider.tokens(provider.browser(), app,
                Map.of("scope", "openid offline_access"));
        var end = ends(app);
        assertThat(Duration.between(Instant.now(), end)).isBetween(
                Duration.ofDays(89), Duration.ofDays(90));
        for (int i = 0; i < 3; i++) {
            tokens = provider.refresh(app, tokens.text("/refresh_token"));
            assertThat(tokens.status()).isEqualTo(200);
        }
        assertThat(ends(app)).isEqualTo(end);
    }

    private Instant ends(App app) {
        return provider.member().get(Provider.AUTH + "/sessions?pageSize=500").json().at("/data")
                .valueStream().filter(it -> it.at("/clientId").asText().equals(app.id()))
                .map(it -> Instant.parse(it.at("/expiresAt").asText())).findFirst().orElseThrow();
    }

    @Test
    void aClientGetsNoScopeThatItIsNotRegisteredFor() {
        var app = provider.app(Map.of("scopes", List.of("openid", "email")));
        for (var beyond : List.of("openid profile", "openid api", "email offline_access")) {
            assertThat(provider.browser().get(Provider.authorize(app, Map.of("scope", beyond)))
                    .answer()).as(beyond).containsEntry("error", "invalid_scope");
        }
    }

    @Test
    void tellsAGatewayWhoCalls() {
        for (var path : List.of("/v1/regions/edge/auth/verify", "/v1/region/edge/auth/verify")) {
            var known = provider.member().send("POST", path, "");
            assertThat(known.status()).isEqualTo(200);
            assertThat(known.header("X-Auth-Subject")).startsWith("usr_");
            assertThat(known.header("X-Auth-Tenant")).isEqualTo(provider.organization());
            assertThat(known.header("X-Auth-Scope")).startsWith("organization:org_");
            assertThat(known.header("X-Auth-Roles")).contains("member");
            assertThat(known.raw().body()).isEmpty();
            assertThat(Visitor.of(provider.server()).send("POST", path, "").status())
                    .isEqualTo(401);
        }
    }
}
