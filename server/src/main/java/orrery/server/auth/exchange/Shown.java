package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;

/// An active token as introspection shows it (RFC 7662 2.2).
@Singleton
final class Shown {
    private final AccessTokens tokens;

    Shown(AccessTokens tokens) {
        this.tokens = tokens;
    }

    /// @param isForm whether the standard's own wire format was asked for: there `scope` is what
    ///     the person allowed the client; in the cloud family's, the level that the token counts at
    Map<String, Object> of(Claims claims, boolean isForm) {
        var said = new LinkedHashMap<String, Object>();
        said.put("active", true);
        said.put("iss", tokens.issuer());
        said.put("aud", tokens.audience(claims.use()));
        said.put("sub", claims.subject());
        said.put("jti", claims.id());
        said.put("iat", claims.issuedAt().getEpochSecond());
        said.put("nbf", claims.issuedAt().getEpochSecond());
        said.put("exp", claims.expiresAt().getEpochSecond());
        said.put("token_type", "Bearer");
        said.put("tenant_id", claims.tenant());
        said.put("scope", AccessTokens.scopeName(claims.scope()));
        said.put("scope_id", claims.scope().project() != null
                ? claims.scope().project() : claims.scope().organization());
        said.put("roles", claims.roles().stream().sorted().toList());
        said.put("principal_type", claims.kind());
        said.put("credential_id", claims.credential());
        said.putAll(claims.more());
        if (isForm && claims.more().get("scp") instanceof Collection<?> scopes) {
            said.put("scope", scopes.stream().map(String::valueOf)
                    .collect(Collectors.joining(" ")));
        }
        return said;
    }
}
