package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Visitor;
import orrery.server.auth.openid.Provider.App;

/// What RFC 9700 (OAuth 2.0 Security Best Current Practice) says must be, one test each.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class SecurityBestPracticeTest {
    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    /// 2.1, 4.1.3.
    @Test
    void redirectAddressesMatchExactly() {
        var app = provider.app();
        for (var other : List.of("https://app.example.com/cb/", "https://app.example.com/cb?x=y",
                "https://app.example.com/CB", "https://app.example.com/cb#x",
                "https://app.example.com:443/cb", "https://app.example.com/x/../cb",
                "https://app.example.com/%63b", "https://user@app.example.com/cb",
                "http://app.example.com/cb", "https://app.example.com.evil.example/cb",
                "//app.example.com/cb", "javascript:alert(1)", " " + Provider.CALLBACK)) {
            nowhere(provider.browser().get(
                    Provider.authorize(app, Map.of("redirect_uri", other))));
        }
        var query = provider.browser().get(Provider.authorize(app,
                Map.of("redirect_uri", Provider.CALLBACK + "?foo=bar", "prompt", "none")));
        assertThat(query.location()).startsWith(Provider.CALLBACK + "?foo=bar&error=");
    }

    /// 4.1.3, RFC 8252 7.3.
    @Test
    void onlyThePortOfALoopbackAddressIsFree() {
        var app = provider.app(Map.of("authentication", "none", "redirectUris",
                List.of("http://127.0.0.1/cb", "http://[::1]:1/cb", "http://localhost:3000/cb")));
        for (var good : List.of("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb",
                "http://[::1]:5000/cb", "http://localhost:3000/cb")) {
            assertThat(provider.browser().get(Provider.authorize(
                    app, Map.of("redirect_uri", good))).isSignIn()).as(good).isTrue();
        }
        for (var bad : List.of("http://127.0.0.1:1/other", "https://127.0.0.1:1/cb",
                "http://127.0.0.2:1/cb", "http://localhost:3001/cb",
                "http://127.0.0.1:1@evil.example/cb", "http://127.0.0.1:x/cb")) {
            nowhere(provider.browser().get(
                    Provider.authorize(app, Map.of("redirect_uri", bad))));
        }
    }

    /// 4.11: nobody is sent to an address that was not proven before.
    @Test
    void isNoOpenRedirector() {
        nowhere(provider.browser().get("/oauth2/authorize?client_id=cli_x&redirect_uri="
                + Browser.encoded("https://evil.example/") + "&response_type=code"));
        nowhere(provider.browser().get(Provider.authorize(
                provider.app(), Map.of("redirect_uri", ""))));
        nowhere(provider.browser().get(Provider.authorize(provider.app(), Map.of())
                + "&redirect_uri=" + Browser.encoded(Provider.CALLBACK)));
        var out = provider.browser().get("/oauth2/logout?post_logout_redirect_uri="
                + Browser.encoded("https://evil.example/"));
        assertThat(out.location()).isEmpty();
    }

    /// 2.1.1.
    @Test
    void codesNeedAChallenge() {
        for (var app : List.of(provider.app(), provider.publicApp())) {
            for (var wrong : List.of(
                    Map.of("code_challenge", "", "code_challenge_method", ""),
                    Map.of("code_challenge_method", "plain"),
                    Map.of("code_challenge_method", ""),
                    Map.of("code_challenge", "short"))) {
                assertThat(provider.browser().get(Provider.authorize(app, wrong)).answer())
                        .containsEntry("error", "invalid_request").containsKey("iss");
            }
        }
    }

    /// 2.1.1.
    @Test
    void aCodeNeedsItsVerifier() {
        var app = provider.publicApp();
        for (var wrong : List.of("", "x".repeat(43), "short")) {
            var code = provider.code(provider.browser(), app, Map.of());
            refused(provider.exchange(app, code, Map.of("code_verifier", wrong)));
            refused(provider.exchange(app, code, Map.of()));
        }
    }

    /// 2.1.1, 4.8.2: who takes the challenge away on the way here gains nothing by it.
    @Test
    void aVerifierWithoutAChallengeIsRefused() {
        var app = provider.app(Map.of("requirePkce", false));
        var bare = Map.of("code_challenge", "", "code_challenge_method", "");
        refused(provider.exchange(app, provider.code(provider.browser(), app, bare), Map.of()));
        assertThat(provider.exchange(app, provider.code(provider.browser(), app, bare),
                Map.of("code_verifier", "")).status()).isEqualTo(200);
        refused(provider.exchange(app, provider.code(provider.browser(), app, Map.of()),
                Map.of("code_verifier", "")));
    }

    /// 4.2.4, RFC 6749 4.1.2.
    @Test
    void aCodeUsedTwiceEndsWhatCameOfIt() {
        var app = provider.app();
        var code = provider.code(provider.browser(), app, Map.of());
        var tokens = provider.exchange(app, code, Map.of());
        var bearer = Visitor.of(provider.server()).as(tokens.text("/access_token"));
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(200);
        refused(provider.exchange(app, code, Map.of()));
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(401);
        refused(provider.refresh(app, tokens.text("/refresh_token")));
    }

    /// 2.1.1, RFC 6749 4.1.3.
    @Test
    void aCodeIsForOneClientAndOneAddress() {
        var app = provider.app();
        refused(provider.exchange(provider.app(),
                provider.code(provider.browser(), app, Map.of()), Map.of()));
        refused(provider.exchange(app, provider.code(provider.browser(), app, Map.of()),
                Map.of("redirect_uri", Provider.CALLBACK + "?foo=bar")));
        refused(provider.exchange(app, provider.code(provider.browser(), app, Map.of()),
                Map.of("redirect_uri", "")));
    }

    /// 2.2.2, 4.14.2.
    @Test
    void aRefreshTokenUsedTwiceEndsItsFamily() {
        for (var app : List.of(provider.app(), provider.publicApp())) {
            var first = provider.tokens(provider.browser(), app, Map.of());
            var second = provider.refresh(app, first.text("/refresh_token"));
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.text("/refresh_token"))
                    .isNotEmpty().isNotEqualTo(first.text("/refresh_token"));
            refused(provider.refresh(app, first.text("/refresh_token")));
            refused(provider.refresh(app, second.text("/refresh_token")));
            assertThat(Visitor.of(provider.server()).as(second.text("/access_token"))
                    .get("/oauth2/userinfo").status()).isEqualTo(401);
        }
    }

    /// 2.2.2, RFC 6749 6: a token of one client is nothing in the hands of another, and no scope
    /// grows.
    @Test
    void refreshTokensAreBoundToTheirClientAndScope() {
        var app = provider.app();
        var tokens = provider.tokens(provider.browser(), app, Map.of("scope", "openid email"));
        refused(provider.refresh(provider.app(), tokens.text("/refresh_token")));
        var wider = new HashMap<>(app.proof());
        wider.putAll(Map.of("grant_type", "refresh_token", "scope", "openid profile",
                "refresh_token", tokens.text("/refresh_token")));
        assertThat(provider.token(wider).text("/error")).isEqualTo("invalid_scope");
        wider.put("scope", "openid");
        assertThat(provider.token(wider).text("/scope")).isEqualTo("openid");
    }

    /// 2.1, 4.4.2, RFC 9207.
    @Test
    void everyAnswerNamesItsIssuer() {
        var app = provider.app();
        var issuer = provider.server().toString();
        assertThat(provider.browser().get(Provider.authorize(app, Map.of("prompt", "none")))
                .answer()).containsEntry("iss", issuer);
        var browser = provider.browser();
        assertThat(Provider.allow(browser, browser.get(Provider.authorize(app, Map.of())))
                .answer()).containsEntry("iss", issuer);
    }

    /// 2.3, 4.10.2.
    @Test
    void tokensAreForOneAudience() {
        var app = provider.app(Map.of("scopes", List.of("openid", "api")));
        var anybody = Visitor.of(provider.server());
        var name = provider.tokens(provider.browser(), app, Map.of()).text("/access_token");
        assertThat(anybody.as(name).get("/oauth2/userinfo").status()).isEqualTo(200);
        assertThat(anybody.as(name).get("/v1/regions/global/projects").status()).isEqualTo(401);
        assertThat(anybody.as(name).get("/v1/api/profile").status()).isEqualTo(401);
        var full = provider.tokens(provider.browser(), app, Map.of("scope", "openid api"))
                .text("/access_token");
        assertThat(anybody.as(full).get("/v1/regions/global/projects").status()).isEqualTo(200);
    }

    /// 2.3: a client of one organization gets no token that counts in another, or for more than the
    /// person holds.
    @Test
    void aClientActsInItsOrganizationOnly() {
        var app = provider.app(Map.of("scopes", List.of("openid", "api")));
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(app, Map.of("scope", "api")));
        var sent = browser.submit(Provider.signIn(browser, page, Provider.OPERATOR),
                Map.of("answer", "allow"));
        var token = provider.exchange(app, sent.answer().get("code"), Map.of())
                .text("/access_token");
        var other = provider.operator().post("/v1/regions/global/organizations", Map.of())
                .text("/data/id");
        var bearer = Visitor.of(provider.server()).as(token);
        assertThat(bearer.get("/v1/regions/global/organizations/" + provider.organization())
                .status()).isEqualTo(200);
        assertThat(bearer.get("/v1/regions/global/organizations/" + other).status())
                .isEqualTo(404);
        assertThat(bearer.delete(Provider.AUTH + "/sessions/ses_x").status()).isEqualTo(403);
    }

    /// Whatever is wrong with a token, the answer is one.
    @Test
    void forgedTokensAreRefusedAlike() {
        var good = provider.tokens(provider.browser(), provider.app(), Map.of())
                .text("/access_token");
        var body = good.substring(good.indexOf('.'), good.lastIndexOf('.') + 1);
        for (var header : List.of("{\"alg\":\"none\",\"typ\":\"at+jwt\"}",
                "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"x\"}",
                "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"../../dev/null\"}",
                "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"jku\":\"https://evil.example\"}",
                "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"x\"}")) {
            var forged = Base64.getUrlEncoder().withoutPadding().encodeToString(
                    header.getBytes(StandardCharsets.UTF_8)) + body;
            for (var token : List.of(forged, forged + "AAAA", good + "A".repeat(5_000))) {
                var bearer = Visitor.of(provider.server()).as(token);
                var who = bearer.get("/oauth2/userinfo");
                assertThat(who.status()).isEqualTo(401);
                assertThat(who.raw().body()).isEqualTo("{\"error\":\"invalid_token\"}");
                var me = bearer.get(Provider.AUTH + "/me");
                assertThat(me.status()).isEqualTo(401);
                assertThat(me.text("/error/message"))
                        .isEqualTo("Not signed in: the token does not count");
                assertThat(me.header("WWW-Authenticate"))
                        .isEqualTo("Bearer error=\"invalid_token\"");
            }
        }
    }

    /// 4.12: what was posted here, a password among it, is not posted on.
    @Test
    void answersAPasswordWith303() {
        var app = provider.app();
        var browser = provider.browser();
        provider.tokens(browser, app, Map.of());
        var page = browser.get(Provider.authorize(app, Map.of("prompt", "login")));
        assertThat(Provider.signIn(browser, page, Provider.MEMBER).status()).isEqualTo(303);
    }

    /// 2.1.2, 2.4.
    @Test
    void neitherImplicitNorPasswordGrantExists() {
        for (var type : List.of("token", "id_token", "code token", "code id_token", "none")) {
            assertThat(provider.browser().get(Provider.authorize(
                    provider.app(), Map.of("response_type", type))).answer())
                    .containsEntry("error", "unsupported_response_type");
        }
        assertThat(provider.token(Map.of("grant_type", "password", "username", Provider.MEMBER,
                "password", Provider.PASSWORD)).text("/error"))
                .isEqualTo("unsupported_grant_type");
    }

    /// 2.5: one refusal for every client that does not prove itself, and a challenge with it.
    @Test
    void clientsProveThemselvesAsTheyAreRegisteredTo() {
        var app = provider.app();
        for (var wrong : List.of(new App(app.id(), ""), new App(app.id(), "plt_os_x"),
                new App("cli_unknown", "x"), new App(provider.publicApp().id(), "x"))) {
            var heard = provider.exchange(wrong, "x", Map.of());
            assertThat(heard.status()).isEqualTo(401);
            assertThat(heard.text("/error")).isEqualTo("invalid_client");
            assertThat(heard.header("WWW-Authenticate")).startsWith("Basic");
        }
        var basic = Visitor.of(provider.server())
                .with("Content-Type", "application/x-www-form-urlencoded");
        assertThat(basic.with("Authorization", Provider.basic(app)).post(Provider.AUTH + "/token",
                "grant_type=authorization_code&code=x").text("/error"))
                .isEqualTo("invalid_grant");
        assertThat(basic.with("Authorization", Provider.basic(app)).post(Provider.AUTH + "/token",
                "grant_type=authorization_code&code=x&client_secret=" + app.secret())
                .text("/error")).as("in two ways at once").isEqualTo("invalid_request");
        assertThat(basic.post(Provider.AUTH + "/token?client_id=" + app.id() + "&client_secret="
                + app.secret(), "grant_type=authorization_code&code=x").status())
                .as("nothing counts in the address").isIn(400, 401);
    }

    /// 4.7, 4.16: nobody posts these forms but the browser that they were shown in.
    @Test
    void formsAreOneBrowsersOwn() {
        var app = provider.app();
        var victim = provider.browser();
        var attacker = provider.browser();
        var page = attacker.get(Provider.authorize(app, Map.of()));
        var form = new HashMap<>(Browser.hidden(page));
        form.putAll(Map.of("name", Provider.MEMBER, "password", Provider.PASSWORD));
        assertThat(victim.post("/oauth2/login", form).status()).isEqualTo(400);
        victim.get(Provider.authorize(app, Map.of()));
        assertThat(victim.post("/oauth2/login", form).status()).isEqualTo(400);
        assertThat(victim.cookies()).doesNotContainKey("k8shell-session");
        var consent = Provider.signIn(attacker, page, Provider.MEMBER);
        assertThat(provider.browser().post("/oauth2/consent", Map.of("answer", "allow",
                "interaction", Browser.hidden(consent).get("interaction"))).status())
                .isEqualTo(400);
        assertThat(attacker.post("/oauth2/login", Map.of("interaction",
                Browser.hidden(consent).get("interaction"))).status()).isEqualTo(400);
    }

    /// 4.16.
    @Test
    void pagesAreInNobodysFrame() {
        var page = provider.browser().get(Provider.authorize(provider.app(), Map.of()));
        assertThat(page.header("Content-Security-Policy"))
                .contains("frame-ancestors 'none'", "default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    }

    /// What comes from strangers is shown as text.
    @Test
    void pagesShowTextAsText() {
        var app = provider.app(Map.of("displayName", "<script>alert(1)</script>"));
        var page = provider.browser().get(Provider.authorize(app,
                Map.of("login_hint", "\"><script>x</script>")));
        assertThat(page.body()).as("our own script, whose hash the policy names, and no other")
                .doesNotContain("<script>alert", "<script>x").containsOnlyOnce("<script");
    }

    private static void nowhere(Browser.Seen seen) {
        assertThat(seen.status()).isEqualTo(400);
        assertThat(seen.location()).isEmpty();
        assertThat(seen.header("Content-Type")).startsWith("text/html");
    }

    private static void refused(Visitor.Heard heard) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(400);
        assertThat(heard.text("/error")).isEqualTo("invalid_grant");
    }
}
