package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Visitor;
import orrery.server.auth.federation.OtherProvider;
import orrery.server.auth.federation.OtherProvider.Fault;
import orrery.server.auth.federation.OtherProvider.Person;

/// Sign-in at other providers as the studio's and the workspaces' pages know it.
@QuarkusTest
@TestProfile(FederationServer.class)
class StudioSignInTest {
    private static final String OAUTH = "/v1/api/auth/oauth/";
    private static final String PROVIDERS = "/v1/regions/global/iam/providers/";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static OtherProvider other;

    @TestHTTPResource
    URI url;

    private Provider here;
    private String name;
    private String id;

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
        name = "studio-github-" + COUNT.incrementAndGet();
        other.with(Fault.NONE).with(Person.of(name + "@other.example"));
        var made = here.operator().post("/v1/regions/global/iam/providers", Map.of(
                "orgId", "*", "kind", "github", "name", name, "displayName", "GitHub",
                "oauthConfig", other.plainConfig(), "signUp", "anyone",
                "joinOrganizationId", here.organization()));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        id = made.text("/data/id");
    }

    @AfterEach
    void leave() {
        here.operator().delete(PROVIDERS + id);
    }

    private String back(Browser browser) {
        var sent = browser.get(OAUTH + name + "/authorize");
        assertThat(sent.status()).isEqualTo(307);
        assertThat(sent.location()).contains("redirect_uri=");
        return browser.get(sent.location()).location();
    }

    private Visitor.Heard exchange(Browser browser, String code) {
        var visitor = Visitor.of(here.server());
        var cookie = browser.cookies().get("orrery-federation");
        return (cookie == null ? visitor
                : visitor.with("Cookie", "orrery-federation=" + cookie))
                .post(OAUTH + "exchange", Map.of("code", code));
    }

    @Test
    void givesTheStudiosPageACodeAndForItAToken() {
        assertThat(Visitor.of(here.server()).get("/v1/api/auth/methods").raw().body())
                .contains("{\"name\":\"" + name + "\",\"displayName\":\"GitHub\","
                        + "\"icon\":\"github\"}");
        var browser = here.browser();
        var back = back(browser);
        assertThat(back).startsWith(here.server() + OAUTH + name + "/callback?");
        var sent = browser.get(back);
        assertThat(sent.status()).isEqualTo(307);
        assertThat(sent.location()).startsWith(here.server() + "/auth/callback?code=");
        var code = sent.answer().get("code");
        assertThat(exchange(here.browser(), code).status())
                .as("a code is its browser's").isEqualTo(401);

        var again = here.browser();
        code = again.get(back(again)).answer().get("code");
        var token = exchange(again, code);
        assertThat(token.status()).as(token.raw().body()).isEqualTo(200);
        assertThat(token.text("/user/email")).isEqualTo(name + "@other.example");
        assertThat(Visitor.of(here.server()).as(token.text("/token")).get("/v1/api/profile")
                .text("/user/email")).isEqualTo(name + "@other.example");
        var used = exchange(again, code);
        assertThat(used.status()).isEqualTo(401);
        assertThat(used.text("/error")).isEqualTo("Invalid or expired code");
    }

    @Test
    void tellsThePageWhatWentWrong() {
        var browser = here.browser();
        assertThat(browser.get(OAUTH + name + "/callback?code=x").answer())
                .containsEntry("error", "Missing state parameter");
        assertThat(browser.get(OAUTH + name + "/callback?code=x&state=y").answer())
                .containsEntry("error", "Invalid or expired authentication state");
        var unknown = Visitor.of(here.server()).get(OAUTH + "nobody/authorize");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text("/error")).isEqualTo("Unknown or disabled provider");
        other.with(Fault.DENIED);
        assertThat(browser.get(back(browser)).answer())
                .containsEntry("error", "Authentication denied by provider");
        other.with(Fault.NO_CODE);
        assertThat(browser.get(back(browser)).answer())
                .containsEntry("error", "No authorization code received");
        other.with(Fault.ERROR);
        assertThat(browser.get(back(browser)).answer())
                .containsEntry("error", "Authentication failed");
        other.with(Fault.NONE).with(new Person("5", Provider.MEMBER, true, "Ann"));
        assertThat(browser.get(back(browser)).answer().get("error"))
                .contains("then link this provider");
        var missing = Visitor.of(here.server()).post(OAUTH + "exchange", Map.of("code", ""));
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.text("/error")).isEqualTo("Code is required");
    }

    @Test
    void theLastWayToSignInStays() {
        var browser = here.browser();
        var token = exchange(browser, browser.get(back(browser)).answer().get("code"));
        var person = Visitor.of(here.server()).as(token.text("/token"));
        var identities = Provider.AUTH + "/identities";
        var only = person.get(identities).text("/data/0/id");
        var kept = person.delete(identities + "/" + only);
        assertThat(kept.status()).isEqualTo(409);
        assertThat(kept.raw().body()).contains("the last way to sign in");
        assertThat(here.member().delete(identities + "/" + only).status())
                .as("another's").isEqualTo(404);
    }

    @Test
    void doesNotStandInForTheProviderThatAnOrganizationWants() {
        var strict = here.operator().post("/v1/regions/global/organizations",
                Map.of("name", "strict-" + COUNT.incrementAndGet())).text("/data/id");
        var set = here.operator().patch("/v1/regions/global/organizations/" + strict,
                Map.of("settings", Map.of("requireSso", true)));
        assertThat(set.status()).as(set.raw().body()).isEqualTo(200);
        here.operator().patch(PROVIDERS + id, Map.of("joinOrganizationId", strict));
        var browser = here.browser();
        assertThat(browser.get(back(browser)).answer().get("error"))
                .contains("Your organization wants you to sign in by its own provider");
        assertThat(here.operator().get("/v1/regions/global/iam/users?orgId=" + strict)
                .raw().body()).doesNotContain(name);
    }

    @Test
    void workspacesSendPeopleThereToo() {
        var providers = Visitor.of(here.server()).get("/api/v1/auth/providers");
        assertThat(providers.json().isArray()).isTrue();
        assertThat(providers.raw().body()).contains("idp.k8shell.io/file",
                "{\"name\":\"idp.k8shell.io/" + name + "\","
                        + "\"capabilities\":[\"OnboardUserWebFlow\"]}");
        var browser = here.browser();
        var begun = browser.get("/api/v1/auth/login?provider=idp.k8shell.io/" + name);
        assertThat(begun.status()).isEqualTo(302);
        var sent = browser.get(begun.location());
        assertThat(sent.status()).as(sent.body()).isEqualTo(303);
        var back = browser.get(browser.get(sent.location()).location());
        assertThat(back.location()).as(back.body()).contains("/api/v1/auth/callback?");
        assertThat(browser.get(back.location()).status()).isEqualTo(302);
        var profile = Visitor.of(here.server()).with("Cookie", "k8shell-session="
                + browser.cookies().get("k8shell-session")).get("/api/v1/me/profile");
        assertThat(profile.text("/email")).isEqualTo(name + "@other.example");
        assertThat(browser.get("/api/v1/auth/login?provider=idp.k8shell.io/nobody").status())
                .isEqualTo(400);
    }
}
