package orrery.kit.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who asks.
///
/// @param kind what kind of caller it is
/// @param id identifier of the user (`usr_…`, also behind an API key), of the service account, or
///     the name of the loop
/// @param credential identifier of the session, key or credential that was shown; `null` for loops
/// @param within the token counts only here and below
/// @param roles the token counts only for these roles; `null` for all that the principal holds
/// @param scopes the token is good only for these; `null` for all that the principal may do
public record Principal(
        Kind kind,
        String id,
        @Nullable String credential,
        Scope within,
        @Nullable Set<String> roles,
        @Nullable TokenScopes scopes) {
    public enum Kind { ANONYMOUS, USER, API_KEY, SERVICE_ACCOUNT, SYSTEM }

    public static final Principal ANONYMOUS =
            new Principal(Kind.ANONYMOUS, "anonymous", null, Scope.PLATFORM, Set.of());

    public Principal {
        roles = roles == null ? null : Set.copyOf(roles);
    }

    /// A principal whose token says nothing of scopes.
    public Principal(Kind kind, String id, @Nullable String credential, Scope within,
            @Nullable Set<String> roles) {
        this(kind, id, credential, within, roles, null);
    }

    /// A loop or command of our own.
    public static Principal system(String name) {
        return new Principal(Kind.SYSTEM, name, null, Scope.PLATFORM, null);
    }

    public boolean isAnonymous() {
        return kind == Kind.ANONYMOUS;
    }
}
