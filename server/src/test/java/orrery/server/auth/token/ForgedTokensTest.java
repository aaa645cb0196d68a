package orrery.server.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Principal;
import orrery.kit.http.Authenticator.Credentials;
import orrery.server.auth.check.CredentialCheck;

/// A forged token is refused with no more work than a good one costs, whatever is wrong with it:
/// counted, not timed.
class ForgedTokensTest {
    private static final String ISSUER = "http://127.0.0.1:8080";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    private final ECKey key = key();
    private final AtomicInteger looked = new AtomicInteger();
    private final CountingProvider crypto = new CountingProvider(CryptoProvider.FASTEST);
    private final AccessTokens tokens = new AccessTokens(() -> {
        looked.incrementAndGet();
        return new KeyRing<>(key, List.of());
    }, ISSUER, CLOCK, crypto);
    private final Forgeries forgeries = new Forgeries(
            key, ISSUER, NOON, URI.create("https://elsewhere.example/keys"));

    @Test
    void aGoodOneCountsAndCostsOneVerification() {
        assertThat(tokens.read(forgeries.good()).id()).isEqualTo("tok_1");
        assertThat(crypto.verified).hasValue(1);
        assertThat(looked).hasValue(1);
    }

    /// There is no database behind the check here, nor anything else that it could ask: whoever
    /// reaches for it fails otherwise than by refusing.
    @Test
    void nothingIsAskedForAForgedOne() {
        var check = new CredentialCheck(null, tokens, null, null, null, null, null, null, null,
                null, new Access((principal, scope) -> Set.of(), CLOCK), CLOCK);
        var call = new Call(Principal.ANONYMOUS, "req_x", null, null, NOON.plusSeconds(60));
        forgeries.all().forEach((what, token) -> {
            crypto.verified.set(0);
            looked.set(0);
            var refusal = catchThrowableOfType(Problem.Failure.class,
                    () -> check.authenticate(call, new Credentials(token, Map.of())));
            assertThat(refusal).as(what).isNotNull();
            assertThat(refusal.problem()).as(what).isEqualTo(what.equals("expired")
                    ? new Unauthenticated(Credential.EXPIRED, "the token has expired")
                    : new Unauthenticated(Credential.INVALID, "the token does not count"));
            assertThat(crypto.verified.get()).as("signatures verified: %s", what)
                    .isLessThanOrEqualTo(1);
            assertThat(looked.get()).as("keys looked up: %s", what).isLessThanOrEqualTo(1);
        });
    }

    /// What its header already shows to be none of ours is not worth a verification.
    @Test
    void aHeaderThatIsNotOursCostsNoVerification() {
        forgeries.all().forEach((what, token) -> {
            if (what.startsWith("alg ") || what.startsWith("typ ") || what.startsWith("kid ")
                    || what.startsWith("j") && !what.startsWith("jti")
                    || what.startsWith("x5") || what.startsWith("oversized")) {
                crypto.verified.set(0);
                catchThrowableOfType(Problem.Failure.class, () -> tokens.read(token));
                assertThat(crypto.verified).as(what).hasValue(0);
            }
        });
        assertThat(forgeries.all()).hasSizeGreaterThan(100);
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("key-1").generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
