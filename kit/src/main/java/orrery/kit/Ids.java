package orrery.kit;

import java.util.random.RandomGenerator;

/// Makes resource identifiers: a prefix that tells the kind, `_`, and 26 base62 characters
/// (about 154 random bits, so no two are ever alike and none can be guessed).
public final class Ids {
    private static final String ALPHABET =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 26;
    private static final int FAIR = 256 - 256 % ALPHABET.length();

    private final RandomGenerator random;

    /// @param random a cryptographically strong source: `new SecureRandom()`
    public Ids(RandomGenerator random) {
        this.random = random;
    }

    /// A new identifier: `next("cls")` → `cls_6NZtkvWLBbbmHfPi7L6oz7KZpq`.
    public String next(String prefix) {
        var text = new StringBuilder(prefix.length() + 1 + LENGTH).append(prefix).append('_');
        // Asking a strong source costs the same for many bytes as for one.
        var bytes = new byte[LENGTH + 6];
        for (int at = bytes.length, left = LENGTH; left > 0; at++) {
            if (at == bytes.length) {
                random.nextBytes(bytes);
                at = 0;
            }
            int value = bytes[at] & 0xFF;
            // The values above would make the first letters likelier than the others.
            if (value < FAIR) {
                text.append(ALPHABET.charAt(value % ALPHABET.length()));
                left--;
            }
        }
        return text.toString();
    }

    /// Whether a path segment is an identifier (and not a name): `[a-z]{2,5}_[0-9A-Za-z]{20,40}`.
    /// Lengths differ between issuers of the same format, and no resource name matches: names have
    /// no underscore. Every request asks this several times, so no pattern is matched.
    public static boolean isId(String text) {
        int mark = text.indexOf('_');
        int random = text.length() - mark - 1;
        if (mark < 2 || mark > 5 || random < 20 || random > 40) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            boolean isSmall = one >= 'a' && one <= 'z';
            boolean isOther = one >= 'A' && one <= 'Z' || one >= '0' && one <= '9';
            if (i != mark && !isSmall && (i < mark || !isOther)) {
                return false;
            }
        }
        return true;
    }
}
