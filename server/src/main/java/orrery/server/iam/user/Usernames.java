package orrery.server.iam.user;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/// Makes a username out of an e-mail address.
final class Usernames {
    /// Workspace names are a username, `-` and seven characters, and may have 63 in all.
    private static final int LONGEST = 40;

    /// Room for a number behind it.
    private static final int SUFFIX = 6;

    /// Words that mean something else where a username may stand.
    private static final Set<String> RESERVED = Set.of(
            "root", "me", "system", "anonymous", "nobody", "all");

    private Usernames() {}

    /// `Zoë.Müller+dev@example.com` → `zoe-muller-dev`. Always a DNS label that begins with a
    /// letter, and short enough for [#numbered].
    static String from(String email) {
        var local = email.substring(0, email.indexOf('@'));
        var plain = Normalizer.normalize(local, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^[-0-9]+", "");
        var cut = plain.substring(0, Math.min(plain.length(), LONGEST - SUFFIX))
                .replaceAll("-+$", "");
        return cut.isEmpty() || RESERVED.contains(cut) ? "user" + (cut.isEmpty() ? "" : "-" + cut)
                : cut;
    }

    /// Whether somebody may choose it.
    static boolean isGood(String username) {
        return username.length() <= LONGEST && !RESERVED.contains(username)
                && username.matches("[a-z]([a-z0-9-]*[a-z0-9])?");
    }

    /// The `n`th candidate after `username` itself: `ann-2`, `ann-3`.
    static String numbered(String username, int n) {
        return n == 1 ? username : username + "-" + n;
    }
}
