package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.kit.http.Json;
import orrery.server.auth.openid.Provider.App;

/// Clients that others wrote, and that are certified for it, get through everything they can do.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class OtherClientsTest {
    private static final Path MODULES = Path.of("target/openid-clients");

    @TestHTTPResource
    URI url;

    private Provider provider;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
    }

    /// The steps are the program's own; it stops at the first that fails.
    @Test
    void openidClientAndOauth4webapiGetThroughEverything() throws Exception {
        assumeThat(Files.exists(MODULES))
                .as("they could not be fetched when this was built").isTrue();
        var key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        var keyed = provider.app(Map.of("authentication", "private_key_jwt",
                "jwks", new JWKSet(key).toJSONObject(true)));
        var basic = provider.app();
        var post = provider.app();
        var wishes = Map.of("issuer", provider.server().toString(), "name", Provider.MEMBER,
                "password", Provider.PASSWORD, "redirect", Provider.CALLBACK,
                "loggedOut", "https://app.example.com/bye", "device", "orrery-cli",
                "clients", Map.of(
                        "basic", Map.of("id", basic.id(), "secret", basic.secret()),
                        "post", Map.of("id", post.id(), "secret", post.secret()),
                        "key", Map.of("id", keyed.id(), "jwk", key.toJSONObject()),
                        "public", Map.of("id", provider.publicApp().id())));
        var process = new ProcessBuilder("node", "src/build/clients/journey.mjs",
                MODULES.resolve("node_modules").toString()).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(Json.write(wishes));
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        var steps = List.of("authorization_code", "userinfo", "refresh_token", "introspection",
                "revocation", "end_session");
        assertThat(said.lines()).containsAll(Stream.of("basic", "post", "key", "public")
                .flatMap(kind -> steps.stream()
                        .filter(step -> !(kind + step).equals("publicintrospection"))
                        .map(step -> "ok openid-client " + kind + " " + step)).toList());
        assertThat(said.lines()).contains("ok openid-client public device_code",
                "ok oauth4webapi RFC 8414 discovery",
                "ok oauth4webapi authorization_code with its signature",
                "ok oauth4webapi userinfo", "ok oauth4webapi refresh_token",
                "ok oauth4webapi introspection", "ok oauth4webapi revocation");
    }

    @Test
    void nimbusGetsThroughEverything() throws Exception {
        var issuer = new Issuer(provider.server());
        var metadata = OIDCProviderMetadata.resolve(issuer);
        assertThat(AuthorizationServerMetadata.resolve(issuer).getTokenEndpointURI())
                .isEqualTo(metadata.getTokenEndpointURI());
        var app = provider.app();
        var client = new ClientSecretBasic(new ClientID(app.id()), new Secret(app.secret()));
        var nonce = new Nonce();
        var tokens = codeGrant(metadata, app, client, nonce);
        var identity = new IDTokenValidator(issuer, client.getClientID(),
                JWSAlgorithm.RS256, metadata.getJWKSetURI().toURL())
                .validate(tokens.getOIDCTokens().getIDToken(), nonce);
        var access = tokens.getOIDCTokens().getBearerAccessToken();
        var who = UserInfoResponse.parse(new UserInfoRequest(
                metadata.getUserInfoEndpointURI(), access).toHTTPRequest().send())
                .toSuccessResponse().getUserInfo();
        assertThat(who.getSubject()).isEqualTo(identity.getSubject());
        assertThat(who.getEmailAddress()).isEqualTo(Provider.MEMBER);

        var next = send(metadata, client,
                new RefreshTokenGrant(tokens.getOIDCTokens().getRefreshToken()));
        var renewed = next.getOIDCTokens().getBearerAccessToken();
        assertThat(isActive(metadata, client, renewed)).isTrue();
        new TokenRevocationRequest(metadata.getRevocationEndpointURI(), client, renewed)
                .toHTTPRequest().send().ensureStatusCode(200);
        assertThat(isActive(metadata, client, renewed)).isFalse();
    }

    private OIDCTokenResponse codeGrant(OIDCProviderMetadata metadata, App app,
            ClientSecretBasic client, Nonce nonce) throws Exception {
        var verifier = new CodeVerifier();
        var state = new State();
        var back = URI.create(Provider.CALLBACK);
        var asked = new AuthenticationRequest.Builder(ResponseType.CODE,
                new Scope("openid", "email"), new ClientID(app.id()), back)
                .endpointURI(metadata.getAuthorizationEndpointURI()).state(state).nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256).build();
        var browser = provider.browser();
        var sent = Provider.allow(browser, browser.get(asked.toURI().toString()));
        var answer = AuthenticationResponseParser.parse(URI.create(sent.location()))
                .toSuccessResponse();
        assertThat(answer.getState()).isEqualTo(state);
        assertThat(answer.getIssuer()).isEqualTo(new Issuer(provider.server()));
        return send(metadata, client, new AuthorizationCodeGrant(
                new AuthorizationCode(answer.getAuthorizationCode().getValue()), back, verifier));
    }

    private static OIDCTokenResponse send(OIDCProviderMetadata metadata,
            ClientSecretBasic client, AuthorizationGrant grant) throws Exception {
        var request = new TokenRequest.Builder(metadata.getTokenEndpointURI(), client, grant)
                .build();
        var response = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
        assertThat(response.indicatesSuccess()).as("%s", response.toHTTPResponse().getBody())
                .isTrue();
        return (OIDCTokenResponse) response.toSuccessResponse();
    }

    private static boolean isActive(OIDCProviderMetadata metadata, ClientSecretBasic client,
            BearerAccessToken token) throws Exception {
        return TokenIntrospectionResponse.parse(new TokenIntrospectionRequest(
                metadata.getIntrospectionEndpointURI(), client, token).toHTTPRequest().send())
                .toSuccessResponse().isActive();
    }
}
