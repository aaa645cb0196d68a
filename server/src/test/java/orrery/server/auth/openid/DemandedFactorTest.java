package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Mailbox;
import orrery.server.Visitor;
import orrery.server.auth.factor.Authenticator;
import orrery.server.auth.federation.OtherProvider;
import orrery.server.auth.federation.OtherProvider.Person;

/// Organizations demand a second factor of their people.
@QuarkusTest
@TestProfile(FederationServer.class)
class DemandedFactorTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String PROVIDERS = GLOBAL + "/iam/providers";
    private static final String ME = Provider.AUTH + "/me";
    private static final String LOGIN = "/v1/api/auth/login";
    private static final Pattern SECRET = Pattern.compile("<p><code>([A-Z2-7 ]+)</code></p>");
    private static final Pattern RECOVERY = Pattern.compile("<li><code>([^<]+)</code></li>");
    private static final Pattern NEXT = Pattern.compile("id=\"next\" href=\"([^\"]+)\"");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static OtherProvider other;

    @TestHTTPResource
    URI url;

    private Provider here;
    private Visitor anybody;
    private String organization;

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
        anybody = Visitor.of(here.server());
        organization = here.operator().post(GLOBAL + "/organizations",
                Map.of("name", "careful-" + COUNT.incrementAndGet())).text("/data/id");
    }

    private void demand(boolean isOn) {
        var changed = here.operator().patch(GLOBAL + "/organizations/" + organization,
                Map.of("settings", Map.of("requireSecondFactor", isOn)));
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.json().at("/data/settings/requireSecondFactor").asBoolean())
                .isEqualTo(isOn);
    }

    private String email() {
        return "careful" + COUNT.incrementAndGet() + "@demands.example.com";
    }

    /// Somebody who lives in the organization, with [Provider#PASSWORD].
    private String person() {
        var email = email();
        var joined = anybody.post("/v1/api/auth/register", Map.of("email", email,
                "password", Provider.PASSWORD, "name", "Careful", "inviteCode", invitation(email)));
        assertThat(joined.status()).as(joined.raw().body()).isEqualTo(201);
        return email;
    }

    private String invitation(String email) {
        here.operator().post(GLOBAL + "/organizations/" + organization + "/invitations",
                Map.of("email", email, "role", "member"));
        return new Mailbox(email).letter("Invitation to")
                .replaceFirst("(?s).*#invitation=(\\S+).*", "$1");
    }

    private Visitor.Heard login(String email, String code) {
        var body = new HashMap<>(Map.of("email", email, "password", Provider.PASSWORD));
        if (code != null) {
            body.put("code", code);
        }
        return anybody.post(LOGIN, body);
    }

    private Visitor session(Browser browser) {
        return anybody
                .with("Cookie", "k8shell-session=" + browser.cookies().get("k8shell-session"))
                .with("Origin", here.server().toString());
    }

    private static String found(Pattern pattern, Browser.Seen page) {
        var match = pattern.matcher(page.body());
        assertThat(match.find()).as(page.body()).isTrue();
        return match.group(1).replace("&amp;", "&");
    }

    private static Authenticator phone(Browser.Seen page) {
        assertThat(page.body()).contains("Set up a second factor");
        return new Authenticator(found(SECRET, page).replace(" ", ""));
    }

    @Test
    void leadsWhoHasNoneToSetOneUpAndOpensNothingBefore() {
        var email = person();
        demand(true);
        var app = here.anyApp();
        var browser = here.browser();
        var page = Provider.signIn(browser, browser.get(Provider.authorize(
                app, Map.of("prompt", "login"))), email);
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
        var phone = phone(page);
        var wrong = browser.submit(page, Map.of("code", phone.wrongCode()));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("is not what the application shows");
        assertThat(found(SECRET, wrong)).as("the same").isEqualTo(found(SECRET, page));
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
        var stolen = here.browser();
        stolen.get(Provider.authorize(app, Map.of()));
        assertThat(stolen.submit(wrong, Map.of("code", phone.code())).status())
                .as("another browser").isEqualTo(400);

        // The code was good: only where it came from was not.
        var kept = browser.submit(wrong, Map.of("code", phone.sameCode()));
        assertThat(kept.status()).as(kept.body()).isEqualTo(200);
        assertThat(kept.header("Cache-Control")).isEqualTo("no-store");
        var recovery = found(RECOVERY, kept);
        assertThat(session(browser).get(ME).status()).isEqualTo(200);
        var consent = browser.get(found(NEXT, kept));
        assertThat(consent.isSignIn()).as("not once more").isFalse();
        assertThat(browser.submit(consent, Map.of("answer", "allow")).answer())
                .containsKey("code");
        assertThat(login(email, null).status()).isEqualTo(401);
        assertThat(login(email, phone.code()).status()).isEqualTo(200);
        assertThat(login(email, recovery).status()).isEqualTo(200);

        var again = browser.submit(wrong, Map.of("code", phone.code()));
        assertThat(again.status()).as("the password alone replaces no factor").isEqualTo(403);
    }

    @Test
    void clientsThatSignInByOneRequestAreToldWhere() {
        var email = person();
        demand(true);
        var studio = login(email, null);
        assertThat(studio.status()).isEqualTo(403);
        assertThat(studio.text("/error")).contains("second factor", "/api/v1/auth/login");
        var workspace = anybody.post("/api/v1/auth/login", Map.of(
                "username", email, "password", Provider.PASSWORD));
        assertThat(workspace.status()).isEqualTo(403);
        assertThat(workspace.raw().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(workspace.raw().body()).contains("second factor");
        var browser = here.browser();
        var page = browser.get(browser.get("/api/v1/auth/login").location());
        phone(Provider.signIn(browser, page, email));

        var late = email();
        var made = anybody.post("/v1/api/auth/register", Map.of("email", late, "password",
                Provider.PASSWORD, "name", "Late", "inviteCode", invitation(late)));
        assertThat(made.status()).as("made, and not let in yet").isEqualTo(403);
        assertThat(made.text("/error")).contains("second factor");
        assertThat(login(late, null).text("/error")).contains("second factor");
    }

    @Test
    void endsWhatWasOpenedWithOneFactorAndLeavesKeys() {
        var email = person();
        var ann = anybody.as(login(email, null).text("/token"));
        var key = ann.post(GLOBAL + "/iam/apikeys", Map.of("displayName", "K",
                "scope", "project", "scopeId", ann.get(ME).text("/data/projectId")))
                .text("/data/secret");
        var guest = anybody.as(here.register(email()));
        demand(true);
        assertThat(ann.get(ME).status()).isEqualTo(401);
        assertThat(anybody.as(key).get(ME).status()).isEqualTo(200);
        assertThat(guest.get(ME).status()).as("of another organization").isEqualTo(200);
        demand(false);
        assertThat(login(email, null).status()).isEqualTo(200);
    }

    @Test
    void asksWhoComesByAProviderToo() {
        var registered = here.operator().post(PROVIDERS, Map.of("orgId", "*",
                "displayName", "Elsewhere", "name", "careful-" + COUNT.incrementAndGet(),
                "signUp", "anyone", "joinOrganizationId", organization,
                "oidcConfig", Map.of("discoveryUrl", other.discoveryUrl(),
                        "clientId", OtherProvider.CLIENT, "clientSecret", OtherProvider.SECRET,
                        "mfaValues", List.of("mfa"))));
        var name = registered.text("/data/name");
        demand(true);
        other.saying(Map.of()).with(Person.of(email()));
        var browser = here.browser();
        var back = browser.get(browser.get(browser.get(
                "/v1/api/auth/oauth/" + name + "/authorize").location()).location());
        var page = browser.get(back.location());
        var kept = browser.submit(page, Map.of("code", phone(page).code()));
        assertThat(found(NEXT, kept)).endsWith("/login");

        other.saying(Map.of("amr", List.of("mfa"))).with(Person.of(email()));
        var trusted = here.browser();
        var entered = trusted.get(trusted.get(trusted.get(
                "/v1/api/auth/oauth/" + name + "/authorize").location()).location());
        assertThat(entered.answer()).as("the provider asked").containsKey("code");
        here.operator().delete(PROVIDERS + "/" + registered.text("/data/id") + "?orgId=*");
    }

    @Test
    void anOrganizationsProviderGivesNobodyElsesAccountAFactor() {
        var registered = here.operator().post(PROVIDERS, Map.of("orgId", organization,
                "displayName", "Own", "signUp", "anyone",
                "tenantDomain", "own" + COUNT.incrementAndGet() + ".example",
                "oidcConfig", Map.of("discoveryUrl", other.discoveryUrl(),
                        "clientId", OtherProvider.CLIENT, "clientSecret", OtherProvider.SECRET)));
        assertThat(registered.status()).as(registered.raw().body()).isEqualTo(201);
        var provider = registered.text("/data/id");
        other.saying(Map.of());
        var email = person();
        var ann = here.browser();
        Provider.signIn(ann, ann.get(Provider.authorize(here.anyApp(), Map.of())), email);
        var begun = session(ann).post(Provider.AUTH + "/identities",
                Map.of("provider", provider));
        var pair = begun.header("Set-Cookie").split(";", 2)[0].split("=", 2);
        ann.cookies().put(pair[0], pair[1]);
        other.with(new Person("4242" + COUNT.incrementAndGet(), "x@y.example", true, "X"));
        assertThat(ann.get(ann.get(begun.text("/data/authorizationUrl")).location()).body())
                .contains("Linked");
        demand(true);
        var browser = here.browser();
        var refused = come(provider, browser);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("set one up there, and come back");

        other.with(Person.of(email()));
        phone(come(provider, here.browser()));
    }

    private Browser.Seen come(String provider, Browser browser) {
        var fields = new HashMap<>(Browser.hidden(
                browser.get(Provider.authorize(here.anyApp(), Map.of()))));
        fields.put("provider", provider);
        return browser.get(browser.get(
                browser.post("/oauth2/login/provider", fields).location()).location());
    }
}
