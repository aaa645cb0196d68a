package orrery.server.auth.factor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// The test values of RFC 6238 appendix B (SHA-1), as six digits, and of RFC 4648 10.
class TotpTest {
    private static final byte[] SECRET =
            "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    private static String at(long second) {
        return Totp.code(SECRET, Totp.stepAt(Instant.ofEpochSecond(second)));
    }

    @Test
    void showsWhatTheStandardShows() {
        assertThat(at(59)).isEqualTo("287082");
        assertThat(at(1111111109)).isEqualTo("081804");
        assertThat(at(1111111111)).isEqualTo("050471");
        assertThat(at(1234567890)).isEqualTo("005924");
        assertThat(at(2000000000)).isEqualTo("279037");
        assertThat(at(20000000000L)).isEqualTo("353130");
    }

    @Test
    void takesTheCodesOfOneStepBeforeAndAfter() {
        var now = Instant.ofEpochSecond(1111111111);
        for (int off = -1; off <= 1; off++) {
            assertThat(Totp.step(SECRET, at(1111111111 + off * 30L), now))
                    .hasValue(Totp.stepAt(now) + off);
        }
        assertThat(Totp.step(SECRET, at(1111111111 + 60), now)).isEmpty();
        assertThat(Totp.step(SECRET, at(1111111111 - 60), now)).isEmpty();
        assertThat(Totp.step(SECRET, "", now)).isEmpty();
    }

    @Test
    void writesSecretsAsApplicationsReadThem() {
        assertThat(Base32.encode(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assertThat(Base32.encode("foobar".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("MZXW6YTBOI");
        assertThat(Base32.encode("foob".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("MZXW6YQ");
        assertThat(Authenticator.decode(Base32.encode(SECRET))).isEqualTo(SECRET);
    }
}
