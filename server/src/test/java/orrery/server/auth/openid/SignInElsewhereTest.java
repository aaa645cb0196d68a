package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import orrery.server.Visitor;
import orrery.server.auth.federation.NameServer;
import orrery.server.auth.federation.OtherProvider;
import orrery.server.auth.federation.OtherProvider.Fault;
import orrery.server.auth.federation.OtherProvider.Person;

/// People sign in at other providers: a small OpenID provider of our own, which speaks as GitHub
/// and GitLab do too. What RFC 9700 and ASVS 10.2 ask of clients has a test each.
@QuarkusTest
@TestProfile(FederationServer.class)
class SignInElsewhereTest {
    private static final String PROVIDERS = "/v1/regions/global/iam/providers";
    private static final String IDENTITIES = Provider.AUTH + "/identities";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static OtherProvider other;
    private static NameServer names;

    @TestHTTPResource
    URI url;

    private Provider here;
    private final List<String> made = new ArrayList<>();

    @BeforeAll
    static void open() throws IOException {
        other = new OtherProvider();
        names = new NameServer(FederationServer.nameServer());
    }

    @AfterAll
    static void close() {
        other.close();
        names.close();
    }

    /// An organization has few of them.
    @AfterEach
    void leave() {
        made.forEach(it -> here.operator().delete(PROVIDERS + "/" + it));
    }

    @BeforeEach
    void settle() {
        here = Provider.on(url);
        other.with(Fault.NONE);
    }

    /// A provider of the operator's organization, and its domain, which is proved.
    private record Registered(String id, String domain, String callback) {
        String somebody() {
            return "person" + COUNT.incrementAndGet() + "@" + domain;
        }
    }

    private Registered register(Map<String, Object> more) {
        var domain = "acme" + COUNT.incrementAndGet() + ".example";
        var body = new HashMap<String, Object>(Map.of("displayName", "Acme",
                "tenantDomain", domain, "oidcConfig", Map.of("discoveryUrl",
                        other.discoveryUrl(), "clientId", OtherProvider.CLIENT,
                        "clientSecret", OtherProvider.SECRET)));
        body.putAll(more);
        body.values().removeIf(""::equals);
        var made = here.operator().post(PROVIDERS, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        this.made.add(made.text("/data/id"));
        return new Registered(made.text("/data/id"), domain,
                made.text("/data/redirectUris/0"));
    }

    private Registered proved() {
        var made = register(Map.of());
        prove(made);
        return made;
    }

    private void prove(Registered made) {
        var domain = here.operator().get(PROVIDERS + "/" + made.id()).json().at("/data/domain");
        names.set(domain.path("record").asText(), domain.path("value").asText());
        var proved = here.operator().post(PROVIDERS + "/" + made.id() + ":proveDomain", Map.of());
        assertThat(proved.text("/data/domain/state")).as(proved.raw().body())
                .isEqualTo("proved");
    }

    /// The sign-in page of an application, where the browser comes first.
    private Browser.Seen page(Browser browser) {
        var page = browser.get(Provider.authorize(
                here.anyApp(), Map.of("prompt", "consent")));
        assertThat(page.isSignIn()).isTrue();
        return page;
    }

    private static Browser.Seen choose(Browser browser, Browser.Seen page, String provider) {
        return browser.post("/oauth2/login/provider",
                with(Browser.hidden(page), "provider", provider));
    }

    private static Browser.Seen typed(Browser browser, Browser.Seen page, String email) {
        return browser.post("/oauth2/login/provider",
                with(Browser.hidden(page), "email", email));
    }

    private static Map<String, String> with(
            Map<String, String> fields, String name, String value) {
        var all = new HashMap<>(fields);
        all.put(name, value);
        return all;
    }

    /// From our page to the provider, and back to ours.
    private static Browser.Seen there(Browser browser, Browser.Seen sent) {
        assertThat(sent.status()).as(sent.body()).isEqualTo(303);
        var back = browser.get(sent.location());
        assertThat(back.status()).as(back.body()).isEqualTo(302);
        return browser.get(back.location());
    }

    private Browser.Seen signIn(Browser browser, Registered at, String email) {
        other.with(Person.of(email));
        return there(browser, choose(browser, page(browser), at.id()));
    }

    private Visitor session(Browser browser) {
        return Visitor.of(here.server())
                .with("Cookie", "k8shell-session=" + browser.cookies().get("k8shell-session"));
    }

    @Test
    void findsTheProviderByTheAddressAndSignsIn() throws Exception {
        var acme = proved();
        var email = acme.somebody();
        other.with(Person.of(email));
        var browser = here.browser();
        var sent = typed(browser, page(browser), email.toUpperCase(Locale.ROOT));
        assertThat(Browser.fields(URI.create(sent.location()).getRawQuery()))
                .containsKeys("state", "nonce", "code_challenge")
                .containsEntry("code_challenge_method", "S256")
                .containsEntry("redirect_uri", acme.callback())
                .containsEntry("response_type", "code")
                .containsEntry("scope", "openid profile email");
        var consent = there(browser, sent);
        assertThat(consent.isConsent()).as(consent.body()).isTrue();
        assertThat(browser.submit(consent, Map.of("answer", "allow")).answer())
                .containsKey("code");
        assertThat(browser.cookies()).doesNotContainKey("orrery-federation");

        var me = session(browser).get(Provider.AUTH + "/me");
        assertThat(me.text("/data/user/email")).isEqualTo(email);
        assertThat(me.text("/data/memberships/0/organizationId"))
                .isEqualTo(here.organization());
        assertThat(me.json().at("/data/memberships").size()).isEqualTo(1);
        assertThat(me.text("/data/memberships/0/roles/0")).isEqualTo("member");
        assertThat(session(browser).get("/v1/regions/global/iam/users/profile")
                .json().at("/data/emailVerified").asBoolean()).isTrue();

        var again = here.browser();
        assertThat(signIn(again, acme, email).isConsent()).isTrue();
        assertThat(session(again).get(Provider.AUTH + "/me").text("/data/user/id"))
                .isEqualTo(me.text("/data/user/id"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void letsNobodyInWhoIsNotProved(Fault fault) {
        var acme = proved();
        var email = acme.somebody();
        other.with(fault);
        var browser = here.browser();
        var seen = signIn(browser, acme, email);
        assertThat(seen.status()).as(seen.body()).isEqualTo(400);
        assertThat(seen.body()).contains(told(fault));
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
        other.with(Fault.NONE);
        assertThat(signIn(here.browser(), acme, email).isConsent())
                .as("the same person, when the provider behaves").isTrue();
    }

    private static String told(Fault fault) {
        return switch (fault) {
            case DENIED -> "did not allow it";
            case NO_CODE -> "without an answer";
            case ISS_OF_ANOTHER, NO_ISS -> "too old, or began in another browser";
            case NO_EMAIL -> "There is no account for you here";
            case HUGE -> "does not answer as it should";
            default -> "could not be verified";
        };
    }

    @Test
    void anAnswerCountsOnce() {
        var acme = proved();
        other.with(Person.of(acme.somebody()));
        var browser = here.browser();
        var back = browser.get(choose(browser, page(browser), acme.id()).location());
        var flow = browser.cookies().get("orrery-federation");
        assertThat(browser.get(back.location()).isConsent()).isTrue();
        browser.cookies().put("orrery-federation", flow);
        var second = browser.get(back.location());
        assertThat(second.status()).isEqualTo(400);
        assertThat(second.body()).contains("too old, or began in another browser");
    }

    @Test
    void anAnswerCountsInTheBrowserThatBegan() {
        var acme = proved();
        other.with(Person.of(acme.somebody()));
        var mallory = here.browser();
        var back = mallory.get(choose(mallory, page(mallory), acme.id()).location());
        var victim = here.browser();
        assertThat(victim.get(back.location()).status()).isEqualTo(400);
        choose(victim, page(victim), acme.id());
        assertThat(victim.get(back.location()).status())
                .as("nor with a sign-in of its own under way").isEqualTo(400);
        assertThat(victim.cookies()).doesNotContainKey("k8shell-session");
    }

    @Test
    void anAnswerCountsAtTheAddressOfItsProvider() {
        var acme = proved();
        var evil = register(Map.of("name", "evil" + COUNT.incrementAndGet()));
        other.with(Person.of(acme.somebody()));
        var browser = here.browser();
        var back = browser.get(choose(browser, page(browser), evil.id()).location()).location();
        var mixed = browser.get(back.replace(evil.id(), acme.id()));
        assertThat(mixed.status()).isEqualTo(400);
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
    }

    @Test
    void theBareAddressIsForThoseWhoSayWhoTheyAre() {
        var acme = proved();
        other.with(Person.of(acme.somebody()));
        var browser = here.browser();
        var back = browser.get(choose(browser, page(browser), acme.id()).location()).location();
        var bare = back.replace("/" + acme.id(), "");
        assertThat(browser.get(bare.replaceAll("[?&]iss=[^&]*", "").replace("callback&",
                "callback?")).status()).isEqualTo(400);
        browser = here.browser();
        back = browser.get(choose(browser, page(browser), acme.id()).location()).location();
        assertThat(browser.get(back.replace("/" + acme.id(), "")).isConsent()).isTrue();
    }

    @Test
    void keysThatAreNewAreAskedForOnceInAWhile() {
        var acme = proved();
        assertThat(signIn(here.browser(), acme, acme.somebody()).isConsent()).isTrue();
        var read = other.keySetsRead();
        other.with(Fault.FOREIGN_KEY);
        signIn(here.browser(), acme, acme.somebody());
        assertThat(other.keySetsRead()).as("the key is known, the signature wrong")
                .isEqualTo(read);
    }

    @Test
    void neverTakesAnAccountOverByItsAddress() {
        var acme = register(Map.of("signUp", "anyone"));
        var browser = here.browser();
        var seen = signIn(browser, acme, Provider.MEMBER);
        assertThat(seen.status()).isEqualTo(400);
        assertThat(seen.body()).contains("Sign in to it as before, then link");
        assertThat(browser.cookies()).doesNotContainKey("k8shell-session");
    }

    @Test
    void makesAccountsForNobodyElse() {
        var acme = proved();
        var stranger = signIn(here.browser(), acme, "x" + COUNT.incrementAndGet() + "@y.example");
        assertThat(stranger.status()).isEqualTo(400);
        assertThat(stranger.body()).contains("There is no account for you here");
        other.with(new Person("77", acme.somebody(), false, "Unverified"));
        var browser = here.browser();
        assertThat(there(browser, choose(browser, page(browser), acme.id())).status())
                .as("an address that the provider has not verified").isEqualTo(400);
        var unproved = register(Map.of());
        assertThat(signIn(here.browser(), unproved, unproved.somebody()).status())
                .as("a domain that is not proved").isEqualTo(400);
    }

    @Test
    void aDomainThatIsNotProvedRoutesNobody() {
        var acme = register(Map.of());
        var browser = here.browser();
        var seen = typed(browser, page(browser), acme.somebody());
        assertThat(seen.status()).isEqualTo(400);
        assertThat(seen.body()).contains("Nobody with that address");
        var early = here.operator().post(PROVIDERS + "/" + acme.id() + ":proveDomain", Map.of());
        assertThat(early.status()).isEqualTo(422);
        assertThat(early.raw().body()).contains("_orrery-challenge." + acme.domain());
        var approved = here.operator().post(
                PROVIDERS + "/" + acme.id() + ":approveDomain", Map.of());
        assertThat(approved.text("/data/domain/state")).isEqualTo("approved");
        assertThat(typed(browser, page(browser), acme.somebody()).status()).isEqualTo(303);
        var other = here.operator().patch(PROVIDERS + "/" + acme.id(),
                Map.of("tenantDomain", "more." + acme.domain()));
        assertThat(other.text("/data/domain/state")).as("another domain").isEqualTo("unproved");
    }

    @Test
    void anOrganizationsProviderSpeaksForThatOrganizationOnly() {
        var acme = proved();
        var email = acme.somebody();
        var browser = here.browser();
        assertThat(signIn(browser, acme, email).isConsent()).isTrue();
        var person = session(browser);
        assertThat(person.get(Provider.AUTH + "/sessions").status())
                .as("the account is not the organization's to look after").isEqualTo(403);
        assertThat(person.get(IDENTITIES).status()).isEqualTo(403);
        assertThat(person.post(IDENTITIES, Map.of("provider", acme.id())).status())
                .isEqualTo(403);

        var elsewhere = here.operator().post("/v1/regions/global/organizations",
                Map.of("name", "org-" + COUNT.incrementAndGet())).text("/data/id");
        var twin = register(Map.of("orgId", elsewhere, "signUp", "anyone"));
        var seen = signIn(here.browser(), twin, email);
        assertThat(seen.body()).as("the same subject in another realm is somebody else")
                .contains("There is an account with your e-mail address");
        var client = here.operator().post(Provider.CLIENTS, Map.of("organizationId", elsewhere,
                "displayName", "Elsewhere", "redirectUris", Set.of(Provider.CALLBACK)));
        var app = new Provider.App(client.text("/data/client/id"), "");
        assertThat(browser.get(Provider.authorize(app, Map.of())).isSignIn())
                .as("an application of another organization").isTrue();
    }

    @Test
    void anOperatorWhoComesByAnOrganizationsProviderIsNoneThere() {
        var acme = proved();
        var operator = here.browser();
        Provider.signIn(operator, page(operator), Provider.OPERATOR);
        other.with(new Person("4711", "boss@" + acme.domain(), true, "Boss"));
        var begun = session(operator).post(IDENTITIES, Map.of("provider", acme.id()));
        keep(operator, begun);
        operator.get(operator.get(begun.text("/data/authorizationUrl")).location());
        assertThat(session(operator).get(PROVIDERS + "?orgId=*").status()).isEqualTo(200);
        var browser = here.browser();
        there(browser, choose(browser, page(browser), acme.id()));
        var me = session(browser).get(Provider.AUTH + "/me");
        assertThat(me.text("/data/user/email")).isEqualTo(Provider.OPERATOR);
        assertThat(me.json().at("/data/operator").asBoolean()).isFalse();
        assertThat(me.json().at("/data/memberships").size()).isEqualTo(1);
        assertThat(session(browser).get(PROVIDERS + "?orgId=*").status()).isEqualTo(403);
        assertThat(session(browser).get(PROVIDERS).status())
                .as("in the organization it is who it is").isEqualTo(200);
    }

    @Test
    void whoLeftTheOrganizationComesInNoMore() {
        var acme = proved();
        var email = acme.somebody();
        var browser = here.browser();
        signIn(browser, acme, email);
        var user = session(browser).get(Provider.AUTH + "/me").text("/data/user/id");
        assertThat(here.operator().delete("/v1/regions/global/iam/users/" + user).status())
                .isEqualTo(204);
        var seen = signIn(here.browser(), acme, email);
        assertThat(seen.status()).isEqualTo(400);
        assertThat(seen.body()).contains("do not belong to the organization");
    }

    @Test
    void linksAfterAFreshSignInAndUnlinks() {
        var github = gitHub(Map.of("signUp", "nobody"));
        var subject = new Person(Integer.toString(900_000 + COUNT.incrementAndGet()),
                "elsewhere@other.example", true, "Ann");
        var browser = here.browser();
        Provider.signIn(browser, page(browser), Provider.MEMBER);
        var ann = session(browser);
        var begun = ann.post(IDENTITIES, Map.of("provider", github.id()));
        assertThat(begun.status()).as(begun.raw().body()).isEqualTo(200);
        keep(browser, begun);
        other.with(subject);
        var back = browser.get(browser.get(begun.text("/data/authorizationUrl")).location());
        assertThat(back.body()).contains("Linked");

        var fresh = here.browser();
        assertThat(there(fresh, choose(fresh, page(fresh), github.id())).status())
                .isNotEqualTo(400);
        var me = session(fresh);
        assertThat(me.get(Provider.AUTH + "/me").text("/data/user/email"))
                .as("whatever address the provider tells").isEqualTo(Provider.MEMBER);
        var mine = me.get(IDENTITIES);
        assertThat(mine.text("/data/0/subject")).isEqualTo(subject.subject());
        assertThat(mine.json().at("/data/0/organizationId").isNull()).isTrue();

        var operator = here.browser();
        Provider.signIn(operator, page(operator), Provider.OPERATOR);
        var second = session(operator).post(IDENTITIES, Map.of("provider", github.id()));
        keep(operator, second);
        assertThat(operator.get(operator.get(second.text("/data/authorizationUrl")).location())
                .body()).contains("linked to another account");
        assertThat(me.delete(IDENTITIES + "/" + mine.text("/data/0/id")).status())
                .isEqualTo(204);
        assertThat(me.get(IDENTITIES).json().at("/data").size()).isZero();
        var late = here.browser();
        assertThat(there(late, choose(late, page(late), github.id())).status()).isEqualTo(400);
    }

    private static void keep(Browser browser, Visitor.Heard heard) {
        var cookie = heard.raw().headers().firstValue("Set-Cookie").orElseThrow();
        var pair = cookie.split(";", 2)[0].split("=", 2);
        browser.cookies().put(pair[0], pair[1]);
    }

    private Registered gitHub(Map<String, Object> more) {
        return plain("github", more);
    }

    private Registered plain(String kind, Map<String, Object> more) {
        var body = new HashMap<String, Object>(Map.of("orgId", "*", "kind", kind,
                "name", kind + "-" + COUNT.incrementAndGet(), "oidcConfig", "",
                "oauthConfig", other.plainConfig(), "signUp", "anyone",
                "joinOrganizationId", here.organization()));
        body.putAll(more);
        return register(body);
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void signsInByProvidersWithoutIdTokens(orrery.server.iam.provider.Provider.Kind kind) {
        var at = plain(kind.name().toLowerCase(Locale.ROOT), Map.of());
        var email = "dev" + COUNT.incrementAndGet() + "@other.example";
        var browser = here.browser();
        var shown = page(browser);
        assertThat(shown.body()).contains("value=\"" + at.id() + "\"");
        assertThat(signIn(browser, at, email).isConsent()).isTrue();
        assertThat(session(browser).get(Provider.AUTH + "/me").text("/data/user/email"))
                .isEqualTo(email);
    }

    @Test
    void sendsWhoTypedAnAddressToTheRightProvider() {
        var acme = proved();
        var app = here.app();
        var asked = Map.of("email", acme.somebody(), "redirectUri", Provider.CALLBACK,
                "clientId", app.id(), "codeChallenge", Provider.challenge(),
                "codeChallengeMethod", "S256");
        var nobody = Visitor.of(here.server());
        var to = nobody.post(Provider.AUTH + "/login/initiate", asked);
        var address = to.text("/data/authorizationUrl");
        assertThat(address).startsWith(here.server() + "/oauth2/authorize?");
        var browser = here.browser();
        assertThat(browser.get(address).location()).startsWith(other.issuer() + "/authorize?");
        var wrong = new HashMap<>(asked);
        wrong.put("redirectUri", "https://evil.example/");
        wrong.put("clientId", "nobody");
        assertThat(nobody.post(Provider.AUTH + "/login/initiate", wrong).raw().body())
                .contains("names no client");
        wrong.put("clientId", app.id());
        assertThat(nobody.post(Provider.AUTH + "/login/initiate", wrong).status())
                .isEqualTo(400);
        var unknown = new HashMap<>(asked);
        unknown.put("email", "ann@nowhere.example");
        assertThat(browser.get(nobody.post(Provider.AUTH + "/login/initiate", unknown)
                .text("/data/authorizationUrl")).isSignIn()).isTrue();
    }
}
