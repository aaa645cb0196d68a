package orrery.server.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Scope;

/// Signs access tokens and reads them back: JWTs of type `at+jwt` (RFC 9068), ES256 and nothing
/// else.
public final class AccessTokens {
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    /// Where people's claims are asked for, below the issuer.
    public static final String USERINFO = "/oauth2/userinfo";

    /// Ours are below 1 KiB. Nothing longer is even decoded.
    private static final int LONGEST = 4_096;

    /// Three parts in base64url, the last one of 64 bytes, as we write it: in no other spelling
    /// that a decoder takes for the same. A token has one text.
    private static final Pattern SHAPE =
            Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]{85}[AQgw]");

    /// How far the clocks of two server processes may be apart.
    private static final Duration SKEW = Duration.ofSeconds(5);

    private static final Set<String> HEADER = Set.of("alg", "typ", "kid");
    private static final Set<String> READ = Set.of(
            "iss", "aud", "sub", "jti", "iat", "nbf", "exp", "tenant_id", "scope", "scope_id",
            "roles", "principal_type", "credential_id", "sid");

    private final Supplier<KeyRing<ECKey>> keys;
    private final String issuer;
    private final Clock clock;
    private final Provider crypto;
    private volatile @Nullable Signing signing;

    private record Signing(ECKey key, JWSSigner signer, JWSHeader header) {}

    /// @param issuer `iss` and `aud`: the public address of this installation
    public AccessTokens(Supplier<KeyRing<ECKey>> keys, String issuer, Clock clock) {
        this(keys, issuer, clock, CryptoProvider.FASTEST);
    }

    /// @param crypto verifies
    AccessTokens(
            Supplier<KeyRing<ECKey>> keys, String issuer, Clock clock, Provider crypto) {
        this.keys = keys;
        this.issuer = issuer;
        this.clock = clock;
        this.crypto = crypto;
    }

    /// The token that says `claims`.
    public String sign(Claims claims) {
        try {
            var with = signing();
            var jwt = new SignedJWT(with.header(), body(claims));
            jwt.sign(with.signer());
            return jwt.serialize();
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException("a signing key of ours does not sign", e);
        }
    }

    /// A key is handed to the provider once: to do so costs as much as a signature.
    private Signing signing() throws JOSEException, GeneralSecurityException {
        var key = keys.get().active();
        var last = signing;
        if (last == null || last.key() != key) {
            var provider = CryptoProvider.FASTEST;
            var signer = new ECDSASigner((PrivateKey) KeyFactory.getInstance("EC", provider)
                    .translateKey(key.toPrivateKey()), key.getCurve());
            signer.getJCAContext().setProvider(provider);
            last = new Signing(key, signer, new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(TYPE).keyID(key.getKeyID()).build());
            signing = last;
        }
        return last;
    }

    /// What `token` says, if it is ours and counts now.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated]; nothing tells which check it was
    public Claims read(String token) {
        var claims = readExpired(token);
        if (!clock.instant().isBefore(claims.expiresAt())) {
            throw new Problem.Unauthenticated(Credential.EXPIRED, "the token has expired").raise();
        }
        return claims;
    }

    /// What `token` says, if it is ours, also when its time is over. Only for asking for a new one.
    public Claims readExpired(String token) {
        var claims = inspect(token);
        if (claims.use() != Claims.Use.API) {
            throw invalid();
        }
        return claims;
    }

    /// What `token` says, if it is ours, whatever it is for and also when its time is over. Not
    /// for letting anybody in.
    public Claims inspect(String token) {
        if (token.length() > LONGEST || !SHAPE.matcher(token).matches()) {
            throw invalid();
        }
        try {
            var jwt = SignedJWT.parse(token);
            if (!isTrustworthy(jwt)) {
                throw invalid();
            }
            var claims = jwt.getJWTClaimsSet();
            var soon = clock.instant().plus(SKEW);
            if (!issuer.equals(claims.getIssuer()) || claims.getAudience().size() != 1
                    || at(claims, "nbf").isAfter(soon) || at(claims, "iat").isAfter(soon)) {
                throw invalid();
            }
            return claims(claims);
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            throw invalid();
        }
    }

    private boolean isTrustworthy(SignedJWT jwt) throws JOSEException {
        var header = jwt.getHeader();
        if (!JWSAlgorithm.ES256.equals(header.getAlgorithm()) || !TYPE.equals(header.getType())
                || header.getKeyID() == null || !HEADER.equals(header.getIncludedParams())) {
            return false;
        }
        var key = keys.get().find(header.getKeyID()).orElse(null);
        if (key == null) {
            return false;
        }
        var verifier = new ECDSAVerifier(key.toECPublicKey());
        verifier.getJCAContext().setProvider(crypto);
        return jwt.verify(verifier);
    }

    private JWTClaimsSet body(Claims claims) {
        var scope = claims.scope();
        var all = new JWTClaimsSet.Builder()
                .issuer(issuer).audience(audience(claims.use()))
                .subject(claims.subject()).jwtID(claims.id())
                .issueTime(Date.from(claims.issuedAt())).notBeforeTime(Date.from(claims.issuedAt()))
                .expirationTime(Date.from(claims.expiresAt()))
                .claim("tenant_id", claims.tenant())
                .claim("scope", scopeName(scope))
                .claim("scope_id", scope.project() != null ? scope.project() : scope.organization())
                .claim("roles", claims.roles().stream().sorted().toList())
                .claim("principal_type", claims.kind().name().toLowerCase(Locale.ROOT))
                .claim("credential_id", claims.credential())
                .claim("sid", claims.session())
                .serializeNullClaims(false);
        claims.more().forEach(all::claim);
        return all.build();
    }

    /// The issuer, and `aud` of tokens for the API.
    public String issuer() {
        return issuer;
    }

    /// `aud` of a token for that use.
    public String audience(Claims.Use use) {
        return switch (use) {
            case API -> issuer;
            case USERINFO -> issuer + USERINFO;
        };
    }

    private Claims.Use use(String audience) {
        return Arrays.stream(Claims.Use.values())
                .filter(use -> audience(use).equals(audience)).findFirst()
                .orElseThrow(AccessTokens::invalid);
    }

    private Claims claims(JWTClaimsSet set) throws ParseException {
        var more = new HashMap<>(set.getClaims());
        more.keySet().removeAll(READ);
        more.values().removeIf(value -> value == null);
        return new Claims(
                required(set, "jti"), required(set, "sub"),
                Claims.Kind.valueOf(required(set, "principal_type").toUpperCase(Locale.ROOT)),
                required(set, "tenant_id"), scope(set),
                Set.copyOf(present(set.getStringListClaim("roles"))),
                set.getStringClaim("credential_id"), set.getStringClaim("sid"),
                at(set, "iat"), at(set, "exp"), Map.copyOf(more),
                use(set.getAudience().getFirst()));
    }

    /// `organization`, `project`, or `platform` for operators.
    public static String scopeName(Scope scope) {
        return scope.project() != null ? "project"
                : scope.organization() != null ? "organization" : "platform";
    }

    private static Scope scope(JWTClaimsSet set) throws ParseException {
        return switch (required(set, "scope")) {
            case "platform" -> Scope.PLATFORM;
            case "organization" -> Scope.organization(required(set, "scope_id"));
            case "project" -> Scope.project(
                    required(set, "tenant_id"), required(set, "scope_id"));
            default -> throw invalid();
        };
    }

    private static String required(JWTClaimsSet set, String name) throws ParseException {
        return present(set.getStringClaim(name));
    }

    private static Instant at(JWTClaimsSet set, String name) throws ParseException {
        return present(set.getDateClaim(name)).toInstant();
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw invalid();
        }
        return value;
    }

    private static Problem.Failure invalid() {
        return new Problem.Unauthenticated(Credential.INVALID, "the token does not count").raise();
    }
}
