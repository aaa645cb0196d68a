package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.oauth2.sdk.token.TypelessAccessToken;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
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
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import orrery.kit.http.Json;
import orrery.server.Residents;
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
        var keyed = app(Map.of("authentication", "private_key_jwt",
                "jwks", new JWKSet(key).toJSONObject(true)));
        var basic = app(Map.of());
        var post = app(Map.of());
        var robot = robot();
        var wishes = Map.of("issuer", provider.server().toString(), "name", Provider.MEMBER,
                "password", Provider.PASSWORD, "redirect", Provider.CALLBACK,
                "loggedOut", "https://app.example.com/bye", "device", "orrery-cli",
                "subject", Residents.id(provider.member()), "actor", operatorsToken(),
                "robot", Map.of("id", robot.id(), "secret", robot.secret()),
                "clients", Map.of(
                        "basic", Map.of("id", basic.id(), "secret", basic.secret()),
                        "post", Map.of("id", post.id(), "secret", post.secret()),
                        "key", Map.of("id", keyed.id(), "jwk", key.toJSONObject()),
                        "public", Map.of("id", app(Map.of("authentication", "none")).id())));
        var process = new ProcessBuilder("node", "src/build/clients/journey.mjs",
                MODULES.resolve("node_modules").toString()).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(Json.write(wishes));
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        var kinds = List.of("basic", "post", "key", "public");
        assertThat(said.lines()).containsAll(went("openid-client", kinds, List.of(
                "authorization_code", "userinfo", "refresh_token", "introspection",
                "revocation", "end_session", "device_code", "token_exchange")));
        assertThat(said.lines()).containsAll(went("oauth4webapi", kinds, List.of(
                "RFC 8414 discovery", "authorization_code with its signature", "userinfo",
                "refresh_token", "introspection", "revocation", "device_code",
                "token_exchange")));
        assertThat(said.lines()).containsAll(went("openid-client", List.of("basic", "post"),
                List.of("client_credentials",
                        "client_credentials, introspection and revocation")));
        assertThat(said.lines()).containsAll(went("oauth4webapi", List.of("basic", "post"),
                List.of("client_credentials")));
        assertThat(said.lines()).contains("ok openid-client command-line device_code");
    }

    /// What is printed when all went well. A client that cannot prove itself is told of no token.
    private static List<String> went(String library, List<String> kinds, List<String> steps) {
        return kinds.stream().flatMap(kind -> steps.stream()
                .filter(step -> !(kind + step).equals("publicintrospection"))
                .map(step -> "ok " + library + " " + kind + " " + step)).toList();
    }

    /// A client that may use every grant that clients can be registered for.
    private App app(Map<String, Object> more) {
        var all = new HashMap<>(more);
        all.put("grantTypes", List.of("authorization_code", "refresh_token",
                GrantType.DEVICE_CODE.getValue()));
        return provider.app(all);
    }

    /// A service account and its credential: the client of `client_credentials`.
    private App robot() {
        var accounts = "/v1/regions/global/iam/service-accounts";
        var account = provider.operator().post(accounts, Map.of("displayName", "Robot",
                "scope", "organization", "scopeId", provider.organization(),
                "roles", List.of("admin")));
        var credential = provider.operator().post(
                accounts + "/" + account.text("/data/id") + "/credentials", Map.of());
        return new App(account.text("/data/clientId"), credential.text("/data/clientSecret"));
    }

    private String operatorsToken() {
        return provider.operator().headers().get("Authorization").substring("Bearer ".length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "post", "key", "public"})
    void nimbusGetsThroughEverything(String kind) throws Exception {
        var issuer = new Issuer(provider.server());
        var metadata = OIDCProviderMetadata.resolve(issuer);
        assertThat(AuthorizationServerMetadata.resolve(issuer).getTokenEndpointURI())
                .isEqualTo(metadata.getTokenEndpointURI());
        var client = nimbus(kind, metadata);
        var nonce = new Nonce();
        var tokens = codeGrant(metadata, client, nonce);
        var identity = new IDTokenValidator(issuer, client.id(),
                JWSAlgorithm.RS256, metadata.getJWKSetURI().toURL())
                .validate(tokens.getOIDCTokens().getIDToken(), nonce);
        var access = tokens.getOIDCTokens().getBearerAccessToken();
        var who = UserInfoResponse.parse(new UserInfoRequest(
                metadata.getUserInfoEndpointURI(), access).toHTTPRequest().send())
                .toSuccessResponse().getUserInfo();
        assertThat(who.getSubject()).isEqualTo(identity.getSubject());
        assertThat(who.getEmailAddress()).isEqualTo(Provider.MEMBER);

        var next = sent(client.token(metadata,
                new RefreshTokenGrant(tokens.getOIDCTokens().getRefreshToken())));
        isRevoked(metadata, client, next.getBearerAccessToken());
        deviceGrant(metadata, client);
        var acting = sent(client.token(metadata, new TokenExchangeGrant(
                new TypelessAccessToken(Residents.id(provider.member())),
                TokenTypeURI.parse("urn:orrery:params:oauth:token-type:user"),
                new TypelessAccessToken(operatorsToken()), TokenTypeURI.ACCESS_TOKEN,
                TokenTypeURI.ACCESS_TOKEN, null)));
        assertThat(acting.getAccessToken().getValue()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nimbusGetsTokensForAServiceAccount(boolean basic) throws Exception {
        var metadata = OIDCProviderMetadata.resolve(new Issuer(provider.server()));
        var robot = robot();
        var id = new ClientID(robot.id());
        var secret = new Secret(robot.secret());
        var client = new Nimbus(id, () -> basic ? new ClientSecretBasic(id, secret)
                : new ClientSecretPost(id, secret));
        isRevoked(metadata, client, sent(client.token(metadata, new ClientCredentialsGrant()))
                .getBearerAccessToken());
    }

    /// @param proof made anew for each request, since an assertion counts once; `null` for a client
    ///     that has none
    private record Nimbus(ClientID id, Supplier<ClientAuthentication> proof) {
        TokenRequest token(OIDCProviderMetadata metadata, AuthorizationGrant grant) {
            var to = metadata.getTokenEndpointURI();
            return proof == null ? new TokenRequest.Builder(to, id, grant).build()
                    : new TokenRequest.Builder(to, proof.get(), grant).build();
        }
    }

    private Nimbus nimbus(String kind, OIDCProviderMetadata metadata) throws Exception {
        var key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        var app = app(switch (kind) {
            case "key" -> Map.of("authentication", "private_key_jwt",
                    "jwks", new JWKSet(key).toJSONObject(true));
            case "public" -> Map.of("authentication", "none");
            default -> Map.of();
        });
        var id = new ClientID(app.id());
        return new Nimbus(id, switch (kind) {
            case "basic" -> () -> new ClientSecretBasic(id, new Secret(app.secret()));
            case "post" -> () -> new ClientSecretPost(id, new Secret(app.secret()));
            case "key" -> () -> assertion(id, metadata, key);
            default -> null;
        });
    }

    private static ClientAuthentication assertion(
            ClientID id, OIDCProviderMetadata metadata, ECKey key) {
        try {
            return new PrivateKeyJWT(id, metadata.getTokenEndpointURI(), JWSAlgorithm.ES256,
                    (PrivateKey) key.toECPrivateKey(), key.getKeyID(), null);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private OIDCTokenResponse codeGrant(
            OIDCProviderMetadata metadata, Nimbus client, Nonce nonce) throws Exception {
        var verifier = new CodeVerifier();
        var state = new State();
        var back = URI.create(Provider.CALLBACK);
        var asked = new AuthenticationRequest.Builder(ResponseType.CODE,
                new Scope("openid", "email"), client.id(), back)
                .endpointURI(metadata.getAuthorizationEndpointURI()).state(state).nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256).build();
        var browser = provider.browser();
        var sent = Provider.allow(browser, browser.get(asked.toURI().toString()));
        var answer = AuthenticationResponseParser.parse(URI.create(sent.location()))
                .toSuccessResponse();
        assertThat(answer.getState()).isEqualTo(state);
        assertThat(answer.getIssuer()).isEqualTo(new Issuer(provider.server()));
        var response = OIDCTokenResponseParser.parse(client.token(metadata,
                new AuthorizationCodeGrant(new AuthorizationCode(
                        answer.getAuthorizationCode().getValue()), back, verifier))
                .toHTTPRequest().send());
        assertThat(response.indicatesSuccess()).as("%s", response.toHTTPResponse().getBody())
                .isTrue();
        return (OIDCTokenResponse) response.toSuccessResponse();
    }

    private void deviceGrant(OIDCProviderMetadata metadata, Nimbus client) throws Exception {
        var to = metadata.getDeviceAuthorizationEndpointURI();
        var scope = new Scope("openid");
        var asked = client.proof() == null
                ? new DeviceAuthorizationRequest.Builder(client.id()).endpointURI(to).scope(scope)
                : new DeviceAuthorizationRequest.Builder(client.proof().get()).endpointURI(to)
                        .scope(scope);
        var begun = DeviceAuthorizationResponse.parse(
                asked.build().toHTTPRequest().send()).toSuccessResponse();
        var browser = provider.browser();
        var page = browser.get(begun.getVerificationURIComplete().toString());
        page = Provider.signIn(browser, page, Provider.MEMBER);
        assertThat(browser.submit(page, Map.of("answer", "allow")).body()).contains("Connected");
        assertThat(sent(client.token(metadata, new DeviceCodeGrant(begun.getDeviceCode())))
                .getAccessToken().getValue()).isNotEmpty();
    }

    private static Tokens sent(TokenRequest request) throws Exception {
        var response = TokenResponse.parse(request.toHTTPRequest().send());
        assertThat(response.indicatesSuccess()).as("%s", response.toHTTPResponse().getBody())
                .isTrue();
        return response.toSuccessResponse().getTokens();
    }

    /// The client looks at a token of its own before and after it revokes it.
    private static void isRevoked(OIDCProviderMetadata metadata, Nimbus client,
            BearerAccessToken token) throws Exception {
        assertThat(isActive(metadata, client, token)).isTrue();
        var to = metadata.getRevocationEndpointURI();
        (client.proof() == null ? new TokenRevocationRequest(to, client.id(), token)
                : new TokenRevocationRequest(to, client.proof().get(), token))
                .toHTTPRequest().send().ensureStatusCode(200);
        assertThat(isActive(metadata, client, token)).isEqualTo(client.proof() == null);
    }

    /// Always, as far as a client can know that may not ask.
    private static boolean isActive(OIDCProviderMetadata metadata, Nimbus client,
            BearerAccessToken token) throws Exception {
        return client.proof() == null || TokenIntrospectionResponse.parse(
                new TokenIntrospectionRequest(metadata.getIntrospectionEndpointURI(),
                        client.proof().get(), token).toHTTPRequest().send())
                .toSuccessResponse().isActive();
    }
}
