package orrery.kit;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The `name` of a resource: a DNS label that begins with a letter. It may stand in a path wherever
/// the identifier may, and no name looks like an identifier.
public final class Slug {
    public static final String RULE =
            "must begin with a letter, have 1 to 63 lower-case letters, digits and hyphens, and not"
                    + " end with a hyphen";

    private static final Pattern SHAPE = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

    /// Words that mean something else in a path.
    private static final Set<String> RESERVED = Set.of("global", "edge", "me", "profile");

    private Slug() {}

    public static boolean isSlug(String text) {
        return SHAPE.matcher(text).matches();
    }

    /// Notes what is wrong with a name that somebody chose, if anybody did.
    public static Mistakes check(Mistakes mistakes, String field, @Nullable String name) {
        return mistakes.check(field, name, Slug::isSlug, RULE)
                .check(field, name, it -> !RESERVED.contains(it), "is reserved: choose another");
    }

    /// A name for a resource whose maker chose none: `cluster-k3x9ab`.
    ///
    /// @param id the new resource's identifier, whose randomness is enough for both
    public static String of(String kind, String id) {
        return kind + "-" + id.substring(id.length() - 6).toLowerCase(Locale.ROOT);
    }
}
