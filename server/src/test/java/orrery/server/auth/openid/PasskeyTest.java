package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import orrery.kit.http.Json;
import orrery.server.Visitor;
import orrery.server.auth.factor.SoftKey;
import orrery.server.auth.token.RandomSecrets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Signing in with a passkey.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class PasskeyTest {
    private static final String FACTORS = "/v1/regions/global/auth/factors";
    private static final String PASSKEY = "/v1/regions/global/auth/passkey";
    private static final String LOGIN = "/v1/api/auth/login";
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TestHTTPResource
    URI url;

    private Provider provider;
    private Visitor anybody;
    private String origin;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
        anybody = Visitor.of(provider.server());
        origin = "http://localhost:" + provider.server().getPort();
    }

    private record Person(String email, Visitor session, SoftKey key, String recoveryCode) {}

    private Person person() {
        var email = "key" + COUNT.incrementAndGet() + "@passkeys.example.com";
        var session = anybody.as(provider.register(email));
        var key = new SoftKey();
        var added = add(session, key, origin);
        assertThat(added.status()).as(added.raw().body()).isEqualTo(201);
        assertThat(added.text("/data/factor/type")).isEqualTo("passkey");
        return new Person(email, session, key, added.text("/data/recoveryCodes/0"));
    }

    private Visitor.Heard add(Visitor session, SoftKey key, String from) {
        var asked = session.post(FACTORS + "/passkeys", Map.of());
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(200);
        return session.post(FACTORS + "/passkeys/confirm", Map.of(
                "challenge", asked.text("/data/challenge"), "name", "My phone",
                "credential", key.create(asked.json().at("/data/options"), from)));
    }

    private Visitor.Heard answer(Visitor.Heard asked, ObjectNode credential) {
        return anybody.post(PASSKEY, Map.of(
                "challenge", asked.text("/data/challenge"), "credential", credential));
    }

    private Visitor.Heard signIn(SoftKey key, String from) {
        var asked = anybody.post(PASSKEY + "/options", Map.of());
        return answer(asked, key.get(asked.json().at("/data/options"), from));
    }

    @Test
    void aPasskeySignsInAloneAndCountsAsTwoFactors() {
        var ann = person();
        var entered = signIn(ann.key(), origin);
        assertThat(entered.status()).as(entered.raw().body()).isEqualTo(200);
        assertThat(entered.header("Set-Cookie")).contains("HttpOnly");
        var cookie = entered.header("Set-Cookie").split(";")[0];
        var browser = anybody.with("Cookie", cookie)
                .with("Origin", provider.server().toString());
        var factors = browser.get(FACTORS);
        assertThat(factors.text("/data/factors/0/name")).isEqualTo("My phone");
        assertThat(factors.json().at("/data/factors/0/lastUsedAt").isNull()).isFalse();
        assertThat(factors.raw().body()).doesNotContain("publicKey");
        assertThat(browser.post(FACTORS + "/recovery-codes", Map.of()).status())
                .as("as good as password and code").isEqualTo(200);
    }

    @Test
    void thePageTakesAPasskeyAndTellsTheClientSo() throws Exception {
        var ann = person();
        var app = provider.app();
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(app, Map.of("acr_values", "phr")));
        var options = Pattern.compile("data-options=\"([^\"]*)\"").matcher(page.body());
        assertThat(options.find()).isTrue();
        var script = page.body().substring(page.body().indexOf("<script>") + 8,
                page.body().indexOf("</script>"));
        assertThat(page.header("Content-Security-Policy")).contains("'sha256-"
                + Base64.getEncoder().encodeToString(RandomSecrets.hash(script)) + "'");
        var asked = Json.shared().readTree(options.group(1).replace("&quot;", "\""));
        var hidden = Browser.hidden(page);
        var consent = browser.post("/oauth2/login/passkey", Map.of(
                "interaction", hidden.get("interaction"), "challenge", hidden.get("challenge"),
                "credential", ann.key().get(asked, origin).toString()));
        assertThat(consent.isConsent()).as(consent.body()).isTrue();
        var sent = browser.submit(consent, Map.of("answer", "allow"));
        var identity = SignedJWT.parse(provider.exchange(app, sent.answer().get("code"), Map.of())
                .text("/id_token")).getJWTClaimsSet();
        assertThat(identity.getStringClaim("acr")).isEqualTo("phr");
        assertThat(identity.getStringListClaim("amr")).containsExactly("hwk", "mfa");
        var bad = provider.browser();
        var again = Browser.hidden(bad.get(Provider.authorize(app, Map.of())));
        var refused = bad.post("/oauth2/login/passkey", Map.of("interaction",
                again.get("interaction"), "challenge", "x", "credential", "no JSON"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.isSignIn()).isTrue();
    }

    @Test
    void aChallengeIsAnsweredOnce() {
        var ann = person();
        var asked = anybody.post(PASSKEY + "/options", Map.of());
        var credential = ann.key().get(asked.json().at("/data/options"), origin);
        assertThat(answer(asked, credential).status()).isEqualTo(200);
        assertThat(answer(asked, credential).status()).isEqualTo(401);
        var other = anybody.post(PASSKEY + "/options", Map.of());
        assertThat(answer(other, credential).status()).as("another challenge").isEqualTo(401);
    }

    @Test
    void anotherSitesAnswerCountsForNothing() {
        var ann = person();
        assertThat(signIn(ann.key(), "https://orrery.evil.example").status()).isEqualTo(401);
        var bob = anybody.as(provider.register(
                "bob" + COUNT.incrementAndGet() + "@passkeys.example.com"));
        assertThat(add(bob, new SoftKey(), "https://orrery.evil.example").status())
                .isEqualTo(422);
        assertThat(signIn(new SoftKey(), origin).status()).as("nobody's").isEqualTo(401);
    }

    @Test
    void aDeviceThatNobodyUnlockedCountsForNothing() {
        var ann = person();
        ann.key().leaveLocked();
        assertThat(signIn(ann.key(), origin).status()).isEqualTo(401);
    }

    @Test
    void aCopyOfAKeyIsNoticedByItsCounter() {
        var ann = person();
        assertThat(signIn(ann.key(), origin).status()).isEqualTo(200);
        assertThat(signIn(ann.key(), origin).status()).isEqualTo(200);
        ann.key().countBack(2);
        assertThat(signIn(ann.key(), origin).status()).isEqualTo(401);
    }

    @Test
    void whoHasAPasskeyNeedsMoreThanThePassword() {
        var ann = person();
        var body = Map.of("email", ann.email(), "password", Provider.PASSWORD);
        assertThat(anybody.post(LOGIN, body).status()).isEqualTo(401);
        assertThat(anybody.post(LOGIN, Map.of("email", ann.email(), "password",
                Provider.PASSWORD, "code", ann.recoveryCode())).status()).isEqualTo(200);
    }

    @Test
    void aPasskeyIsOnesOwnAndGoneWhenItIsTakenAway() {
        var ann = person();
        var bob = person();
        assertThat(add(bob.session(), ann.key(), origin).status()).as("ann's").isEqualTo(422);
        var id = ann.session().get(FACTORS).text("/data/factors/0/id");
        assertThat(bob.session().delete(FACTORS + "/" + id).status()).isEqualTo(404);
        assertThat(ann.session().delete(FACTORS + "/" + id).status()).isEqualTo(204);
        assertThat(signIn(bob.key(), origin).status()).isEqualTo(200);
    }
}
