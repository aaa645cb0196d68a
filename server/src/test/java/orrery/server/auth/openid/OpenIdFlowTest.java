package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Visitor;

/// A person signs in at a client, as OpenID Connect Core has it, over HTTP.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class OpenIdFlowTest {
    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    @Test
    void saysWhatItCanAndWhere() {
        for (var path : List.of("/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server")) {
            var said = Visitor.of(provider.server()).get(path);
            assertThat(said.status()).isEqualTo(200);
            assertThat(said.text("/issuer")).isEqualTo(provider.server().toString());
            assertThat(said.text("/token_endpoint")).startsWith(said.text("/issuer"));
            assertThat(Provider.list(said.json().at("/code_challenge_methods_supported")))
                    .containsExactly("S256");
        }
    }

    @Test
    void signsAPersonInAndTellsTheClientWhoItIs() throws Exception {
        var app = provider.app();
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(app, Map.of("nonce", "n-1",
                "scope", "openid profile email")));
        assertThat(page.isSignIn()).isTrue();
        var consent = Provider.signIn(browser, page, Provider.MEMBER);
        assertThat(consent.body()).contains("e-mail address", "App ", "Do not allow");
        var sent = browser.submit(consent, Map.of("answer", "allow"));
        assertThat(sent.status()).isEqualTo(303);
        assertThat(sent.location()).startsWith(Provider.CALLBACK + "?");
        assertThat(sent.answer()).containsEntry("state", "st&te")
                .containsEntry("iss", provider.server().toString());

        var tokens = provider.exchange(app, sent.answer().get("code"), Map.of());
        assertThat(tokens.status()).as(tokens.raw().body()).isEqualTo(200);
        assertThat(tokens.header("Cache-Control")).isEqualTo("no-store");
        assertThat(tokens.text("/scope")).isEqualTo("openid profile email");
        var identity = SignedJWT.parse(tokens.text("/id_token"));
        var keys = JWKSet.parse(Visitor.of(provider.server()).get("/.well-known/jwks.json")
                .json().toString());
        var key = keys.getKeyByKeyId(identity.getHeader().getKeyID());
        assertThat(identity.verify(new RSASSAVerifier(key.toRSAKey()))).isTrue();
        assertThat(identity.getJWTClaimsSet().getClaims())
                .containsEntry("iss", provider.server().toString())
                .containsEntry("aud", List.of(app.id())).containsEntry("nonce", "n-1")
                .containsKeys("sub", "exp", "iat", "auth_time", "at_hash", "sid")
                .doesNotContainKeys("email", "name");

        var bearer = Visitor.of(provider.server()).as(tokens.text("/access_token"));
        var who = bearer.get("/oauth2/userinfo");
        assertThat(who.text("/sub")).isEqualTo(identity.getJWTClaimsSet().getSubject());
        assertThat(who.text("/email")).isEqualTo(Provider.MEMBER);
        assertThat(who.text("/name")).isEqualTo("Ann <Lee>");
        assertThat(bearer.get(Provider.AUTH + "/me").status())
                .as("a client that may know a name may do nothing").isEqualTo(401);
    }

    @Test
    void aPersonWhoSaysNoIsSentBackWithThat() {
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(provider.app(), Map.of()));
        var consent = Provider.signIn(browser, page, Provider.MEMBER);
        var sent = browser.submit(consent, Map.of("answer", "deny"));
        assertThat(sent.answer()).containsEntry("error", "access_denied")
                .containsEntry("state", "st&te").containsKey("iss");
    }

    @Test
    void asksNobodyTwiceUnlessTheClientWantsIt() {
        var app = provider.app();
        var browser = provider.browser();
        provider.tokens(browser, app, Map.of());
        assertThat(browser.get(Provider.authorize(app, Map.of())).answer()).containsKey("code");
        assertThat(browser.get(Provider.authorize(app, Map.of("prompt", "none"))).answer())
                .containsKey("code");
        assertThat(browser.get(Provider.authorize(app, Map.of("prompt", "consent"))).isConsent())
                .isTrue();
        assertThat(browser.get(Provider.authorize(app, Map.of("scope", "openid email")))
                .isConsent()).as("for more it asks again").isTrue();
        assertThat(browser.get(Provider.authorize(app, Map.of("prompt", "none",
                "scope", "openid email"))).answer()).containsEntry("error", "consent_required");
        assertThat(browser.get(Provider.authorize(app, Map.of("max_age", "10000"))).answer())
                .containsKey("code");
        assertThat(browser.get(Provider.authorize(app, Map.of("max_age", "0"))).isSignIn())
                .isTrue();
        assertThat(provider.browser().get(Provider.authorize(app, Map.of("prompt", "none")))
                .answer()).containsEntry("error", "login_required");
        assertThat(browser.get(Provider.authorize(app, Map.of("prompt", "none login"))).answer())
                .containsEntry("error", "invalid_request");
    }

    @Test
    void aFreshSignInIsToldFromAnOldOne() throws Exception {
        var app = provider.app();
        var browser = provider.browser();
        var first = authTime(provider.tokens(browser, app, Map.of()));
        var old = browser.cookies().get("k8shell-session");
        var again = browser.get(Provider.authorize(app, Map.of("prompt", "login",
                "login_hint", "ann@example.com")));
        assertThat(again.body()).contains("value=\"ann@example.com\"");
        var code = Provider.signIn(browser, again, Provider.MEMBER).answer().get("code");
        var tokens = provider.exchange(app, code, Map.of());
        assertThat(authTime(tokens)).isGreaterThanOrEqualTo(first);
        assertThat(browser.cookies().get("k8shell-session")).isNotEqualTo(old);
        var stolen = Visitor.of(provider.server()).with("Cookie", "k8shell-session=" + old);
        assertThat(stolen.get(Provider.AUTH + "/me").status()).isEqualTo(401);
    }

    private static long authTime(Visitor.Heard tokens) throws Exception {
        return SignedJWT.parse(tokens.text("/id_token")).getJWTClaimsSet()
                .getLongClaim("auth_time");
    }

    @Test
    void aHintOfAnotherPersonIsNoSignInOfThisOne() {
        var app = provider.app();
        var ann = provider.browser();
        var hint = provider.tokens(ann, app, Map.of()).text("/id_token");
        assertThat(ann.get(Provider.authorize(app, Map.of("prompt", "none",
                "id_token_hint", hint))).answer()).containsKey("code");
        var other = provider.browser();
        var page = other.get(Provider.authorize(app, Map.of()));
        other.submit(Provider.signIn(other, page, Provider.OPERATOR), Map.of("answer", "allow"));
        assertThat(other.get(Provider.authorize(app, Map.of("prompt", "none",
                "id_token_hint", hint))).answer()).containsEntry("error", "login_required");
        assertThat(other.get(Provider.authorize(app, Map.of("id_token_hint", "x"))).answer())
                .containsEntry("error", "invalid_request");
    }

    @Test
    void tellsClaimsThatAreAskedForByName() throws Exception {
        var app = provider.app();
        var tokens = provider.tokens(provider.browser(), app, Map.of("claims",
                "{\"userinfo\":{\"name\":{\"essential\":true}},"
                        + "\"id_token\":{\"email\":null,\"acr\":null}}",
                "acr_values", "1 2"));
        var identity = SignedJWT.parse(tokens.text("/id_token")).getJWTClaimsSet();
        assertThat(identity.getClaim("email")).isEqualTo(Provider.MEMBER);
        assertThat(identity.getClaim("acr")).isEqualTo("urn:orrery:acr:password");
        assertThat(identity.getClaim("amr")).isEqualTo(List.of("pwd"));
        var bearer = Visitor.of(provider.server()).as(tokens.text("/access_token"));
        assertThat(bearer.get("/oauth2/userinfo").json().size()).isEqualTo(2);
        assertThat(bearer.get("/oauth2/userinfo").text("/name")).isEqualTo("Ann <Lee>");
    }

    @Test
    void byNameNobodyLearnsMoreThanByScope() {
        var narrow = provider.app(Map.of("scopes", List.of("openid"),
                "grantTypes", List.of("authorization_code")));
        var claims = Map.of("claims", "{\"userinfo\":{\"email\":{\"essential\":true}},"
                + "\"id_token\":{\"email\":null}}");
        var tokens = provider.tokens(provider.browser(), narrow, claims);
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/oauth2/userinfo").json().size()).isEqualTo(1);
        var wide = provider.app();
        var browser = provider.browser();
        provider.tokens(browser, wide, Map.of());
        var asked = browser.get(Provider.authorize(wide, claims));
        assertThat(asked.isConsent()).as("that was not allowed yet").isTrue();
        assertThat(asked.body()).contains("see your e-mail address");
        assertThat(Provider.allow(browser, asked).answer()).containsKey("code");
        assertThat(browser.get(Provider.authorize(wide, claims)).answer()).containsKey("code");
    }

    @Test
    void peopleSayOfThemselvesWhatTheStandardHasAWordFor() {
        var profile = "/v1/regions/global/iam/users/profile";
        var said = provider.outsider().patch(profile, Map.of("claims", Map.of(
                "nickname", "annie", "zoneinfo", "Europe/Berlin",
                "address", Map.of("locality", "Berlin"))));
        assertThat(said.text("/data/claims/nickname")).isEqualTo("annie");
        var less = new HashMap<String, Object>();
        less.put("nickname", null);
        assertThat(provider.outsider().patch(profile, Map.of("claims", less)).json()
                .at("/data/claims").size()).isEqualTo(2);
        var wrong = provider.outsider().patch(profile, Map.of("claims", Map.of("sub", "usr_1",
                "email", "x@y", "picture", "javascript:alert(1)", "birthdate", "1990-13-01",
                "zoneinfo", "Mars/Base", "locale", "!", "phone_number", "12",
                "address", Map.of("planet", "Mars"), "gender", "x".repeat(301))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.raw().body()).contains("claims.sub", "claims.email", "claims.picture",
                "claims.birthdate", "claims.zoneinfo", "claims.locale", "claims.phone_number",
                "claims.address", "claims.gender");
    }

    @Test
    void userinfoTakesATokenByHeaderOrForm() {
        var tokens = provider.tokens(provider.browser(), provider.app(), Map.of());
        var token = tokens.text("/access_token");
        var anybody = Visitor.of(provider.server());
        assertThat(provider.form("/oauth2/userinfo", Map.of("access_token", token)).status())
                .isEqualTo(200);
        assertThat(anybody.as(token).with("Content-Type", "application/x-www-form-urlencoded")
                .post("/oauth2/userinfo", "").status()).isEqualTo(200);
        assertThat(anybody.get("/oauth2/userinfo?access_token=" + token).status())
                .isEqualTo(401);
        assertThat(anybody.get("/oauth2/userinfo").header("WWW-Authenticate"))
                .isEqualTo("Bearer");
        assertThat(anybody.as("x").get("/oauth2/userinfo").header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"invalid_token\"");
    }

    @Test
    void postsTheAnswerWhereTheClientWantsIt() {
        var app = provider.app();
        var browser = provider.browser();
        provider.tokens(browser, app, Map.of());
        var page = browser.get(Provider.authorize(app, Map.of("response_mode", "form_post")));
        assertThat(page.status()).isEqualTo(200);
        assertThat(Browser.action(page)).isEqualTo(Provider.CALLBACK);
        assertThat(Browser.hidden(page)).containsKeys("code", "iss")
                .containsEntry("state", "st&te");
        assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
    }

    @Test
    void takesThePostedRequestToo() {
        var app = provider.app();
        var browser = provider.browser();
        provider.tokens(browser, app, Map.of());
        var asked = Browser.fields(Provider.authorize(app, Map.of()).split("\\?")[1]);
        var moved = browser.post("/oauth2/authorize", asked);
        assertThat(moved.status()).isEqualTo(303);
        assertThat(browser.get(moved.location()).answer()).containsKey("code");
        var alias = browser.get(Provider.AUTH + Provider.authorize(app, Map.of()).substring(7));
        assertThat(browser.get(alias.location()).answer()).containsEntry("state", "st&te");
    }

    @Test
    void takesAnAnswerBack() {
        var app = provider.app();
        var browser = provider.browser();
        var tokens = provider.tokens(browser, app, Map.of());
        var consents = Provider.AUTH + "/consents";
        assertThat(provider.member().get(consents).raw().body()).contains(app.id());
        assertThat(provider.member().delete(consents + "/" + app.id()).status()).isEqualTo(204);
        assertThat(provider.member().delete(consents + "/" + app.id()).status()).isEqualTo(404);
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/oauth2/userinfo").status()).isEqualTo(401);
        assertThat(browser.get(Provider.authorize(app, Map.of())).isConsent()).isTrue();
    }

    /// A client's page, of another origin, may post these two; they act on no cookie.
    @Test
    void aPageElsewherePostsRequestsAndNothingElse() {
        var page = Visitor.of(provider.server()).with("Origin", "https://app.example.com")
                .with("Cookie", "other=1")
                .with("Content-Type", "application/x-www-form-urlencoded");
        assertThat(page.post("/oauth2/authorize", "client_id=x").status()).isEqualTo(303);
        assertThat(page.post("/oauth2/logout", "state=x").header("Location"))
                .isEqualTo("/oauth2/logout?state=x");
        assertThat(page.post("/oauth2/login", "name=x").status()).isEqualTo(403);
        assertThat(page.post("/oauth2/logout/answer", "answer=yes").status()).isEqualTo(403);
    }

    @Test
    void signsOutOnAClientsBehalf() {
        var app = provider.app();
        var browser = provider.browser();
        var tokens = provider.tokens(browser, app, Map.of());
        var hint = tokens.text("/id_token");
        var asked = provider.browser().get("/oauth2/logout?post_logout_redirect_uri="
                + Browser.encoded("https://evil.example.com/"));
        assertThat(asked.status()).isEqualTo(200);
        var unsure = browser.get("/oauth2/logout?client_id=" + app.id());
        assertThat(unsure.body()).contains("Stay signed in");
        assertThat(browser.submit(unsure, Map.of("answer", "no")).body())
                .contains("Still signed in");
        var out = browser.get("/oauth2/logout?id_token_hint=" + hint + "&state=s1"
                + "&post_logout_redirect_uri=" + Browser.encoded("https://app.example.com/bye"));
        assertThat(out.location()).isEqualTo("https://app.example.com/bye?state=s1");
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
        assertThat(Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/oauth2/userinfo").status()).as("its tokens end with it").isEqualTo(401);
        assertThat(provider.refresh(app, tokens.text("/refresh_token")).text("/error"))
                .isEqualTo("invalid_grant");
    }
}
