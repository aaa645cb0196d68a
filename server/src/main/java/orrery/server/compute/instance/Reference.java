package orrery.server.compute.instance;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How bodies name something: by code, name or identifier, or by the path where it is found.
///
/// @param prefix what stands before the collection's name in its path; `null` without a path
/// @param key the code, name or identifier
record Reference(@Nullable String prefix, String key) {
    static final String RULE = "must be a code, name or identifier, or a path such as a selfLink";

    private static final int LONGEST = 512;
    private static final Pattern SHAPE =
            Pattern.compile("(/v1(/[-_.A-Za-z0-9]+)+/)?[-_.A-Za-z0-9]+");

    static boolean isOne(String text) {
        return text.length() <= LONGEST && SHAPE.matcher(text).matches();
    }

    /// What a text names in a collection, such as `compute/images`; empty for a path elsewhere.
    static Optional<Reference> in(String collection, String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            return Optional.of(new Reference(null, text));
        }
        var folder = text.substring(0, slash);
        return folder.endsWith("/" + collection) ? Optional.of(new Reference(
                folder.substring(0, folder.length() - collection.length() - 1),
                text.substring(slash + 1))) : Optional.empty();
    }

    /// Whether it names something below a path, such as `/v1/regions/eu1`, or says no path.
    boolean isBelow(String path) {
        return prefix == null || prefix.equals(path);
    }
}
