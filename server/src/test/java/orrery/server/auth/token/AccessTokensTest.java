package orrery.server.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Scope;

class AccessTokensTest {
    private static final String ISSUER = "http://127.0.0.1:8080";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final ECKey KEY = key("key-1");
    private static final ECKey OTHER = key("key-2");

    private final AccessTokens tokens = at(NOON, new KeyRing<>(KEY, List.of()));

    @Test
    void readsWhatItSigned() {
        var claims = claims(Scope.project("org_1", "prj_1"));
        assertThat(tokens.read(tokens.sign(claims))).isEqualTo(claims);
        var platform = claims(Scope.PLATFORM);
        assertThat(tokens.read(tokens.sign(platform))).isEqualTo(platform);
    }

    @Test
    void readsTokensOfAKeyThatIsNoLongerActive() {
        var token = tokens.sign(claims(Scope.PLATFORM));
        var rotated = at(NOON, new KeyRing<>(OTHER, List.of(KEY)));
        assertThat(rotated.read(token).id()).isEqualTo("tok_1");
        assertThat(rotated.sign(claims(Scope.PLATFORM))).isNotEqualTo(token);
        refuses(at(NOON, new KeyRing<>(OTHER, List.of())), token, Credential.INVALID);
    }

    @Test
    void refusesAfterItsTime() {
        var token = tokens.sign(claims(Scope.PLATFORM));
        var later = at(NOON.plusSeconds(900), new KeyRing<>(KEY, List.of()));
        refuses(later, token, Credential.EXPIRED);
        assertThat(later.readExpired(token).id()).isEqualTo("tok_1");
    }

    @Test
    void refusesBeforeItsTime() {
        refuses(at(NOON.minusSeconds(60), new KeyRing<>(KEY, List.of())),
                tokens.sign(claims(Scope.PLATFORM)), Credential.INVALID);
    }

    @Test
    void refusesTheTokensOfAnotherInstallation() {
        var elsewhere = new AccessTokens(
                () -> new KeyRing<>(KEY, List.of()), "http://elsewhere", fixed(NOON));
        refuses(tokens, elsewhere.sign(claims(Scope.PLATFORM)), Credential.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0..", "\u0000", "ä.ö.ü"})
    void refusesGarbage(String token) {
        refuses(tokens, token, Credential.INVALID);
    }

    @Test
    void refusesUnsignedTokens() {
        var header = "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"key-1\"}";
        var body = tokens.sign(claims(Scope.PLATFORM)).split("\\.")[1];
        refuses(tokens, base64(header) + "." + body + ".", Credential.INVALID);
    }

    /// The classic: the public key, taken as the secret of an HMAC.
    @Test
    void refusesThePublicKeyAsSecret() throws Exception {
        var secret = KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
        refuses(tokens, forge(JWSAlgorithm.HS256, h -> h, new MACSigner(secret)),
                Credential.INVALID);
    }

    @Test
    void refusesAKeyThatTheTokenBringsAlong() throws Exception {
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.jwk(OTHER.toPublicJWK()),
                new ECDSASigner(OTHER)), Credential.INVALID);
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.jwk(KEY.toPublicJWK()),
                new ECDSASigner(KEY)), Credential.INVALID);
    }

    @Test
    void refusesAddressesOfKeysAndUnknownMustKnows() throws Exception {
        var elsewhere = java.net.URI.create("https://evil.example/keys");
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.jwkURL(elsewhere),
                new ECDSASigner(KEY)), Credential.INVALID);
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.x509CertURL(elsewhere),
                new ECDSASigner(KEY)), Credential.INVALID);
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.criticalParams(Set.of("exp")),
                new ECDSASigner(KEY)), Credential.INVALID);
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.customParam("x", "y"),
                new ECDSASigner(KEY)), Credential.INVALID);
    }

    @Test
    void refusesATokenForAnotherUse() {
        var claims = claims(Scope.PLATFORM);
        var narrow = tokens.sign(new Claims(claims.id(), claims.subject(), claims.kind(),
                claims.tenant(), claims.scope(), claims.roles(), claims.credential(), null,
                claims.issuedAt(), claims.expiresAt(), Map.of(), Claims.Use.USERINFO));
        refuses(tokens, narrow, Credential.INVALID);
        assertThat(tokens.inspect(narrow).use()).isEqualTo(Claims.Use.USERINFO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "dpop+jwt", "logout+jwt"})
    void refusesTokensOfAnotherType(String type) throws Exception {
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.type(new JOSEObjectType(type)),
                new ECDSASigner(KEY)), Credential.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key-2", "../key-1", "key-1' or '1'='1", "key-1\u0000"})
    void refusesUnknownKeys(String kid) throws Exception {
        refuses(tokens, forge(JWSAlgorithm.ES256, h -> h.keyID(kid), new ECDSASigner(KEY)),
                Credential.INVALID);
    }

    @Test
    void refusesAChangedByte() {
        var token = tokens.sign(claims(Scope.PLATFORM));
        for (int i = token.indexOf('.') + 1; i < token.length() - 1; i += 7) {
            var changed = new StringBuilder(token);
            changed.setCharAt(i, token.charAt(i) == 'A' ? 'B' : 'A');
            refuses(tokens, changed.toString(), Credential.INVALID);
        }
    }

    @Test
    void refusesTheAllZeroSignature() {
        var token = tokens.sign(claims(Scope.PLATFORM));
        var zero = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        refuses(tokens, token.substring(0, token.lastIndexOf('.') + 1) + zero,
                Credential.INVALID);
    }

    @Test
    void doesNotDecodeWhatIsTooLong() {
        refuses(tokens, tokens.sign(claims(Scope.PLATFORM)) + "A".repeat(1 << 20),
                Credential.INVALID);
    }

    @Test
    void publishesNoPrivateHalf() {
        var published = new KeyRing<>(KEY, List.of(OTHER)).published();
        assertThat(published.toString()).contains("key-1", "key-2", "P-256").doesNotContain(
                KEY.getD().toString(), OTHER.getD().toString());
    }

    private static String forge(
            JWSAlgorithm algorithm, UnaryOperator<JWSHeader.Builder> header, JWSSigner signer)
            throws Exception {
        var jwt = new SignedJWT(
                header.apply(new JWSHeader.Builder(algorithm)
                        .type(new JOSEObjectType("at+jwt")).keyID("key-1")).build(),
                new JWTClaimsSet.Builder().issuer(ISSUER).audience(ISSUER).subject("usr_1")
                        .jwtID("tok_1").issueTime(Date.from(NOON)).notBeforeTime(Date.from(NOON))
                        .expirationTime(Date.from(NOON.plusSeconds(900)))
                        .claim("tenant_id", "org_1").claim("scope", "platform")
                        .claim("roles", List.of()).claim("principal_type", "user").build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static void refuses(AccessTokens tokens, String token, Credential why) {
        assertThatThrownBy(() -> tokens.read(token)).isInstanceOf(Problem.Failure.class)
                .extracting("problem").extracting("credential").isEqualTo(why);
    }

    private static Claims claims(Scope scope) {
        return new Claims("tok_1", "usr_1", Claims.Kind.API_KEY, "org_1", scope,
                Set.of("owner", "admin"), "key_1", null, NOON, NOON.plusSeconds(900),
                Map.of("client_id", "key_1"));
    }

    private static AccessTokens at(Instant now, KeyRing<ECKey> keys) {
        return new AccessTokens(() -> keys, ISSUER, fixed(now));
    }

    private static Clock fixed(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
