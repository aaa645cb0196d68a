package orrery.server.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Signs ID tokens (OpenID Connect Core 2), RS256, and recognises them when they come back as a
/// hint.
@Singleton
public final class IdTokens {
    /// How long a client may take one for new.
    public static final Duration LIFE = Duration.ofMinutes(15);

    private static final int LONGEST = 8_192;

    private final SigningKeys keys;
    private final AccessTokens access;
    private final Clock clock;

    /// Whom an ID token speaks of, and to whom.
    ///
    /// @param session `sid`: the browser's session that it was given in
    public record Hint(String subject, String client, @Nullable String session) {}

    public IdTokens(SigningKeys keys, AccessTokens access, Clock clock) {
        this.keys = keys;
        this.access = access;
        this.clock = clock;
    }

    /// A token that tells `client` who `subject` is.
    ///
    /// @param authenticatedAt `auth_time`
    /// @param accessToken the one that it is given with, for `at_hash`
    /// @param more other claims
    public String sign(
            String subject, String client, Instant authenticatedAt, String accessToken,
            Map<String, Object> more) {
        var now = clock.instant();
        var key = keys.identity().active();
        var claims = new JWTClaimsSet.Builder()
                .issuer(access.issuer()).subject(subject).audience(client)
                .issueTime(Date.from(now)).expirationTime(Date.from(now.plus(LIFE)))
                .claim("auth_time", authenticatedAt.getEpochSecond())
                .claim("at_hash", half(accessToken));
        more.forEach(claims::claim);
        var jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT).keyID(key.getKeyID()).build(), claims.build());
        try {
            var signer = new RSASSASigner(key);
            signer.getJCAContext().setProvider(CryptoProvider.RSA);
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a signing key of ours does not sign", e);
        }
        return jwt.serialize();
    }

    /// What a token says that we signed some time ago; empty for any other. It proves nothing about
    /// who shows it.
    public Optional<Hint> hint(String token) {
        if (token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            var jwt = SignedJWT.parse(token);
            var header = jwt.getHeader();
            var key = header.getKeyID() == null
                    || !JWSAlgorithm.RS256.equals(header.getAlgorithm())
                    || !JOSEObjectType.JWT.equals(header.getType()) ? null
                            : keys.identity().find(header.getKeyID()).orElse(null);
            if (key == null || !jwt.verify(new RSASSAVerifier(key.toRSAPublicKey()))) {
                return Optional.empty();
            }
            var claims = jwt.getJWTClaimsSet();
            if (!access.issuer().equals(claims.getIssuer()) || claims.getSubject() == null
                    || claims.getAudience().size() != 1) {
                return Optional.empty();
            }
            return Optional.of(new Hint(claims.getSubject(), claims.getAudience().getFirst(),
                    claims.getStringClaim("sid")));
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The left half of the SHA-256 (OpenID Connect Core 3.1.3.6).
    private static String half(String token) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(Arrays.copyOf(hash, hash.length / 2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
