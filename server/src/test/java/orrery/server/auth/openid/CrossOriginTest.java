package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import orrery.kit.http.Json;

/// Scripts of public clients' pages use the token endpoint; nobody else's do.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class CrossOriginTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final int SECONDS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOKEN = Provider.AUTH + "/token";
    private static final String ALLOW = "Access-Control-Allow-Origin";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource
    URI url;

    private Provider here;

    @BeforeEach
    void settle() {
        here = Provider.on(url);
    }

    private Provider.App pageAt(String address) {
        return here.app(Map.of("authentication", "none", "redirectUris", List.of(address)));
    }

    private HttpResponse<String> ask(String method, String path, String origin) {
        return ask(method, path, origin, Map.of());
    }

    private HttpResponse<String> ask(
            String method, String path, String origin, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(here.server().resolve(path))
                .method(method, BodyPublishers.noBody());
        if (!origin.isEmpty()) {
            request.header("Origin", origin);
        }
        headers.forEach(request::header);
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String header(HttpResponse<String> heard, String name) {
        return heard.headers().firstValue(name).orElse("");
    }

    @Test
    void aRealBrowserLetsRegisteredPagesReadAndOthersNot() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "no browser: sudo apt-get install chromium");
        var registered = page();
        var stranger = page();
        try {
            var callback = at(registered) + "/cb";
            var app = pageAt(callback);
            var browser = here.browser();
            var code = here.code(browser, app, Map.of("redirect_uri", callback));
            var form = new HashMap<>(Map.of("grant_type", "authorization_code", "code", code,
                    "client_id", app.id(), "redirect_uri", callback,
                    "code_verifier", Provider.VERIFIER));
            var said = new File("target/cross-origin.log");
            var process = new ProcessBuilder("node", "browser/cross-origin.mjs",
                    here.server().toString(), CHROMIUM.toString(), at(registered), at(stranger),
                    Json.text(form))
                    .directory(new File("../console")).redirectErrorStream(true)
                    .redirectOutput(said).start();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("ends within %d s", SECONDS).isTrue();
            assertThat(process.exitValue()).as(Files.readString(said.toPath())).isZero();
        } finally {
            registered.stop(0);
            stranger.stop(0);
        }
    }

    private static HttpServer page() throws IOException {
        var server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var page = "<!doctype html><title>App</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String at(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKEN, Provider.AUTH + "/revoke", "/oauth2/userinfo"})
    void preflightsNameTheRegisteredOriginAndNoOther(String path) {
        pageAt("https://spa.example.com:443/cb");
        var asked = Map.of("Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "authorization");
        var good = ask("OPTIONS", path, "https://spa.example.com", asked);
        assertThat(good.statusCode()).isEqualTo(204);
        assertThat(header(good, ALLOW)).isEqualTo("https://spa.example.com");
        assertThat(header(good, "Access-Control-Allow-Methods")).contains("POST");
        assertThat(header(good, "Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type");
        assertThat(header(good, "Access-Control-Max-Age")).isEqualTo("600");
        assertThat(header(good, "Access-Control-Allow-Credentials")).isEmpty();
        for (var other : List.of("https://evil.example.com", "http://spa.example.com", "null",
                "https://spa.example.com:8443", "https://spa.example.com.evil.example",
                "https://SPA.example.com", "https://" + "x".repeat(2_000) + ".example", "")) {
            var bad = ask("OPTIONS", path, other, asked);
            assertThat(header(bad, ALLOW)).as(other).isEmpty();
            assertThat(bad.headers().allValues("Vary")).as("for caches").contains("Origin");
        }
    }

    @Test
    void onlyPublicClientsHavePagesAndOnlyWhileTheyCount() {
        here.app(Map.of("redirectUris", List.of("https://backend.example.com/cb")));
        assertThat(header(ask("OPTIONS", TOKEN, "https://backend.example.com"), ALLOW)).isEmpty();
        var app = pageAt("https://once.example.com/cb");
        assertThat(header(ask("OPTIONS", TOKEN, "https://once.example.com"), ALLOW))
                .isEqualTo("https://once.example.com");
        here.operator().patch(Provider.CLIENTS + "/" + app.id(),
                Map.of("redirectUris", List.of("https://moved.example.com/cb")));
        Awaitility.await().atMost(PATIENCE).until(() ->
                header(ask("OPTIONS", TOKEN, "https://once.example.com"), ALLOW).isEmpty());
        assertThat(header(ask("OPTIONS", TOKEN, "https://moved.example.com"), ALLOW))
                .isEqualTo("https://moved.example.com");
        here.operator().patch(Provider.CLIENTS + "/" + app.id(), Map.of("status", "disabled"));
        Awaitility.await().atMost(PATIENCE).until(() ->
                header(ask("OPTIONS", TOKEN, "https://moved.example.com"), ALLOW).isEmpty());
    }

    @Test
    void whatIsPublicIsEverybodysAndNothingElseIsAnybodys() {
        pageAt("https://spa2.example.com/cb");
        for (var path : List.of("/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server", "/.well-known/jwks.json")) {
            var heard = ask("GET", path, "https://anybody.example");
            assertThat(header(heard, ALLOW)).as(path).isEqualTo("*");
            assertThat(header(heard, "Access-Control-Allow-Credentials")).isEmpty();
        }
        for (var path : List.of("/", "/oauth2/authorize", "/oauth2/device", Provider.AUTH + "/me",
                Provider.AUTH + "/introspect", "/v1/api/auth/methods", "/api/v1/auth/providers",
                "/v1/regions/global/organizations", "/setup", "/q/health/ready")) {
            for (var method : List.of("GET", "OPTIONS", "POST")) {
                assertThat(ask(method, path, "https://spa2.example.com").headers().map())
                        .as("%s %s", method, path).doesNotContainKey(ALLOW.toLowerCase(
                                Locale.ROOT));
            }
        }
    }
}
