package orrery.server.auth.exchange;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a person allowed a client, and what the client asked to be told.
///
/// @param nonce binds the ID token to the client's request
/// @param idTokenClaims asked for by name, beyond what the scopes say (OpenID Connect Core 5.5)
/// @param userinfoClaims the same, for the userinfo endpoint
public record Terms(
        Set<String> scopes,
        @Nullable String nonce,
        Set<String> idTokenClaims,
        Set<String> userinfoClaims) {
    public Terms {
        scopes = Set.copyOf(scopes);
        idTokenClaims = Set.copyOf(idTokenClaims);
        userinfoClaims = Set.copyOf(userinfoClaims);
    }

    /// The scopes alone.
    static Terms of(Set<String> scopes) {
        return new Terms(scopes, null, Set.of(), Set.of());
    }

    Terms withoutNonce() {
        return new Terms(scopes, null, idTokenClaims, userinfoClaims);
    }
}
