package orrery.server.auth.federation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import orrery.server.auth.federation.Refusal.Reason;
import orrery.server.iam.provider.Discovery;

/// Checks ID tokens (OpenID Connect Core 3.1.3.7): that the provider signed it, for us, now, and as
/// the answer to what we asked.
final class IdTokenCheck {
    private static final int LONGEST = 32_768;
    private static final int LEAST_RSA_BITS = 2_048;
    private static final Duration SKEW = Duration.ofMinutes(1);

    private IdTokenCheck() {}

    /// What the token says.
    ///
    /// @param newer asks the provider for its keys again, for a token with a key that is unknown
    /// @throws Refusal when anything of it is not as it must be
    static JWTClaimsSet claims(
            @Nullable String token, Discovery provider, Supplier<Discovery> newer,
            String clientId, String nonce, Instant now) {
        if (token == null || token.length() > LONGEST) {
            throw refused("the answer holds no ID token");
        }
        try {
            var jwt = SignedJWT.parse(token);
            var header = jwt.getHeader();
            if (!provider.algorithms().contains(header.getAlgorithm().getName())
                    || header.getCriticalParams() != null) {
                throw refused("the ID token is signed with " + header.getAlgorithm()
                        + ", which the provider does not announce or we do not take");
            }
            var keys = keys(provider, header);
            if (!isSigned(jwt, keys.isEmpty() ? keys(newer.get(), header) : keys)) {
                throw refused("no key of the provider signed the ID token");
            }
            var claims = jwt.getJWTClaimsSet();
            check(claims, provider.issuer(), clientId, nonce, now);
            return claims;
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            throw refused("the ID token is none");
        }
    }

    private static List<JWK> keys(Discovery provider, JWSHeader header) {
        return provider.keys().getKeys().stream()
                .filter(key -> header.getKeyID() == null
                        || header.getKeyID().equals(key.getKeyID()))
                .filter(key -> key.getKeyUse() == null || key.getKeyUse() == KeyUse.SIGNATURE)
                .filter(key -> key.getAlgorithm() == null
                        || key.getAlgorithm().equals(header.getAlgorithm()))
                .toList();
    }

    private static boolean isSigned(SignedJWT jwt, List<JWK> keys) throws JOSEException {
        for (var key : keys) {
            var verifier = verifier(key);
            if (verifier != null && verifier.supportedJWSAlgorithms()
                    .contains(jwt.getHeader().getAlgorithm()) && jwt.verify(verifier)) {
                return true;
            }
        }
        return false;
    }

    /// A key of another kind verifies nothing: above all no public key serves as a shared secret.
    private static @Nullable JWSVerifier verifier(JWK key) throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> rsa.size() < LEAST_RSA_BITS ? null
                    : new RSASSAVerifier(rsa.toRSAPublicKey());
            case ECKey ec -> new ECDSAVerifier(ec.toECPublicKey());
            default -> null;
        };
    }

    private static void check(
            JWTClaimsSet claims, String issuer, String clientId, String nonce, Instant now)
            throws ParseException {
        if (!issuer.equals(claims.getIssuer())) {
            throw refused("the ID token is another issuer's");
        }
        var party = claims.getStringClaim("azp");
        if (!claims.getAudience().contains(clientId)
                || party == null && claims.getAudience().size() > 1
                || party != null && !party.equals(clientId)) {
            throw refused("the ID token is for another client");
        }
        var expires = claims.getExpirationTime();
        if (expires == null || !expires.toInstant().plus(SKEW).isAfter(now)
                || isAhead(claims.getIssueTime(), now)
                || isAhead(claims.getNotBeforeTime(), now)) {
            throw refused("the ID token does not count now");
        }
        if (!MessageDigest.isEqual(bytes(nonce), bytes(claims.getStringClaim("nonce")))) {
            throw refused("the ID token is the answer to another question");
        }
        if (claims.getSubject() == null) {
            throw refused("the ID token names nobody");
        }
    }

    private static boolean isAhead(@Nullable Date time, Instant now) {
        return time != null && time.toInstant().isAfter(now.plus(SKEW));
    }

    private static byte[] bytes(@Nullable String text) {
        return Objects.requireNonNullElse(text, "").getBytes(StandardCharsets.UTF_8);
    }

    private static Refusal refused(String detail) {
        return new Refusal(Reason.UNPROVED, detail);
    }
}
