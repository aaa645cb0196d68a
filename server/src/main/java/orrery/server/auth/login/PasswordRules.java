package orrery.server.auth.login;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// Which passwords are taken (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5 6.2): any of at least eight
/// characters, of whatever kind, that attackers would not try first.
///
/// The rules hold wherever a password is set, and only there: what was good once still signs in.
final class PasswordRules {
    private static final int SHORTEST = 8;

    /// More than anybody types; hashing takes no longer for it.
    private static final int LONGEST_BYTES = 1024;

    /// How many different characters must be left of a password without the words that everybody
    /// connects with it.
    private static final int LEAST_OWN = 6;
    private static final int SHORTEST_WORD = 3;
    private static final String PRODUCT = "orrery";

    private PasswordRules() {}

    /// Notes everything that is wrong with a new password.
    ///
    /// @param about what others know of its person: address, username, name
    static void check(
            Mistakes mistakes, String field, @Nullable String password,
            @Nullable String... about) {
        mistakes.check(field, password, it -> it.codePointCount(0, it.length()) >= SHORTEST
                                && it.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES,
                        "must have at least " + SHORTEST + " characters and at most "
                                + LONGEST_BYTES + " bytes")
                .check(field, password, it -> it.length() > LONGEST_BYTES
                                || !CommonPasswords.contains(normal(it)),
                        "must not be one of those that attackers try first, since it was found in"
                                + " break-ins elsewhere; choose another, such as four words that"
                                + " nobody connects")
                .check(field, password, it -> it.length() > LONGEST_BYTES || isOwn(it, about),
                        "must not be made of your name, your e-mail address or Orrery's name");
    }

    private static boolean isOwn(String password, @Nullable String... about) {
        var words = Stream.concat(Stream.of(PRODUCT),
                        Arrays.stream(about).filter(it -> it != null).flatMap(PasswordRules::words))
                .filter(word -> word.length() >= SHORTEST_WORD)
                .sorted(Comparator.comparingInt(String::length).reversed()).toList();
        var plain = normal(password).toLowerCase(Locale.ROOT);
        var left = plain;
        for (var word : words) {
            left = left.replace(word, "");
        }
        return left.equals(plain) || left.codePoints().distinct().count() >= LEAST_OWN;
    }

    /// The whole, and its parts.
    private static Stream<String> words(String text) {
        var plain = text.strip().toLowerCase(Locale.ROOT);
        return Stream.concat(Stream.of(plain), Arrays.stream(plain.split("[^\\p{L}\\p{N}]+")));
    }

    /// As it is hashed ([Passwords]).
    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC);
    }
}
