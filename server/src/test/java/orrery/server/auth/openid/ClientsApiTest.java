package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.server.Visitor;
import orrery.server.auth.openid.Provider.App;

/// Clients are registered, prove themselves, and lose what they had.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class ClientsApiTest {
    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    @Test
    void aClientLivesFromRegistrationToDeletion() {
        var made = provider.operator().post(Provider.CLIENTS, Map.of(
                "organizationId", provider.organization(), "name", "shop", "displayName", "Shop",
                "redirectUris", List.of(Provider.CALLBACK)));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        assertThat(made.text("/data/clientSecret")).startsWith("plt_os_");
        assertThat(made.json().at("/data/client/requirePkce").asBoolean()).isTrue();
        var path = Provider.CLIENTS + "/" + made.text("/data/client/id");
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(provider.operator().get(path).raw().body()).doesNotContain("plt_os_");
        assertThat(provider.operator().get(Provider.CLIENTS + "?organizationId="
                + provider.organization() + "&name=shop").json().at("/data").size()).isEqualTo(1);
        assertThat(provider.operator().post(Provider.CLIENTS, Map.of(
                "organizationId", provider.organization(), "name", "shop", "displayName", "Shop",
                "redirectUris", List.of(Provider.CALLBACK))).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        var changed = provider.operator().patch(path, Map.of("displayName", "Shop 2"));
        assertThat(changed.text("/data/displayName")).isEqualTo("Shop 2");
        assertThat(provider.operator().with("If-Match", "\"1\"").patch(path,
                Map.of("displayName", "x")).status()).isEqualTo(412);
        assertThat(provider.operator().delete(path).status()).isEqualTo(204);
        assertThat(provider.operator().get(path).status()).isEqualTo(404);
    }

    @Test
    void whoMayNotManageThemSeesNone() {
        var path = Provider.CLIENTS + "/" + provider.app().id();
        assertThat(provider.member().get(path).status()).isEqualTo(403);
        assertThat(provider.member().delete(path).status()).isEqualTo(403);
        assertThat(provider.member().get(Provider.CLIENTS).json().at("/data").size()).isZero();
        assertThat(Visitor.of(provider.server()).get(path).status()).isEqualTo(401);
        assertThat(provider.operator().get(Provider.CLIENTS + "/orrery-cli").status())
                .isEqualTo(404);
    }

    @Test
    void namesWhatIsWrongWithAClient() {
        var wrong = provider.operator().post(Provider.CLIENTS, Map.of(
                "organizationId", provider.organization(), "displayName", " ",
                "redirectUris", List.of("http://example.com/cb", "https://x/#y", "myapp://cb",
                        "javascript:alert(1)", "https://*.example.com/cb"),
                "grantTypes", List.of("password"), "scopes", List.of("root"),
                "authentication", "none", "requirePkce", false, "jwks", Map.of("keys", 1)));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey)).contains("displayName", "redirectUris[0]",
                        "redirectUris[1]", "redirectUris[2]", "redirectUris[3]",
                        "redirectUris[4]", "grantTypes", "scopes", "requirePkce", "jwks");
    }

    @Test
    void aSecretIsRotatedWithGrace() {
        var app = provider.app();
        var path = Provider.CLIENTS + "/" + app.id();
        var next = provider.operator().post(path + ":rotate", Map.of("gracePeriodSeconds", 60));
        assertThat(proves(app)).isTrue();
        assertThat(proves(new App(app.id(), next.text("/data/clientSecret")))).isTrue();
        provider.operator().post(path + ":rotate", Map.of());
        assertThat(proves(app)).isFalse();
        var open = provider.publicApp();
        assertThat(provider.operator().post(Provider.CLIENTS + "/" + open.id() + ":rotate",
                Map.of()).status()).isEqualTo(409);
    }

    private boolean proves(App app) {
        return provider.exchange(app, "x", Map.of()).status() == 400;
    }

    @Test
    void aDisabledClientLosesWhatPeopleAllowedIt() {
        var app = provider.app();
        var tokens = provider.tokens(provider.browser(), app, Map.of("scope",
                "openid offline_access"));
        var bearer = Visitor.of(provider.server()).as(tokens.text("/access_token"));
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(200);
        provider.operator().patch(Provider.CLIENTS + "/" + app.id(),
                Map.of("status", "disabled"));
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(401);
        assertThat(provider.refresh(app, tokens.text("/refresh_token")).status()).isEqualTo(401);
        assertThat(provider.browser().get(Provider.authorize(app, Map.of())).status())
                .isEqualTo(400);
    }

    @Test
    void aKeyProvesAClientOncePerAssertion() throws Exception {
        var key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        var app = keyed(key);
        var good = assertion(key, app, it -> it);
        assertThat(assertedBy(good).text("/error")).isEqualTo("invalid_grant");
        assertThat(assertedBy(good).text("/error")).as("a second time")
                .isEqualTo("invalid_client");
        var endpoint = provider.server() + Provider.AUTH + "/token";
        assertThat(assertedBy(assertion(key, app, it -> it.audience(endpoint))).text("/error"))
                .isEqualTo("invalid_grant");
        var other = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        var now = Instant.now();
        for (var wrong : List.of(assertion(other, app, it -> it),
                assertion(key, app, it -> it.audience("https://elsewhere.example")),
                assertion(key, app, it -> it.audience(List.of(
                        provider.server().toString(), "https://elsewhere.example"))),
                assertion(key, app, it -> it.issuer("cli_x")),
                assertion(key, app, it -> it.subject("cli_x")),
                assertion(key, app, it -> it.jwtID(null)),
                assertion(key, app, it -> it.expirationTime(null)),
                assertion(key, app, it -> it.expirationTime(Date.from(now.minusSeconds(120)))),
                assertion(key, app, it -> it.expirationTime(Date.from(now.plusSeconds(7200)))),
                assertion(key, app, it -> it.notBeforeTime(Date.from(now.plusSeconds(600)))),
                good + "x", "x.y.z", "")) {
            assertThat(assertedBy(wrong).status()).as(wrong).isIn(400, 401);
            assertThat(assertedBy(wrong).text("/error")).as(wrong)
                    .isIn("invalid_client", "unsupported_grant_type");
        }
        assertThat(provider.exchange(new App(app.id(), "x"), "x", Map.of()).text("/error"))
                .as("a secret is no key").isEqualTo("invalid_client");
    }

    @Test
    void privateKeysAreNotRegistered() throws Exception {
        var key = new ECKeyGenerator(Curve.P_256).generate();
        var answer = provider.operator().post(Provider.CLIENTS, Map.of(
                "organizationId", provider.organization(), "displayName", "Leaky",
                "redirectUris", List.of(Provider.CALLBACK), "authentication", "private_key_jwt",
                "jwks", new JWKSet(key).toJSONObject(false)));
        assertThat(answer.text("/error/details/fields/jwks")).contains("public keys only");
    }

    @Test
    void aClientLooksAtAndRevokesItsOwnTokens() {
        var app = provider.app();
        var tokens = provider.tokens(provider.browser(), app, Map.of("scope", "openid email"));
        var said = provider.form(Provider.AUTH + "/introspect", with(app,
                Map.of("token", tokens.text("/access_token"))));
        assertThat(said.json().at("/active").asBoolean()).isTrue();
        assertThat(said.text("/scope")).isEqualTo("openid email");
        assertThat(said.text("/client_id")).isEqualTo(app.id());
        assertThat(said.text("/iss")).isEqualTo(provider.server().toString());
        var other = provider.app();
        assertThat(provider.form(Provider.AUTH + "/introspect", with(other,
                Map.of("token", tokens.text("/access_token")))).raw().body())
                .isEqualTo("{\"active\":false}");
        assertThat(provider.form(Provider.AUTH + "/introspect",
                Map.of("token", tokens.text("/access_token"))).status()).isEqualTo(401);
        var bearer = Visitor.of(provider.server()).as(tokens.text("/access_token"));
        assertThat(provider.form(Provider.AUTH + "/revoke", with(other,
                Map.of("token", tokens.text("/refresh_token")))).status()).isEqualTo(200);
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(200);
        assertThat(provider.form(Provider.AUTH + "/revoke", with(app,
                Map.of("token", tokens.text("/refresh_token"),
                        "token_type_hint", "refresh_token"))).status()).isEqualTo(200);
        assertThat(bearer.get("/oauth2/userinfo").status()).isEqualTo(401);
        var second = provider.tokens(provider.browser(), app, Map.of());
        provider.form(Provider.AUTH + "/revoke", with(app,
                Map.of("token", second.text("/access_token"))));
        assertThat(provider.form(Provider.AUTH + "/introspect", with(app,
                Map.of("token", second.text("/access_token")))).raw().body())
                .isEqualTo("{\"active\":false}");
        assertThat(provider.refresh(app, second.text("/refresh_token")).status())
                .as("the family goes on").isEqualTo(200);
    }

    private static Map<String, String> with(App app, Map<String, String> fields) {
        var all = new HashMap<>(app.proof());
        all.putAll(fields);
        return all;
    }

    private App keyed(ECKey key) {
        return provider.app(Map.of("authentication", "private_key_jwt",
                "jwks", new JWKSet(key).toJSONObject(true)));
    }

    private String assertion(
            ECKey key, App app, UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        var now = Instant.now();
        var jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
                change.apply(new JWTClaimsSet.Builder().issuer(app.id()).subject(app.id())
                        .audience(provider.server().toString())
                        .jwtID(UUID.randomUUID().toString()).issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(120)))).build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private Visitor.Heard assertedBy(String assertion) {
        return provider.token(Map.of("grant_type", "authorization_code", "code", "x",
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion", assertion));
    }
}
