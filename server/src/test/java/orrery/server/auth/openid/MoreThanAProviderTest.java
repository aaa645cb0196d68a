package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.server.Visitor;
import orrery.server.auth.factor.Authenticator;
import orrery.server.auth.factor.SoftKey;
import orrery.server.auth.federation.OtherProvider;
import orrery.server.auth.federation.OtherProvider.Person;
import orrery.kit.http.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who has a second factor here shows it after another provider too, unless that one is trusted to
/// have asked; and what a provider opened ends with it.
@QuarkusTest
@TestProfile(FederationServer.class)
class MoreThanAProviderTest {
    private static final String PROVIDERS = "/v1/regions/global/iam/providers";
    private static final String FACTORS = Provider.AUTH + "/factors";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static OtherProvider other;

    @TestHTTPResource
    URI url;

    private Provider here;
    private final List<String> made = new ArrayList<>();

    @BeforeAll
    static void open() throws IOException {
        other = new OtherProvider();
    }

    @AfterAll
    static void close() {
        other.close();
    }

    @BeforeEach
    void settle() {
        here = Provider.on(url);
        other.saying(Map.of());
    }

    @AfterEach
    void leave() {
        made.forEach(it -> here.operator().delete(PROVIDERS + "/" + it + "?orgId=*"));
    }

    /// A provider of the installation: who comes by it may look after the account.
    private String provider(Map<String, Object> oidc) {
        var config = new HashMap<String, Object>(Map.of("discoveryUrl", other.discoveryUrl(),
                "clientId", OtherProvider.CLIENT, "clientSecret", OtherProvider.SECRET));
        config.putAll(oidc);
        var registered = here.operator().post(PROVIDERS, Map.of("orgId", "*",
                "displayName", "Elsewhere", "name", "more-" + COUNT.incrementAndGet(),
                "signUp", "anyone", "joinOrganizationId", here.organization(),
                "oidcConfig", config));
        assertThat(registered.status()).as(registered.raw().body()).isEqualTo(201);
        made.add(registered.text("/data/id"));
        return registered.text("/data/id");
    }

    private static Person somebody() {
        return Person.of("more" + COUNT.incrementAndGet() + "@elsewhere.example");
    }

    private Visitor session(Browser browser) {
        return Visitor.of(here.server())
                .with("Cookie", "k8shell-session=" + browser.cookies().get("k8shell-session"))
                .with("Origin", here.server().toString());
    }

    private static boolean isIn(Browser browser) {
        return browser.cookies().containsKey("k8shell-session");
    }

    /// From our page to the provider, and back to ours.
    private Browser.Seen comeBy(String provider, Person person, Browser browser, String from) {
        other.with(person);
        var sent = browser.post("/oauth2/login/provider", with(
                Browser.hidden(browser.get(from)), "provider", provider));
        assertThat(sent.status()).as(sent.body()).isEqualTo(303);
        return browser.get(browser.get(sent.location()).location());
    }

    private Browser.Seen comeBy(String provider, Person person, Browser browser) {
        return comeBy(provider, person, browser, asking());
    }

    private String asking() {
        return Provider.authorize(here.anyApp(), Map.of("prompt", "consent"));
    }

    private static Map<String, String> with(
            Map<String, String> fields, String name, String value) {
        var all = new HashMap<>(fields);
        all.put(name, value);
        return all;
    }

    private Authenticator phone(Visitor session) {
        var begun = session.post(FACTORS + "/totp", Map.of());
        assertThat(begun.status()).as(begun.raw().body()).isEqualTo(200);
        var phone = new Authenticator(begun.text("/data/secret"));
        var added = session.post(FACTORS + "/totp/confirm", Map.of(
                "enrolment", begun.text("/data/enrolment"), "code", phone.code()));
        assertThat(added.status()).as(added.raw().body()).isEqualTo(201);
        return phone;
    }

    /// Somebody who has come by the provider before, and has added a factor.
    private Authenticator settled(String provider, Person person) {
        var browser = here.browser();
        assertThat(comeBy(provider, person, browser).isConsent()).isTrue();
        return phone(session(browser));
    }

    @Test
    void asksForTheSecondFactorAfterTheProvider() throws Exception {
        var provider = provider(Map.of());
        var ann = somebody();
        var phone = settled(provider, ann);
        var app = here.app();
        var browser = here.browser();
        var second = comeBy(provider, ann, browser, Provider.authorize(app, Map.of()));
        assertThat(second.body()).contains("one-time-code");
        assertThat(isIn(browser)).as("nobody is signed in yet").isFalse();
        var wrong = browser.submit(second, Map.of("code", phone.wrongCode()));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(isIn(browser)).isFalse();
        var stolen = here.browser();
        stolen.get(Provider.authorize(app, Map.of()));
        assertThat(stolen.submit(second, Map.of("code", phone.code())).status())
                .as("another browser").isEqualTo(400);
        var consent = browser.submit(wrong, Map.of("code", phone.code()));
        assertThat(consent.isConsent()).as(consent.body()).isTrue();
        var sent = browser.submit(consent, Map.of("answer", "allow"));
        var identity = SignedJWT.parse(here.exchange(app, sent.answer().get("code"), Map.of())
                .text("/id_token")).getJWTClaimsSet();
        assertThat(identity.getStringListClaim("amr")).containsExactly("otp", "fed", "mfa");
        assertThat(identity.getStringClaim("acr")).isEqualTo("urn:orrery:acr:mfa");
    }

    @Test
    void takesAProvidersWordForASecondFactorOnlyWhereItIsTrusted() throws Exception {
        var trusted = provider(Map.of("mfaValues", List.of("mfa", "gold")));
        var ann = somebody();
        settled(trusted, ann);
        for (var said : List.<Map<String, Object>>of(
                Map.of(), Map.of("amr", List.of("pwd")), Map.of("acr", "silver"),
                Map.of("amr", "mfa"))) {
            other.saying(said);
            var browser = here.browser();
            assertThat(comeBy(trusted, ann, browser).body()).as("%s", said)
                    .contains("one-time-code");
            assertThat(isIn(browser)).isFalse();
        }
        for (var said : List.<Map<String, Object>>of(
                Map.of("amr", List.of("pwd", "mfa")), Map.of("acr", "gold"))) {
            other.saying(said);
            var app = here.app();
            var browser = here.browser();
            var consent = comeBy(trusted, ann, browser, Provider.authorize(app, Map.of()));
            assertThat(consent.isConsent()).as("%s: %s", said, consent.body()).isTrue();
            var sent = browser.submit(consent, Map.of("answer", "allow"));
            var identity = SignedJWT.parse(here.exchange(
                    app, sent.answer().get("code"), Map.of()).text("/id_token"))
                    .getJWTClaimsSet();
            assertThat(identity.getStringListClaim("amr")).containsExactly("fed", "mfa");
            assertThat(identity.getStringClaim("acr")).isEqualTo("urn:orrery:acr:mfa");
        }
        here.operator().patch(PROVIDERS + "/" + trusted + "?orgId=*", Map.of("oidcConfig", Map.of(
                "discoveryUrl", other.discoveryUrl(), "clientId", OtherProvider.CLIENT)));
        assertThat(comeBy(trusted, ann, here.browser()).body()).as("trusted no more")
                .contains("one-time-code");
    }

    @Test
    void takesAPasskeyForTheSecondStep() throws Exception {
        var provider = provider(Map.of());
        var ann = somebody();
        var first = here.browser();
        comeBy(provider, ann, first);
        var key = new SoftKey();
        var origin = "http://localhost:" + here.server().getPort();
        var asked = session(first).post(FACTORS + "/passkeys", Map.of());
        assertThat(session(first).post(FACTORS + "/passkeys/confirm", Map.of(
                "challenge", asked.text("/data/challenge"), "name", "Key",
                "credential", key.create(asked.json().at("/data/options"), origin))).status())
                .isEqualTo(201);
        var browser = here.browser();
        var second = comeBy(provider, ann, browser);
        var options = second.body().replaceAll("(?s).*data-options=\"([^\"]*)\".*", "$1")
                .replace("&quot;", "\"");
        var answer = key.get(Json.shared().readTree(options), origin).toString();
        var none = browser.submit(second, Map.of("credential", new SoftKey()
                .get(Json.shared().readTree(options), origin).toString()));
        assertThat(none.status()).as("nobody's").isEqualTo(400);
        assertThat(browser.submit(second, Map.of("credential", answer)).isConsent()).isTrue();
    }

    @Test
    void asksOnItsWayToADeviceAndToTheStudio() {
        var provider = provider(Map.of());
        var ann = somebody();
        var phone = settled(provider, ann);
        var device = here.browser();
        var second = comeBy(provider, ann, device, "/oauth2/device");
        assertThat(second.body()).contains("one-time-code");
        var asked = device.submit(second, Map.of("code", phone.code()));
        assertThat(asked.body()).contains("Code that the device shows");

        var name = here.operator().get(PROVIDERS + "/" + provider + "?orgId=*")
                .text("/data/name");
        var browser = here.browser();
        other.with(ann);
        var there = browser.get("/v1/api/auth/oauth/" + name + "/authorize");
        var back = browser.get(browser.get(there.location()).location());
        assertThat(back.location()).isEqualTo("/oauth2/studio/second");
        assertThat(here.browser().get(back.location()).status()).as("another browser")
                .isEqualTo(400);
        var page = browser.get(back.location());
        assertThat(page.body()).contains("one-time-code");
        assertThat(browser.submit(page, Map.of("code", phone.wrongCode())).status())
                .isEqualTo(400);
        var done = browser.submit(page, Map.of("code", phone.code()));
        assertThat(done.status()).as(done.body()).isEqualTo(303);
        var code = done.answer().get("code");
        var token = Visitor.of(here.server())
                .with("Cookie", "orrery-federation=" + browser.cookies().get("orrery-federation"))
                .with("Origin", here.server().toString())
                .post("/v1/api/auth/oauth/exchange", Map.of("code", code));
        assertThat(token.status()).as(token.raw().body()).isEqualTo(200);
        assertThat(Visitor.of(here.server()).as(token.text("/token")).get(FACTORS).status())
                .isEqualTo(200);
    }

    @Test
    void whatAProviderOpenedEndsWhenItIsDisabledAnotherOrGone() {
        for (var end : List.<Map<String, Object>>of(
                Map.of("enabled", false), Map.of("oidcConfig", Map.of(
                        "discoveryUrl", other.discoveryUrl(), "clientId", "another")),
                Map.of())) {
            var provider = provider(Map.of());
            var browser = here.browser();
            var app = here.app();
            var ann = somebody();
            var consent = comeBy(provider, ann, browser, Provider.authorize(
                    app, Map.of("scope", "openid offline_access")));
            var sent = browser.submit(consent, Map.of("answer", "allow"));
            var family = here.exchange(app, sent.answer().get("code"), Map.of());
            var at = PROVIDERS + "/" + provider + "?orgId=*";
            here.operator().patch(at, Map.of("displayName", "Renamed"));
            assertThat(session(browser).get(Provider.AUTH + "/me").status())
                    .as("another name changes nothing").isEqualTo(200);
            var waiting = here.browser();
            var late = comeBy(provider, ann, waiting);
            assertThat(late.isConsent()).isTrue();

            var ended = end.isEmpty() ? here.operator().delete(at)
                    : here.operator().patch(at, end);
            assertThat(ended.status()).as(ended.raw().body()).isIn(200, 204);
            assertThat(session(browser).get(Provider.AUTH + "/me").status()).as("%s", end)
                    .isEqualTo(401);
            assertThat(session(waiting).get(Provider.AUTH + "/me").status()).isEqualTo(401);
            assertThat(here.refresh(app, family.text("/refresh_token")).status())
                    .as("its clients' tokens, too").isEqualTo(400);
        }
    }

    @Test
    void whoIsHalfwayComesNoFurtherThroughADisabledProvider() {
        var provider = provider(Map.of());
        var ann = somebody();
        var phone = settled(provider, ann);
        var browser = here.browser();
        var second = comeBy(provider, ann, browser);
        here.operator().patch(PROVIDERS + "/" + provider + "?orgId=*", Map.of("enabled", false));
        assertThat(browser.submit(second, Map.of("code", phone.code())).status())
                .isEqualTo(403);
        assertThat(isIn(browser)).isFalse();
    }
}
