package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import orrery.kit.http.Json;
import orrery.server.Visitor;
import orrery.server.auth.openid.Provider.App;
import orrery.server.auth.token.RandomSecrets;

/// What the OpenID Foundation's conformance suite does with a provider, and checks of each answer.
/// Its clients, its person and its browser are those of `docs/guide/conformance.md`.
final class ConformanceSuite {
    static final String CALLBACK =
            "https://localhost.emobix.co.uk:8443/test/a/orrery/callback";

    private static final Path GUIDE = Path.of("..", "docs", "guide", "conformance.md");
    private static final String PERSON = "conformance@example.com";
    private static final Pattern DESCRIPTION =
            Pattern.compile("[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]*");

    private final Provider provider;
    private final JsonNode configuration;
    private final List<App> clients;

    private ConformanceSuite(Provider provider, JsonNode configuration, List<App> clients) {
        this.provider = provider;
        this.configuration = configuration;
        this.clients = clients;
    }

    /// Does what the guide says.
    static ConformanceSuite on(Provider provider) throws IOException {
        var guide = Files.readString(GUIDE);
        var bodies = Pattern.compile("(?s) -d '(\\{.*?})'").matcher(guide).results()
                .map(match -> match.group(1)).toList();
        var person = Visitor.of(provider.server()).as(provider.register(PERSON));
        var profile = person.patch("/v1/regions/global/iam/users/profile", bodies.get(0));
        assertThat(profile.status()).as(profile.raw().body()).isEqualTo(200);
        var body = (ObjectNode) Json.shared().readTree(bodies.get(1));
        body.put("organizationId", provider.organization());
        var clients = List.of(register(provider, body), register(provider, body));
        var json = guide.substring(guide.indexOf("```json") + 7);
        return new ConformanceSuite(provider, Json.shared().readTree(
                json.substring(0, json.indexOf("```"))
                        .replace("https://orrery.example", provider.server().toString())
                        .replace("ann@example.com", PERSON)
                        .replace("PASSWORD", Provider.PASSWORD)), clients);
    }

    private static App register(Provider provider, ObjectNode body) {
        var made = provider.operator().post(Provider.CLIENTS, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return new App(made.text("/data/client/id"), made.text("/data/clientSecret"));
    }

    /// One module as it runs: a browser without cookies, and the tasks that are meant for it.
    Run module(String name) {
        var own = configuration.path("override").path(name).path("browser");
        var script = (own.isMissingNode() ? configuration.path("browser") : own).get(0);
        return new Run(clients.get(0), new ScriptedBrowser(provider.server()), script);
    }

    JsonNode configuration() {
        return configuration;
    }

    /// An authorization request and what came of it.
    record Asked(Map<String, String> request, Map<String, String> answer) {}

    /// What the token endpoint gave for a code, all of it checked.
    record Tokens(Visitor.Heard answer, JWTClaimsSet identity, String idToken, String code) {
        String accessToken() {
            return answer.text("/access_token");
        }

        long authTime() throws Exception {
            return identity.getLongClaim("auth_time");
        }
    }

    final class Run {
        private final App app;
        private final ScriptedBrowser browser;
        private final JsonNode script;

        private Run(App app, ScriptedBrowser browser, JsonNode script) {
            this.app = app;
            this.browser = browser;
            this.script = script;
        }

        /// The same browser, with the second client.
        Run second() {
            return new Run(clients.get(1), browser, script);
        }

        ScriptedBrowser browser() {
            return browser;
        }

        /// A request as every module makes it; `more` overrides, and removes what is empty.
        Map<String, String> request(Map<String, String> more) {
            var all = new LinkedHashMap<>(Map.of("client_id", app.id(), "redirect_uri", CALLBACK,
                    "scope", "openid", "state", UUID.randomUUID().toString(), "nonce",
                    UUID.randomUUID().toString(), "response_type", "code"));
            all.putAll(more);
            all.values().removeIf(String::isEmpty);
            return all;
        }

        String url(Map<String, String> request) {
            var url = provider.server() + "/oauth2/authorize?" + Browser.encoded(request);
            assertThat(ScriptedBrowser.matches(script.path("match").asText(), url)).isTrue();
            return url;
        }

        /// Sends the browser there, and has it do what its script says.
        void perform(Map<String, String> request) {
            browser.visit(url(request));
            browser.perform(script.path("tasks"));
        }

        /// As [#perform], and reads the answer at the client.
        Asked ask(Map<String, String> more) {
            var request = request(more);
            perform(request);
            return answered(request);
        }

        Asked post(Map<String, String> more) {
            var request = request(more);
            browser.post(url(request));
            browser.perform(script.path("tasks"));
            return answered(request);
        }

        private Asked answered(Map<String, String> request) {
            assertThat(browser.address()).startsWith(CALLBACK + "?");
            var answer = Browser.fields(browser.address().split("\\?", 2)[1]);
            assertThat(answer).containsEntry("state", request.get("state"))
                    .containsEntry("iss", provider.server().toString());
            return new Asked(request, answer);
        }

        /// An answer that is an error, as RFC 6749 4.1.2.1 has it.
        String error(Map<String, String> more) {
            var answer = ask(more).answer();
            assertThat(answer).containsOnlyKeys("error", "error_description", "state", "iss");
            assertThat(answer.get("error_description")).matches(DESCRIPTION);
            return answer.get("error");
        }

        /// The happy flow: to the tokens, and to the userinfo endpoint.
        Tokens tokens(Map<String, String> more) throws Exception {
            return tokens(ask(more));
        }

        Tokens tokens(Asked asked) throws Exception {
            assertThat(asked.answer()).containsOnlyKeys("code", "state", "iss");
            var code = asked.answer().get("code");
            var answer = exchange(code, asked.request().containsKey("code_challenge")
                    ? Map.of("code_verifier", Provider.VERIFIER) : Map.of(), true);
            var tokens = given(answer, asked.request(), code);
            assertThat(userinfo(tokens).path("sub").asText())
                    .isEqualTo(tokens.identity().getSubject());
            return tokens;
        }

        Visitor.Heard exchange(String code, Map<String, String> more, boolean isBasic) {
            var all = new HashMap<>(Map.of("grant_type", "authorization_code", "code", code,
                    "redirect_uri", CALLBACK));
            all.putAll(more);
            return token(all, isBasic);
        }

        Visitor.Heard refresh(String token, Map<String, String> more) {
            var all = new HashMap<>(Map.of(
                    "grant_type", "refresh_token", "refresh_token", token));
            all.putAll(more);
            return token(all, true);
        }

        private Visitor.Heard token(Map<String, String> fields, boolean isBasic) {
            var all = new HashMap<>(fields);
            var client = Visitor.of(provider.server()).with("Accept", "application/json")
                    .with("Content-Type", "application/x-www-form-urlencoded");
            if (!isBasic) {
                all.putAll(app.proof());
            }
            return (isBasic ? client.with("Authorization", Provider.basic(app)) : client)
                    .post(Provider.AUTH + "/token", Browser.encoded(all));
        }

        /// Checks an answer of the token endpoint and the ID token in it (OpenID Connect Core
        /// 3.1.3.3 to 3.1.3.8).
        Tokens given(Visitor.Heard answer, Map<String, String> request, String code)
                throws Exception {
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
            isJson(answer);
            assertThat(answer.text("/token_type")).isEqualToIgnoringCase("Bearer");
            assertThat(answer.json().path("expires_in").isIntegralNumber()).isTrue();
            assertThat(answer.json().path("expires_in").asLong()).isPositive();
            var signed = SignedJWT.parse(answer.text("/id_token"));
            assertThat(signed.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
            var keys = JWKSet.parse(Visitor.of(provider.server()).get("/.well-known/jwks.json")
                    .json().toString());
            assertThat(signed.verify(new RSASSAVerifier(keys.getKeyByKeyId(
                    signed.getHeader().getKeyID()).toRSAKey()))).isTrue();
            var claims = signed.getJWTClaimsSet();
            assertThat(claims.getIssuer()).isEqualTo(provider.server().toString());
            assertThat(claims.getAudience()).containsExactly(app.id());
            assertThat(claims.getSubject()).isNotBlank().hasSizeLessThanOrEqualTo(255);
            assertThat(claims.getExpirationTime().toInstant()).isAfter(Instant.now());
            assertThat(claims.getIssueTime().toInstant()).isBefore(Instant.now().plusSeconds(5));
            assertThat(claims.getClaim("nonce")).isEqualTo(request.get("nonce"));
            var hash = RandomSecrets.hash(answer.text("/access_token"));
            assertThat(claims.getStringClaim("at_hash")).isEqualTo(Base64.getUrlEncoder()
                    .withoutPadding().encodeToString(Arrays.copyOf(hash, hash.length / 2)));
            return new Tokens(answer, claims, answer.text("/id_token"), code);
        }

        JsonNode userinfo(Tokens tokens) {
            return userinfo(Visitor.of(provider.server()).as(tokens.accessToken())
                    .with("Accept", "application/json").get("/oauth2/userinfo"));
        }

        JsonNode userinfo(Visitor.Heard answer) {
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("application/json");
            return answer.json();
        }
    }

    /// A refusal of the token endpoint (RFC 6749 5.2).
    static void refused(Visitor.Heard answer, String error) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(400);
        isJson(answer);
        assertThat(answer.text("/error")).isEqualTo(error);
        assertThat(answer.text("/error_description")).matches(DESCRIPTION);
    }

    private static void isJson(Visitor.Heard answer) {
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }
}
