package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import orrery.server.Visitor;
import orrery.server.auth.openid.Browser.Seen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A command line gets a token that its person allows in a browser: what the family's own client
/// sends, in its order, over plain HTTP.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class CommandLineSignInTest {
    private static final String TOKEN = "/api/v1/auth/token?state=";

    @TestHTTPResource
    URI url;

    private Provider provider;
    private Visitor commandLine;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
        commandLine = Visitor.of(provider.server());
    }

    @Test
    void theFamilysCommandLineSignsIn() {
        var state = "0123456789abcdef0123456789abcdef";
        assertThat(commandLine.get(TOKEN + state).status()).isEqualTo(202);
        var browser = provider.browser();
        var page = signIn(browser, state);
        assertThat(page.status()).as(page.body()).isEqualTo(200);
        assertThat(page.body()).contains("127.0.0.1", "workspace:*", "user:read:profile",
                        "Do not allow", Provider.MEMBER)
                .doesNotContain("not at that address").doesNotContain("credentials");
        assertThat(commandLine.get(TOKEN + state).status()).as("not allowed yet").isEqualTo(202);
        assertThat(browser.submit(page, Map.of("answer", "allow")).body()).contains("Connected");

        var got = commandLine.get(TOKEN + state);
        assertThat(got.status()).as(got.raw().body()).isEqualTo(200);
        assertThat(got.header("Cache-Control")).isEqualTo("no-store");
        assertThat(got.text("/token")).startsWith("k8sh_");
        assertThat(got.text("/username")).isEqualTo("ann");
        assertThat(got.json().path("provider").isTextual()).isTrue();
        assertThat(got.json().path("address").isTextual()).isTrue();
        var again = commandLine.get(TOKEN + state);
        assertThat(again.status()).as("picked up once").isEqualTo(409);
        assertThat(again.text("/msg")).contains("begin again");

        var signedIn = commandLine.as(got.text("/token"));
        assertThat(signedIn.get("/api/v1/me/profile").text("/username")).isEqualTo("ann");
        assertThat(signedIn.get("/api/v1/users").json().isArray()).isTrue();
        assertThat(signedIn.get("/api/v1/users/ann/sessions?all=true").status()).isEqualTo(200);
        assertThat(signedIn.get("/api/v1/workspaces?all=true").status()).isEqualTo(200);
        assertThat(signedIn.get("/api/v1/me/tokens").status()).as("no scope").isEqualTo(403);
        var made = provider.member().get("/api/v1/me/tokens").json();
        var mine = made.findParent("preview");
        assertThat(mine.path("name").asText()).matches("OAuth-[0-9a-f]{8}");
        assertThat(Instant.parse(mine.path("expires_at").asText()))
                .isBefore(Instant.now().plus(91, ChronoUnit.DAYS));
    }

    @Test
    void itIsPickedUpByWhoAskedFirstAndIsShown() throws Exception {
        var state = "first-come-first-served-0001";
        assertThat(from("127.0.0.2", state).statusCode()).isEqualTo(202);
        var stranger = commandLine.get(TOKEN + state);
        assertThat(stranger.status()).as("another address").isEqualTo(403);
        var browser = provider.browser();
        var page = signIn(browser, state);
        assertThat(page.body()).contains("127.0.0.2", "Your browser is not at that");
        browser.submit(page, Map.of("answer", "allow"));
        assertThat(commandLine.get(TOKEN + state).status()).isEqualTo(403);
        assertThat(from("127.0.0.2", state).statusCode()).isEqualTo(200);
        assertThat(from("127.0.0.2", state).statusCode()).isEqualTo(409);
    }

    @Test
    void nobodyIsAllowedWhoDidNotAskBefore() {
        var state = "nobody-has-asked-for-this-one";
        var browser = provider.browser();
        var page = signIn(browser, state);
        assertThat(page.isConsent()).isFalse();
        assertThat(page.body()).contains("No command line waits");
        assertThat(page.header("Refresh")).isEqualTo("2");
        assertThat(commandLine.get(TOKEN + state).status()).isEqualTo(202);
        var asked = browser.get("/oauth2/handover?state=" + state);
        assertThat(asked.isConsent()).isTrue();
        assertThat(browser.submit(asked, Map.of("answer", "deny")).body())
                .contains("Not connected");
        var refused = commandLine.get(TOKEN + state);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/msg")).contains("said no");
    }

    @Test
    void thePageIsForOneBrowserAndOneSession() {
        var state = "one-browser-and-one-session-1";
        commandLine.get(TOKEN + state);
        var browser = provider.browser();
        var page = signIn(browser, state);
        var other = provider.browser();
        assertThat(other.submit(page, Map.of("answer", "allow")).body()).contains("too old");
        assertThat(other.get("/oauth2/handover?state=" + state).body())
                .contains("You are not signed in");
        assertThat(commandLine.get(TOKEN + state).status()).isEqualTo(202);
        assertThat(browser.submit(page, Map.of("answer", "allow")).body()).contains("Connected");
        assertThat(browser.submit(page, Map.of("answer", "allow")).body())
                .as("again").contains("Nobody waits");
        commandLine.with("Cookie", cookies(browser)).post("/api/v1/auth/logout", "");
        assertThat(commandLine.get(TOKEN + state).status())
                .as("the session that allowed it is over").isEqualTo(403);
    }

    @Test
    void statesAreHardToGuessAndFew() throws Exception {
        for (var wrong : new String[] {"", "short", "x".repeat(200), "a%20b" + "c".repeat(30)}) {
            var refused = commandLine.get(TOKEN + wrong);
            assertThat(refused.status()).as(wrong).isEqualTo(400);
            assertThat(refused.text("/msg")).contains("state");
        }
        assertThat(commandLine.get("/api/v1/auth/token").status()).isEqualTo(400);
        int last = 202;
        for (int i = 0; i < 30 && last == 202; i++) {
            last = from("127.0.0.3", "one-of-too-many-states-" + i).statusCode();
        }
        assertThat(last).isEqualTo(429);
        assertThat(from("127.0.0.4", "one-of-too-many-states-x").statusCode())
                .as("somebody else").isEqualTo(202);
    }

    @Test
    void aBrowserSignsInAndGoesOnToAPageOfOurs() {
        var browser = provider.browser();
        var sent = signInTo(browser, "/api/v1/auth/login?provider=idp.k8shell.io/file"
                + "&redirect_uri=" + Browser.encoded(
                        provider.server() + "/auth/callback?provider=x&redirect=/workspaces"));
        assertThat(sent.location()).isEqualTo("/workspaces");
        assertThat(sent.header("Set-Cookie")).contains("k8shell-session=", "HttpOnly");
        assertThat(commandLine.with("Cookie", cookies(browser)).get("/api/v1/me/profile").status())
                .isEqualTo(200);
    }

    @Test
    void aScriptPostsWhatItCameBackWith() {
        var browser = provider.browser();
        var begun = browser.get("/api/v1/auth/login");
        var back = Provider.signIn(browser, browser.get(begun.location()), Provider.MEMBER);
        var answer = back.answer();
        var page = commandLine.with("Cookie", cookies(browser)).with("Accept", "application/json");
        var body = Map.of("code", answer.get("code"), "state", answer.get("state"));
        var stranger = Visitor.of(provider.server()).post("/api/v1/auth/callback", body);
        assertThat(stranger.status()).as("another browser").isEqualTo(400);
        var done = page.post("/api/v1/auth/callback", body);
        assertThat(done.status()).as(done.raw().body()).isEqualTo(200);
        assertThat(done.text("/redirect")).isEqualTo("/");
        assertThat(page.post("/api/v1/auth/callback", body).status()).as("again").isEqualTo(401);
        assertThat(page.post("/api/v1/auth/callback", Map.of("code", "x", "state", "y")).status())
                .isEqualTo(400);
    }

    @Test
    void goesNowhereElse() {
        for (var wrong : new String[] {"https://evil.example/auth/callback?redirect=/",
                "//evil.example/", provider.server() + "/auth/callback?redirect=//evil.example",
                provider.server() + "/auth/callback?redirect=https://evil.example",
                provider.server() + "/auth/callback?redirect=/%5Cevil.example",
                "http://a@127.0.0.1:" + provider.server().getPort() + "/", "javascript:alert(1)"}) {
            var refused = commandLine.get(
                    "/api/v1/auth/login?redirect_uri=" + Browser.encoded(wrong));
            assertThat(refused.status()).as(wrong).isEqualTo(400);
            assertThat(refused.text("/msg")).contains("redirect_uri");
        }
        assertThat(commandLine.get("/api/v1/auth/login?provider=idp.k8shell.io/none").status())
                .isEqualTo(400);
        assertThat(commandLine.get("/api/v1/auth/login?createPAT=true&state=x").status())
                .isEqualTo(400);
    }

    /// Signs the member in for a command line, up to the page that asks.
    private Seen signIn(Browser browser, String state) {
        var sent = signInTo(browser, "/api/v1/auth/login?createPAT=true&state=" + state
                + "&provider=idp.k8shell.io/file&redirect_uri=" + Browser.encoded(
                        provider.server() + "/auth/callback?provider=x&redirect=/"));
        return browser.get(sent.location());
    }

    /// Where the callback sends the browser.
    private Seen signInTo(Browser browser, String address) {
        var begun = browser.get(address);
        assertThat(begun.status()).as(begun.body()).isEqualTo(302);
        var page = browser.get(begun.location());
        assertThat(page.isSignIn()).as(page.body()).isTrue();
        var back = Provider.signIn(browser, page, Provider.MEMBER);
        assertThat(back.status()).as("no consent to ourselves: " + back.body()).isEqualTo(303);
        var sent = browser.get(back.location());
        assertThat(sent.status()).as(sent.body()).isEqualTo(302);
        return sent;
    }

    private static String cookies(Browser browser) {
        return browser.cookies().entrySet().stream()
                .map(one -> one.getKey() + "=" + one.getValue())
                .reduce((one, other) -> one + "; " + other).orElse("");
    }

    /// Asks from another address of this machine.
    private HttpResponse<String> from(String address, String state)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName(address)).build()) {
            return client.send(HttpRequest.newBuilder(
                    provider.server().resolve(TOKEN + state)).build(), BodyHandlers.ofString());
        }
    }
}
