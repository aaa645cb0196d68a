package orrery.server.compute.cluster;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A name for what has an identifier in a world of lower-case letters and digits.
final class Digest {
    private static final int LENGTH = 24;

    private Digest() {}

    /// 24 letters and digits, of which any two identifiers share none in practice (124 bits).
    static String of(String id) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(id.getBytes(StandardCharsets.UTF_8));
            var text = new BigInteger(1, hash).toString(36);
            return text.substring(text.length() - LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
