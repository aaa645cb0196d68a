package orrery.kit.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a token is good for, out of what its person may do. It only ever narrows.
///
/// A name is `*`, `domain:action`, `domain:action:qualifier`, or a prefix of one with `:*` behind
/// it, which stands for the prefix and all below it. With `:self` behind that, it counts only for
/// what is the person's own.
///
/// @param owner username of the token's person
public record TokenScopes(Set<String> names, String owner) {
    /// Everything that the person may do.
    public static final String ALL = "*";

    private static final String BELOW = ":*";
    private static final String SELF = ":self";

    public TokenScopes {
        names = Set.copyOf(names);
    }

    /// Whether something that asks for `scope` may be done.
    ///
    /// @param whose username of the person whose it is; `null` for the token's own person
    public boolean allow(String scope, @Nullable String whose) {
        var isOwn = whose == null || whose.equals(owner);
        return covers(scope, "") || isOwn && covers(scope, SELF);
    }

    /// Whether all that `name` allows is allowed by these.
    ///
    /// @param name as it stands in a token, wildcards and all
    public boolean cover(String name) {
        if (name.equals(ALL)) {
            return names.contains(ALL);
        }
        var own = name.endsWith(SELF);
        var bare = own ? name.substring(0, name.length() - SELF.length()) : name;
        return coversName(bare, "") || own && coversName(bare, SELF);
    }

    private boolean coversName(String bare, String suffix) {
        return bare.endsWith(BELOW)
                ? isBelow(bare.substring(0, bare.length() - BELOW.length()), suffix)
                        || names.contains(ALL)
                : covers(bare, suffix);
    }

    private boolean covers(String scope, String suffix) {
        return names.contains(ALL) || names.contains(scope + suffix) || isBelow(scope, suffix);
    }

    /// Whether a wildcard at `scope` itself or above it is among the names.
    private boolean isBelow(String scope, String suffix) {
        for (int end = scope.length(); end > 0; end = scope.lastIndexOf(':', end - 1)) {
            if (names.contains(scope.substring(0, end) + BELOW + suffix)) {
                return true;
            }
        }
        return false;
    }
}
