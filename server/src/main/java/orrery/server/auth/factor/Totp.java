package orrery.server.auth.factor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Codes that change every 30 seconds (RFC 6238 over RFC 4226): six digits of an HMAC-SHA-1, which
/// is what every authenticator application knows. SHA-1's collisions do not matter to an HMAC.
final class Totp {
    static final int SECRET_BYTES = 20;

    private static final int SECONDS = 30;
    private static final int DIGITS = 6;
    private static final int MODULUS = 1_000_000;

    private Totp() {}

    /// The step whose code this is, of those around a time: the clock of the person's phone may be
    /// one step off.
    static OptionalLong step(byte[] secret, String code, Instant now) {
        long at = now.getEpochSecond() / SECONDS;
        return LongStream.rangeClosed(at - 1, at + 1)
                .filter(step -> MessageDigest.isEqual(code(secret, step).getBytes(
                        StandardCharsets.UTF_8), code.getBytes(StandardCharsets.UTF_8)))
                .max();
    }

    static String code(byte[] secret, long step) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            int offset = hash[hash.length - 1] & 0xF;
            int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
            return String.format(Locale.ROOT, "%0" + DIGITS + "d", number % MODULUS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static long stepAt(Instant now) {
        return now.getEpochSecond() / SECONDS;
    }
}
