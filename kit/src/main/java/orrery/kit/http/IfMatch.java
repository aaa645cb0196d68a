package orrery.kit.http;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// The header `If-Match` (RFC 9110 13.1.1): change it only if it still is the version I know.
public final class IfMatch {
    private static final Pattern STRONG = Pattern.compile("\"(\\d{1,18})\"");

    private IfMatch() {}

    /// The version that the caller knows; empty when it does not care.
    ///
    /// @throws Problem.Failure [Problem.Malformed] when it is no ETag of ours
    public static OptionalLong version(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return OptionalLong.empty();
        }
        var match = STRONG.matcher(header.strip());
        if (!match.matches()) {
            throw new Problem.Malformed("If-Match",
                    "send the ETag of the version that you know, such as \"3\", or *").raise();
        }
        return OptionalLong.of(Long.parseLong(match.group(1)));
    }

    /// Refuses a change of another version than the one that the caller knows.
    ///
    /// @param version as it is now
    /// @param expected what [#version] said
    /// @throws Problem.Failure [Problem.PreconditionFailed]
    public static void verify(String kind, String id, long version, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != version) {
            throw new Problem.PreconditionFailed(kind, id, "version " + expected.getAsLong(),
                    "version " + version).raise();
        }
    }
}
