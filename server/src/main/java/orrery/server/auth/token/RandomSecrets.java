package orrery.server.auth.token;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// Random secrets of 256 bits, which nobody guesses: codes, refresh tokens, cookies. Their SHA-256
/// is what we keep and look up.
@Singleton
public final class RandomSecrets {
    private static final int BYTES = 32;

    private final RandomGenerator random;

    /// @param random a cryptographically strong source
    public RandomSecrets(RandomGenerator random) {
        this.random = random;
    }

    /// A new one: 43 characters of base64url.
    public String next() {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
