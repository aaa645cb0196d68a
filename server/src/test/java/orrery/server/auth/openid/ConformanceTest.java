package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.JWKSet;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.kit.http.Json;
import orrery.server.Visitor;
import orrery.server.auth.openid.ConformanceSuite.Run;
import orrery.server.auth.openid.ConformanceSuite.Tokens;

/// The modules of the OpenID Foundation's plans for a provider with discovery and static clients:
/// of `oidcc-basic-certification-test-plan` and `oidcc-config-certification-test-plan`, in their
/// order, one test each under the module's name. They do what the module does, with the clients and
/// the browser of `docs/guide/conformance.md`, and check what it checks, its warnings too. What all
/// modules check of an answer is in [ConformanceSuite].
///
/// Two things are done otherwise: `codereuse-30seconds` does not wait, since our answer does not
/// depend on the time between the two uses, and the server under test speaks no TLS.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class ConformanceTest {
    private static @Nullable ConformanceSuite suite;

    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() throws IOException {
        provider = Provider.on(url);
        if (suite == null) {
            suite = ConformanceSuite.on(provider);
        }
    }

    private static Run module(String name) {
        return suite.module("oidcc-" + name);
    }

    /// Waits until the second is over that a sign-in is noted in, and `seconds` more.
    private static void pass(Tokens tokens, long seconds) throws Exception {
        var until = Instant.ofEpochSecond(tokens.authTime() + seconds + 1);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Instant.now().isAfter(until));
    }

    @Test
    void server() throws Exception {
        module("server").tokens(Map.of());
    }

    @Test
    void responseTypeMissing() {
        assertThat(module("response-type-missing").error(Map.of("response_type", "")))
                .isIn("invalid_request", "unsupported_response_type");
    }

    @Test
    void userinfoGet() throws Exception {
        module("userinfo-get").tokens(Map.of());
    }

    /// The suite's HTTP client sends no Content-Type here, since it sends no content.
    @Test
    void userinfoPostHeader() throws Exception {
        var run = module("userinfo-post-header");
        var tokens = run.tokens(Map.of());
        var bearer = Visitor.of(provider.server()).as(tokens.accessToken())
                .with("Accept", "application/json");
        assertThat(run.userinfo(bearer.send("POST", "/oauth2/userinfo", null)).path("sub")
                .asText()).isEqualTo(tokens.identity().getSubject());
        assertThat(run.userinfo(bearer.post("/oauth2/userinfo", "{}")).path("sub").asText())
                .as("whatever its client calls no content")
                .isEqualTo(tokens.identity().getSubject());
    }

    @Test
    void userinfoPostBody() throws Exception {
        var run = module("userinfo-post-body");
        var tokens = run.tokens(Map.of());
        assertThat(run.userinfo(provider.form("/oauth2/userinfo",
                Map.of("access_token", tokens.accessToken()))).path("sub").asText())
                .isEqualTo(tokens.identity().getSubject());
    }

    @Test
    void ensureRequestWithoutNonceSucceedsForCodeFlow() throws Exception {
        module("ensure-request-without-nonce-succeeds-for-code-flow")
                .tokens(Map.of("nonce", ""));
    }

    private static JsonNode scope(String name, String scopes, Set<String> claims)
            throws Exception {
        var run = module(name);
        var tokens = run.tokens(Map.of("scope", scopes));
        var said = run.userinfo(tokens);
        assertThat(said.propertyStream().map(Map.Entry::getKey))
                .as("the suite warns of each that is missing")
                .containsExactlyInAnyOrderElementsOf(claims);
        assertThat(tokens.identity().getClaims()).doesNotContainKeys("name", "email", "address",
                "phone_number");
        return said;
    }

    private static final Set<String> PROFILE = Set.of("sub", "name", "given_name", "family_name",
            "middle_name", "nickname", "profile", "picture", "website", "gender", "birthdate",
            "zoneinfo", "locale", "updated_at", "preferred_username");
    private static final Set<String> EMAIL = Set.of("sub", "email", "email_verified");
    private static final Set<String> ADDRESS = Set.of("sub", "address");
    private static final Set<String> PHONE =
            Set.of("sub", "phone_number", "phone_number_verified");

    @Test
    void scopeProfile() throws Exception {
        var said = scope("scope-profile", "openid profile", PROFILE);
        assertThat(said.path("updated_at").isIntegralNumber()).isTrue();
        assertThat(said.path("birthdate").asText()).isEqualTo("1990-12-31");
    }

    @Test
    void scopeEmail() throws Exception {
        assertThat(scope("scope-email", "openid email", EMAIL).path("email_verified").isBoolean())
                .isTrue();
    }

    @Test
    void scopeAddress() throws Exception {
        assertThat(scope("scope-address", "openid address", ADDRESS).at("/address/country")
                .asText()).isEqualTo("DE");
    }

    @Test
    void scopePhone() throws Exception {
        assertThat(scope("scope-phone", "openid phone", PHONE).path("phone_number_verified")
                .isBoolean()).isTrue();
    }

    @Test
    void scopeAll() throws Exception {
        var all = new HashSet<String>();
        Stream.of(PROFILE, EMAIL, ADDRESS, PHONE).forEach(all::addAll);
        scope("scope-all", "openid profile email address phone", all);
    }

    @Test
    void ensureOtherScopeOrderSucceeds() throws Exception {
        scope("ensure-other-scope-order-succeeds", "email openid", EMAIL);
    }

    @Test
    void displayPage() throws Exception {
        module("display-page").tokens(Map.of("display", "page"));
    }

    @Test
    void displayPopup() throws Exception {
        module("display-popup").tokens(Map.of("display", "popup"));
    }

    @Test
    void promptLogin() throws Exception {
        var run = module("prompt-login");
        var first = run.tokens(Map.of());
        pass(first, 0);
        var second = run.tokens(Map.of("prompt", "login"));
        assertThat(second.authTime()).isGreaterThan(first.authTime());
        assertThat(run.browser().pictures()).as("of both sign-in pages").isEqualTo(2);
    }

    /// With the longer state that this module sends.
    @Test
    void promptNoneNotLoggedIn() {
        assertThat(module("prompt-none-not-logged-in").error(
                Map.of("prompt", "none", "state", "s".repeat(128)))).isEqualTo("login_required");
    }

    private static void sameAuthTwice(String name, boolean isHinted) throws Exception {
        var run = module(name);
        var first = run.tokens(Map.of());
        pass(first, 0);
        var more = new HashMap<>(Map.of("prompt", "none"));
        if (isHinted) {
            more.put("id_token_hint", first.idToken());
        }
        var second = run.tokens(more);
        assertThat(second.authTime()).isEqualTo(first.authTime());
        assertThat(second.identity().getSubject()).isEqualTo(first.identity().getSubject());
    }

    @Test
    void promptNoneLoggedIn() throws Exception {
        sameAuthTwice("prompt-none-logged-in", false);
    }

    @Test
    void maxAge1() throws Exception {
        var run = module("max-age-1");
        var first = run.tokens(Map.of());
        pass(first, 1);
        var second = run.tokens(Map.of("max_age", "1"));
        assertThat(second.authTime()).isGreaterThan(first.authTime());
        assertThat(run.browser().pictures()).as("of both sign-in pages").isEqualTo(2);
    }

    @Test
    void maxAge10000() throws Exception {
        var run = module("max-age-10000");
        var first = run.tokens(Map.of());
        pass(first, 0);
        assertThat(run.tokens(Map.of("max_age", "10000")).authTime())
                .isEqualTo(first.authTime());
    }

    @Test
    void ensureRequestWithUnknownParameterSucceeds() throws Exception {
        module("ensure-request-with-unknown-parameter-succeeds")
                .tokens(Map.of("extra", "foobar"));
    }

    @Test
    void idTokenHint() throws Exception {
        sameAuthTwice("id-token-hint", true);
    }

    /// The page has the hint filled in; the suite's browser empties the field first.
    @Test
    void loginHint() throws Exception {
        module("login-hint").tokens(Map.of("login_hint", "buffy@orrery.example"));
    }

    @Test
    void uiLocales() throws Exception {
        module("ui-locales").tokens(Map.of("ui_locales", "se"));
    }

    @Test
    void claimsLocales() throws Exception {
        module("claims-locales").tokens(Map.of("claims_locales", "se"));
    }

    @Test
    void ensureRequestWithAcrValuesSucceeds() throws Exception {
        var supported = Provider.list(discovered().path("acr_values_supported"));
        var tokens = module("ensure-request-with-acr-values-succeeds").tokens(
                Map.of("acr_values", String.join(" ", supported)));
        assertThat(tokens.identity().getStringClaim("acr")).isIn(supported);
    }

    @Test
    void codereuse() throws Exception {
        var run = module("codereuse");
        ConformanceSuite.refused(run.exchange(run.tokens(Map.of()).code(), Map.of(), true),
                "invalid_grant");
    }

    @Test
    void codereuse30seconds() throws Exception {
        var run = module("codereuse-30seconds");
        var tokens = run.tokens(Map.of());
        ConformanceSuite.refused(run.exchange(tokens.code(), Map.of(), true), "invalid_grant");
        assertThat(Visitor.of(provider.server()).as(tokens.accessToken())
                .get("/oauth2/userinfo").status()).isEqualTo(401);
    }

    @Test
    void ensureRegisteredRedirectUri() {
        var run = module("ensure-registered-redirect-uri");
        run.perform(run.request(Map.of("redirect_uri", ConformanceSuite.CALLBACK + "/x7Yq")));
        assertThat(run.browser().pictures()).isEqualTo(1);
    }

    @Test
    void ensurePostRequestSucceeds() throws Exception {
        var run = module("ensure-post-request-succeeds");
        run.tokens(run.post(Map.of()));
    }

    @Test
    void serverClientSecretPost() throws Exception {
        var run = module("server-client-secret-post").second();
        var asked = run.ask(Map.of());
        var code = asked.answer().get("code");
        run.given(run.exchange(code, Map.of(), false), asked.request(), code);
        assertThat(suite.configuration().at("/client_secret_post/client_id"))
                .isEqualTo(suite.configuration().at("/client2/client_id"));
    }

    private static String requestObject(Map<String, String> claims) {
        var parts = Stream.of("{\"alg\":\"none\"}", Json.text(claims))
                .map(part -> Base64.getUrlEncoder().withoutPadding()
                        .encodeToString(part.getBytes(StandardCharsets.UTF_8))).toList();
        return String.join(".", parts) + ".";
    }

    /// What the object says alone cannot come back: the state is not looked at.
    @Test
    void unsignedRequestObjectSupportedCorrectlyOrRejectedAsUnsupported() {
        var run = module("unsigned-request-object-supported-correctly-or-rejected-as-unsupported");
        var request = run.request(Map.of());
        request.put("request", requestObject(request));
        request.keySet().removeAll(List.of("state", "nonce"));
        run.perform(request);
        assertThat(Browser.fields(run.browser().address().split("\\?", 2)[1]))
                .containsEntry("error", "request_not_supported");
    }

    @Test
    void claimsEssential() throws Exception {
        var run = module("claims-essential");
        var tokens = run.tokens(Map.of(
                "claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"));
        assertThat(run.userinfo(tokens).path("name").asText()).isNotBlank();
        assertThat(tokens.identity().getClaims()).doesNotContainKey("name");
    }

    @Test
    void ensureRequestObjectWithRedirectUri() {
        var run = module("ensure-request-object-with-redirect-uri");
        var request = run.request(Map.of());
        request.put("request", requestObject(request));
        request.put("redirect_uri", ConformanceSuite.CALLBACK + "/x7Yq");
        run.perform(request);
        assertThat(run.browser().pictures()).isEqualTo(1);
    }

    @Test
    void refreshToken() throws Exception {
        var offline = Map.of("scope", "openid offline_access", "prompt", "consent");
        var first = module("refresh-token");
        refreshed(first, first.tokens(offline), Map.of("scope", "openid offline_access"));
        var second = first.second();
        var more = new HashMap<>(offline);
        more.put("nonce", "n".repeat(43));
        var last = refreshed(second, second.tokens(more), Map.of());
        ConformanceSuite.refused(first.refresh(last.text("/refresh_token"),
                Map.of("scope", "openid offline_access")), "invalid_grant");
    }

    /// OpenID Connect Core 12.2.
    private static Visitor.Heard refreshed(Run run, Tokens before, Map<String, String> more)
            throws Exception {
        assertThat(before.answer().text("/refresh_token")).matches("[\\x20-\\x7e]{22,}");
        pass(before, 0);
        var answer = run.refresh(before.answer().text("/refresh_token"), more);
        var after = run.given(answer, Map.of(), "");
        assertThat(after.accessToken()).isNotEqualTo(before.accessToken());
        assertThat(after.identity().getSubject()).isEqualTo(before.identity().getSubject());
        assertThat(after.identity().getIssueTime())
                .isAfterOrEqualTo(before.identity().getIssueTime());
        assertThat(after.authTime()).isEqualTo(before.authTime());
        run.userinfo(after);
        return answer;
    }

    /// A verifier with all characters that may stand in it.
    @Test
    void ensureRequestWithValidPkceSucceeds() throws Exception {
        module("ensure-request-with-valid-pkce-succeeds").tokens(Map.of(
                "code_challenge", Provider.challenge(), "code_challenge_method", "S256"));
    }

    private JsonNode discovered() {
        var answer = Visitor.of(provider.server()).get(
                URI.create(suite.configuration().at("/server/discoveryUrl").asText()).getPath());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        return answer.json();
    }

    /// The one module of the config plan, but for TLS ([#everyEndpointIsBelowTheIssuer]).
    @Test
    void discoveryEndpointVerification() throws Exception {
        var said = discovered();
        assertThat(suite.configuration().at("/server/discoveryUrl").asText())
                .isEqualTo(said.path("issuer").asText() + "/.well-known/openid-configuration");
        assertThat(Provider.list(said.path("response_types_supported"))).contains("code");
        assertThat(Provider.list(said.path("subject_types_supported"))).isNotEmpty()
                .isSubsetOf("public", "pairwise");
        assertThat(Provider.list(said.path("id_token_signing_alg_values_supported")))
                .contains("RS256");
        assertThat(Provider.list(said.path("grant_types_supported")))
                .contains("authorization_code", "refresh_token");
        assertThat(Provider.list(said.path("scopes_supported"))).contains("openid",
                "profile", "email", "address", "phone", "offline_access");
        assertThat(Provider.list(said.path("token_endpoint_auth_methods_supported")))
                .contains("client_secret_basic", "client_secret_post");
        assertThat(Provider.list(said.path("claims_supported"))).doesNotHaveDuplicates()
                .containsAll(PROFILE).containsAll(EMAIL).containsAll(ADDRESS).containsAll(PHONE);
        assertThat(said.path("claims_parameter_supported").asBoolean()).isTrue();
        assertThat(said.path("request_parameter_supported").isBoolean()).isTrue();
        assertThat(said.path("request_uri_parameter_supported").isBoolean()).isTrue();
        var keys = JWKSet.parse(Visitor.of(provider.server()).get(
                URI.create(said.path("jwks_uri").asText()).getPath()).json().toString());
        assertThat(keys.getKeys()).isNotEmpty().allMatch(key -> !key.isPrivate()
                && key.getKeyID() != null && key.getKeyUse() != null);
        assertThat(keys.getKeys()).extracting(key -> key.getKeyID()).doesNotHaveDuplicates();
    }

    /// The suite wants https everywhere; ours is wherever `--public-url` says.
    @Test
    void everyEndpointIsBelowTheIssuer() {
        var said = discovered();
        var issuer = said.path("issuer").asText();
        var endpoints = said.propertyStream()
                .filter(one -> one.getKey().matches(".*_endpoint|jwks_uri")).toList();
        assertThat(endpoints).hasSizeGreaterThan(6).allSatisfy(one -> assertThat(
                one.getValue().asText()).startsWith(issuer + "/"));
    }
}
