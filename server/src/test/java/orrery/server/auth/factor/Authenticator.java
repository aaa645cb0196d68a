package orrery.server.auth.factor;

import java.time.Clock;
import java.time.Duration;
import org.awaitility.Awaitility;

/// An authenticator application on somebody's phone. It never shows a code twice.
public final class Authenticator {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration MARGIN = Duration.ofSeconds(15);

    private final byte[] secret;
    private long last;

    /// @param base32 as it is typed in
    public Authenticator(String base32) {
        secret = decode(base32);
    }

    /// A code that counts now, and for a while, and did not before: one of the step before is as
    /// good as the present one until that is over.
    public String code() {
        var clock = Clock.systemUTC();
        var now = clock.instant();
        var first = Totp.stepAt(now) == Totp.stepAt(now.plus(MARGIN)) ? 1 : 0;
        var next = Math.max(last + 1, Totp.stepAt(now) - first);
        Awaitility.await().atMost(PATIENCE)
                .until(() -> Totp.stepAt(clock.instant()) + 1 >= next);
        last = next;
        return Totp.code(secret, next);
    }

    /// The one that was shown last.
    public String sameCode() {
        return Totp.code(secret, last);
    }

    /// One that is not shown.
    public String wrongCode() {
        return Totp.code(secret, last - 1_000);
    }

    static byte[] decode(String base32) {
        var out = new byte[base32.length() * 5 / 8];
        for (int i = 0; i < out.length * 8; i++) {
            int letter = ALPHABET.indexOf(base32.charAt(i / 5));
            if ((letter >> 4 - i % 5 & 1) == 1) {
                out[i / 8] |= (byte) (128 >> i % 8);
            }
        }
        return out;
    }
}
