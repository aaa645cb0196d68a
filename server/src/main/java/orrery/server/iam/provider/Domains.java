package orrery.server.iam.provider;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Domains as DNS has them: lower case, A-labels (RFC 5890), at least two labels.
public final class Domains {
    private static final Pattern SHAPE = Pattern.compile(
            "(?=.{4,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])");

    private Domains() {}

    /// The domain that a text means; empty when it is none.
    static Optional<String> read(String text) {
        try {
            var domain = IDN.toASCII(text.strip().replaceFirst("\\.$", ""))
                    .toLowerCase(Locale.ROOT);
            return SHAPE.matcher(domain).matches() ? Optional.of(domain) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The domain of an e-mail address.
    public static Optional<String> of(String email) {
        var at = email.lastIndexOf('@');
        return at < 1 ? Optional.empty() : read(email.substring(at + 1));
    }
}
