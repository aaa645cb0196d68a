package orrery.server.iam.user;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A public key of SSH: a line of `authorized_keys` without options (sshd(8)). Options are refused,
/// because one of them is a command.
///
/// @param type `ssh-ed25519`
/// @param blob the key (RFC 4253 6.6, RFC 5656, RFC 8709)
/// @param comment what its person calls it; may be empty
public record SshKey(String type, byte[] blob, String comment) {
    private static final int LONGEST_LINE = 4_096;
    private static final int LEAST_RSA_BITS = 2_048;
    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    /// Which of its parts tells that it is whole, and the lengths in bytes that this may have;
    /// none for RSA, whose length is looked at in bits.
    private record Shape(int parts, int telling, List<Integer> lengths) {}

    private static final Map<String, Shape> SHAPES = Map.of(
            "ssh-ed25519", new Shape(2, 1, List.of(32)),
            "sk-ssh-ed25519@openssh.com", new Shape(3, 1, List.of(32)),
            "ecdsa-sha2-nistp256", new Shape(3, 2, List.of(65)),
            "ecdsa-sha2-nistp384", new Shape(3, 2, List.of(97)),
            "ecdsa-sha2-nistp521", new Shape(3, 2, List.of(133)),
            "sk-ecdsa-sha2-nistp256@openssh.com", new Shape(4, 2, List.of(65)),
            "ssh-rsa", new Shape(3, 2, List.of()));

    /// Empty for what is no key of those that are taken: DSA, and RSA below 2048 bits, are not.
    public static Optional<SshKey> read(String line) {
        if (line.length() > LONGEST_LINE || line.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        var parts = line.strip().split(" +", 3);
        var shape = SHAPES.get(parts[0]);
        if (shape == null || parts.length < 2) {
            return Optional.empty();
        }
        try {
            var blob = Base64.getDecoder().decode(parts[1]);
            var comment = parts.length < 3 ? "" : parts[2];
            return Optional.of(new SshKey(parts[0], blob, comment))
                    .filter(key -> isWhole(key.type(), shape, blob));
        } catch (IllegalArgumentException | BufferUnderflowException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean isWhole(String type, Shape shape, byte[] blob) {
        var left = ByteBuffer.wrap(blob);
        var parts = new ArrayList<byte[]>();
        while (left.hasRemaining() && parts.size() < shape.parts()) {
            int length = left.getInt();
            if (length < 0 || length > left.remaining()) {
                return false;
            }
            var part = new byte[length];
            left.get(part);
            parts.add(part);
        }
        if (left.hasRemaining() || parts.size() != shape.parts()
                || !new String(parts.getFirst(), StandardCharsets.UTF_8).equals(type)) {
            return false;
        }
        var telling = parts.get(shape.telling());
        return shape.lengths().isEmpty()
                ? new BigInteger(1, telling).bitLength() >= LEAST_RSA_BITS
                : shape.lengths().contains(telling.length);
    }

    /// As it is kept.
    public String line() {
        return (type + " " + BASE64.encodeToString(blob) + " " + comment).strip();
    }

    /// What `ssh-keygen -l` shows: `SHA256:` and the hash without padding.
    public String fingerprint() {
        try {
            return "SHA256:" + BASE64.withoutPadding().encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
