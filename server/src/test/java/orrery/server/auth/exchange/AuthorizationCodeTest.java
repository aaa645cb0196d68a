package orrery.server.auth.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import orrery.server.auth.token.RandomSecrets;

class AuthorizationCodeTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String BACK = "https://app.example.com/cb";
    private static final String VERIFIER = "v".repeat(43);

    @Test
    void lastsAMinute() {
        var code = code(challenge(VERIFIER));
        assertThat(AuthorizationCodes.LIFE.toSeconds()).isEqualTo(60);
        assertThat(code.isFor("cli_1", request(VERIFIER), NOON.plusSeconds(59))).isTrue();
        assertThat(code.isFor("cli_1", request(VERIFIER), NOON.plusSeconds(60))).isFalse();
    }

    @Test
    void isForItsClientAndVerifier() {
        var code = code(challenge(VERIFIER));
        assertThat(code.isFor("cli_2", request(VERIFIER), NOON)).isFalse();
        assertThat(code.isFor("cli_1", request("w".repeat(43)), NOON)).isFalse();
        assertThat(code.isFor("cli_1", request(null), NOON)).isFalse();
    }

    /// RFC 7636 4.1: 43 to 128 characters, all unreserved.
    @Test
    void takesNoOddVerifiers() {
        for (var odd : new String[] {"v".repeat(42), "v".repeat(129), "v".repeat(42) + "ä",
            "v".repeat(42) + " "}) {
            assertThat(code(challenge(odd)).isFor("cli_1", request(odd), NOON)).isFalse();
        }
    }

    @Test
    void withoutAChallengeTakesNoVerifier() {
        assertThat(code(null).isFor("cli_1", request(null), NOON)).isTrue();
        assertThat(code(null).isFor("cli_1", request(VERIFIER), NOON)).isFalse();
    }

    private static String challenge(String verifier) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(RandomSecrets.hash(verifier));
    }

    private static AuthorizationCodeTable.Row code(@Nullable String challenge) {
        return new AuthorizationCodeTable.Row(new byte[32], "cli_1", "usr_1", "ses_1", BACK,
                challenge, Terms.of(Set.of("openid")), NOON,
                NOON.plus(AuthorizationCodes.LIFE), null);
    }

    private static TokenRequest request(@Nullable String verifier) {
        return new TokenRequest("authorization_code", null, "c", BACK, verifier, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null);
    }
}
