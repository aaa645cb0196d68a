package orrery.server.auth.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.server.auth.token.RandomSecrets;
import org.jspecify.annotations.Nullable;

/// Proofs that a client signs with its private key (RFC 7523, `private_key_jwt`): for us, for a few
/// minutes, and once.
final class Assertions {
    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// What the keys of clients may sign with.
    static final List<JWSAlgorithm> ALGORITHMS =
            List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private static final int LONGEST = 8_192;
    private static final int MOST_KEYS = 10;
    private static final int LEAST_RSA_BITS = 2_048;
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final AssertionTable table = new AssertionTable();
    private final Set<String> audiences;
    private final Clock clock;

    /// @param audiences how a client may name us
    Assertions(Set<String> audiences, Clock clock) {
        this.audiences = Set.copyOf(audiences);
        this.clock = clock;
    }

    /// Whom an assertion claims to come from. Nothing of it is proven yet.
    static Optional<String> claimed(String assertion) {
        try {
            return assertion.length() > LONGEST ? Optional.empty()
                    : Optional.ofNullable(SignedJWT.parse(assertion).getJWTClaimsSet()
                            .getSubject());
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /// Whether `client` signed the assertion for us, just now, and for the first time.
    boolean proves(Tx tx, Client client, String assertion) {
        try {
            if (assertion.length() > LONGEST || client.jwks() == null) {
                return false;
            }
            var jwt = SignedJWT.parse(assertion);
            var claims = jwt.getJWTClaimsSet();
            var now = clock.instant();
            var id = claims.getJWTID();
            var expires = claims.getExpirationTime();
            return ALGORITHMS.contains(jwt.getHeader().getAlgorithm())
                    && client.id().equals(claims.getIssuer())
                    && client.id().equals(claims.getSubject())
                    && claims.getAudience().size() == 1
                    && audiences.contains(claims.getAudience().getFirst())
                    && id != null && expires != null
                    && isOn(expires.toInstant(), now)
                    && isPast(claims.getIssueTime(), now)
                    && isPast(claims.getNotBeforeTime(), now)
                    && isSigned(jwt, client)
                    && isFirst(tx, client.id() + " " + id, expires.toInstant(), now);
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isOn(Instant expires, Instant now) {
        return expires.plus(SKEW).isAfter(now)
                && expires.isBefore(now.plus(LONGEST_LIFE).plus(SKEW));
    }

    private static boolean isPast(@Nullable Date time, Instant now) {
        return time == null || !time.toInstant().isAfter(now.plus(SKEW));
    }

    private boolean isFirst(Tx tx, String id, Instant expires, Instant now) {
        table.sweep(tx, now);
        return table.insert(tx, RandomSecrets.hash(id), expires.plus(SKEW));
    }

    private static boolean isSigned(SignedJWT jwt, Client client)
            throws ParseException, JOSEException {
        var header = jwt.getHeader();
        for (var key : keys(Json.write(client.jwks()))) {
            var verifier = header.getKeyID() != null && key.getKeyID() != null
                    && !header.getKeyID().equals(key.getKeyID()) ? null : verifier(key);
            if (verifier != null && verifier.supportedJWSAlgorithms()
                    .contains(header.getAlgorithm()) && jwt.verify(verifier)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable JWSVerifier verifier(JWK key) throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> new RSASSAVerifier(rsa.toRSAPublicKey());
            case ECKey ec -> new ECDSAVerifier(ec.toECPublicKey());
            default -> null;
        };
    }

    private static List<JWK> keys(String jwks) throws ParseException {
        return JWKSet.parse(jwks).getKeys();
    }

    /// Notes what is wrong with keys that somebody wants to register.
    static void check(Mistakes mistakes, @Nullable Map<String, Object> jwks) {
        if (jwks == null) {
            return;
        }
        try {
            var keys = keys(Json.write(jwks));
            mistakes.unless(!keys.isEmpty() && keys.size() <= MOST_KEYS, "jwks",
                    "must hold 1 to " + MOST_KEYS + " keys");
            mistakes.unless(keys.stream().noneMatch(JWK::isPrivate), "jwks",
                    "must hold public keys only; make new ones, these are known to others now");
            mistakes.unless(keys.stream().allMatch(Assertions::isStrong), "jwks",
                    "must be RSA keys of at least " + LEAST_RSA_BITS + " bits or EC keys on P-256");
        } catch (ParseException | IllegalArgumentException e) {
            mistakes.add("jwks", "must be a JSON Web Key Set (RFC 7517): {\"keys\": […]}");
        }
    }

    private static boolean isStrong(JWK key) {
        return switch (key) {
            case RSAKey rsa -> rsa.size() >= LEAST_RSA_BITS;
            case ECKey ec -> ec.getCurve().equals(Curve.P_256);
            default -> false;
        };
    }
}
