package orrery.server.auth.personaltoken;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.TokenScopes;

/// The scopes that a personal token may name: those of both generations of the family's clients.
public final class ScopeNames {
    private static final int MOST = 50;
    private static final int LONGEST = 60;
    private static final String SELF = ":self";

    /// `prefix: actions`. All of a line together is `prefix:*`.
    private static final String TABLE = """
            workspace: provision list create read delete files
            workspace:connect: webshell webfiles portforward
            workspace:app: read install start stop
            user: list
            user:read: profile sessions credentials blueprints roles keys repos
            user:read:credentials: kubernetes git registry
            user:write: profile roles keys sudo locked org posix password blueprints
            user:write:credentials: kubernetes git registry
            session: list
            token: read create write delete
            role: list create delete update
            org: list create delete update
            blueprints: read
            audit: list
            """;

    /// What may be limited to one's own.
    private static final Set<String> WITH_SELF =
            Set.of("workspace", "user:read", "user:write", "session", "token");

    /// Every name but those with `:self`.
    private static final Set<String> NAMES = TABLE.lines().flatMap(line -> {
        var prefix = line.substring(0, line.indexOf(": "));
        return Arrays.stream((line.substring(line.indexOf(": ") + 2) + " *").split(" "))
                .map(action -> prefix + ":" + action);
    }).collect(Collectors.toUnmodifiableSet());

    private ScopeNames() {}

    /// Whether a token may name this.
    public static boolean knows(String scope) {
        if (scope.equals(TokenScopes.ALL) || NAMES.contains(scope)) {
            return true;
        }
        if (!scope.endsWith(SELF)) {
            return false;
        }
        var bare = scope.substring(0, scope.length() - SELF.length());
        return NAMES.contains(bare)
                && WITH_SELF.stream().anyMatch(it -> bare.startsWith(it + ":"));
    }

    /// Notes the scopes that there are not.
    static void check(Mistakes mistakes, @Nullable Set<String> scopes) {
        mistakes.check("scopes", scopes, it -> !it.isEmpty() && it.size() <= MOST,
                "must be 1 to " + MOST);
        if (scopes != null && scopes.size() <= MOST) {
            var wrong = scopes.stream().filter(it -> it == null || !knows(it))
                    .map(ScopeNames::shown).sorted().collect(Collectors.joining(", "));
            mistakes.unless(wrong.isEmpty(), "scopes", "has what is no scope: " + wrong);
        }
    }

    private static String shown(@Nullable String scope) {
        return scope == null || scope.length() <= LONGEST ? String.valueOf(scope)
                : scope.substring(0, LONGEST) + "…";
    }
}
