package orrery.server.auth.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.server.auth.client.Client.Authentication;
import org.jspecify.annotations.Nullable;

/// What somebody registers a client with, checked as a whole.
///
/// @param name chosen by us when `null`
/// @param jwks a JSON Web Key Set, for [Authentication#PRIVATE_KEY_JWT] only
public record ClientTerms(
        @Nullable String name,
        String displayName,
        @Nullable String description,
        Authentication authentication,
        List<String> redirectUris,
        List<String> postLogoutRedirectUris,
        Set<String> grantTypes,
        Set<String> scopes,
        boolean requirePkce,
        @Nullable Map<String, Object> jwks) {

    public ClientTerms {
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        RedirectUris.check(mistakes, "redirectUris", redirectUris);
        RedirectUris.check(mistakes, "postLogoutRedirectUris", postLogoutRedirectUris);
        Assertions.check(mistakes, jwks);
        mistakes.unless(Client.GRANT_TYPES.containsAll(grantTypes) && !grantTypes.isEmpty(),
                        "grantTypes", "must be some of " + String.join(", ", Client.GRANT_TYPES))
                .unless(Scopes.ALL.containsAll(scopes), "scopes",
                        "must be some of " + String.join(", ", Scopes.ALL))
                .unless(!grantTypes.contains(Client.CODE) || !redirectUris.isEmpty(),
                        "redirectUris", "must name at least one address for authorization_code")
                .unless(!scopes.contains(Scopes.OFFLINE) || grantTypes.contains(Client.REFRESH),
                        "scopes", "must leave out offline_access without the grant refresh_token")
                .unless((authentication == Authentication.PRIVATE_KEY_JWT) == (jwks != null),
                        "jwks", "goes with the authentication private_key_jwt, and it with them")
                .unless(requirePkce || authentication != Authentication.NONE, "requirePkce",
                        "must be true for a client that cannot prove who it is")
                .orRefuse();
    }
}
