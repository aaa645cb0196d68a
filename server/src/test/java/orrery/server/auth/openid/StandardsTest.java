package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

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
import orrery.server.auth.client.Client;
import orrery.server.auth.openid.Provider.App;

/// Corners of the standards beside RFC 9700, where one request contradicts itself or an older one.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class StandardsTest {
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    /// OpenID Connect Core 3.1.2.2: only the person whom the hint means, and the claim.
    @Test
    void aHintAndAClaimMeanTheSamePerson() {
        var app = provider.app();
        var browser = provider.browser();
        var tokens = provider.tokens(browser, app, Map.of());
        var own = Visitor.of(provider.server()).as(tokens.text("/access_token"))
                .get("/oauth2/userinfo").text("/sub");
        var hint = tokens.text("/id_token");
        for (var prompt : List.of("", "none")) {
            assertThat(browser.get(Provider.authorize(app, Map.of("prompt", prompt,
                    "id_token_hint", hint, "claims", claim(own)))).answer())
                    .containsKey("code");
            assertThat(browser.get(Provider.authorize(app, Map.of("prompt", prompt,
                    "id_token_hint", hint, "claims", claim("usr_other")))).answer())
                    .containsEntry("error", "invalid_request");
        }
    }

    private static String claim(String subject) {
        return "{\"id_token\":{\"sub\":{\"value\":\"" + subject + "\"}}}";
    }

    /// RFC 6749 10.3, OpenID Connect Core 3.1.3.2: what is taken back is worth nothing, a code on
    /// its way included.
    @Test
    void aCodeEndsWithWhatItsPersonAllowed() {
        var app = provider.app();
        var code = provider.code(provider.browser(), app, Map.of());
        assertThat(provider.member().delete(Provider.AUTH + "/consents/" + app.id()).status())
                .isEqualTo(204);
        refused(provider.exchange(app, code, Map.of()));
    }

    /// RFC 6749 4.1.1: a client gets what it is registered for when it gets it.
    @Test
    void aCodeGivesNothingThatItsClientHasLost() {
        var app = provider.app(Map.of("scopes", List.of("openid", "api", "offline_access")));
        var code = provider.code(provider.browser(), app, Map.of("scope", "openid api"));
        change(app, Map.of("scopes", List.of("openid", "offline_access")));
        refused(provider.exchange(app, code, Map.of()));
        var other = provider.app(Map.of("grantTypes", List.of(Client.CODE, Client.DEVICE),
                "scopes", List.of("openid")));
        var late = provider.code(provider.browser(), other, Map.of());
        change(other, Map.of("grantTypes", List.of(Client.DEVICE)));
        refused(provider.exchange(other, late, Map.of()));
    }

    /// RFC 8628 3.5.
    @Test
    void aDeviceGetsNothingThatItsClientHasLost() {
        var app = provider.app(Map.of("grantTypes", List.of(Client.DEVICE),
                "scopes", List.of("openid", "api")));
        var asked = new HashMap<>(app.proof());
        asked.put("scope", "openid api");
        var begun = provider.form("/oauth2/device_authorization", asked);
        var browser = provider.browser();
        var ask = Provider.signIn(browser, browser.get(
                "/oauth2/device?user_code=" + begun.text("/user_code")), Provider.MEMBER);
        assertThat(browser.submit(ask, Map.of("answer", "allow")).body()).contains("Connected");
        change(app, Map.of("scopes", List.of("openid")));
        var poll = new HashMap<>(app.proof());
        poll.putAll(Map.of("grant_type", Client.DEVICE,
                "device_code", begun.text("/device_code")));
        refused(provider.token(poll));
    }

    private void change(App app, Map<String, Object> to) {
        assertThat(provider.operator().patch(Provider.CLIENTS + "/" + app.id(), to).status())
                .isEqualTo(200);
    }

    /// RFC 8628 5.1: 34 bits are enough only where nobody tries them all.
    @Test
    void userCodesAreNotGuessed() {
        var browser = provider.browser();
        var email = "guesser@example.com";
        provider.register(email);
        Provider.signIn(browser, browser.get("/oauth2/device"), email);
        var last = browser.get("/oauth2/device?user_code=BBBB-BBBB");
        for (int i = 0; i < 20 && last.status() == 200; i++) {
            last = browser.get("/oauth2/device?user_code=BBBB-BBBB");
        }
        assertThat(last.status()).isEqualTo(429);
        assertThat(last.body()).contains("Too many attempts");
    }

    /// RP-Initiated Logout 2: a hint counts for the client that it was given to.
    @Test
    void aClientSignsNobodyOutWithTheTokenOfAnother() {
        var app = provider.app();
        var browser = provider.browser();
        var hint = provider.tokens(browser, app, Map.of()).text("/id_token");
        var asked = browser.get("/oauth2/logout?id_token_hint=" + hint + "&client_id="
                + provider.app().id());
        assertThat(asked.body()).contains("Stay signed in");
        assertThat(browser.get(Provider.authorize(app, Map.of("prompt", "none"))).answer())
                .containsKey("code");
    }

    /// RFC 8693 2.1, 2.2.2.
    @Test
    void whatATokenExchangeNamesWronglyIsAnInvalidRequest() {
        var person = provider.member().get(Provider.AUTH + "/me").text("/data/user/id");
        var asked = Map.of("grant_type", EXCHANGE, "subject_token", person,
                "subject_token_type", "urn:orrery:params:oauth:token-type:user");
        var type = "urn:ietf:params:oauth:token-type:access_token";
        for (var wrong : List.of(Map.of("subject_token", "usr_nobody"),
                Map.of("actor_token_type", type), Map.of("audience", "https://other.example"),
                Map.of("resource", "https://other.example/"),
                Map.of("actor_token", "x", "actor_token_type", type))) {
            var all = new HashMap<>(asked);
            all.putAll(wrong);
            var answer = provider.operator()
                    .with("Content-Type", "application/x-www-form-urlencoded")
                    .post(Provider.AUTH + "/token", Browser.encoded(all));
            assertThat(answer.status()).as(wrong + answer.raw().body()).isEqualTo(400);
            assertThat(answer.text("/error")).isEqualTo(wrong.containsKey("audience")
                    || wrong.containsKey("resource") ? "invalid_target" : "invalid_request");
        }
    }

    /// RFC 6749 3.3: another scope than was asked for is told.
    @Test
    void whoAsksForAScopeHearsWhichItGot() {
        var key = provider.operator().post("/v1/regions/global/iam/apikeys", Map.of(
                "displayName", "Scoped", "scope", "organization",
                "scopeId", provider.organization()));
        assertThat(key.status()).as(key.raw().body()).isEqualTo(201);
        var secret = key.text("/data/secret");
        assertThat(provider.token(Map.of("grant_type", "api_key", "api_key", secret,
                "scope", "openid all")).text("/scope")).isEqualTo("api");
        assertThat(provider.token(Map.of("grant_type", "api_key", "api_key", secret))
                .json().has("scope")).isFalse();
    }

    private static void refused(Visitor.Heard answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(400);
        assertThat(answer.text("/error")).isIn("invalid_grant", "unauthorized_client");
    }
}
