package orrery.server.auth.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.http.Json;
import org.jspecify.annotations.Nullable;

/// A program that signs people in here, or acts for them.
///
/// @param id `client_id`
/// @param organizationId whose it is; `null` for our own, which everybody may use
/// @param redirectUris where answers may be sent, compared as they are written
/// @param postLogoutRedirectUris where people may be sent after they signed out
/// @param grantTypes what it may show at the token endpoint
/// @param scopes what it may ask people for
/// @param requirePkce whether a code must be bound to a challenge (RFC 7636)
/// @param jwks its public keys (RFC 7517), for [Authentication#PRIVATE_KEY_JWT]
public record Client(
        String id,
        @Nullable String organizationId,
        String name,
        String displayName,
        @Nullable String description,
        Authentication authentication,
        List<String> redirectUris,
        List<String> postLogoutRedirectUris,
        Set<String> grantTypes,
        Set<String> scopes,
        boolean requirePkce,
        @Nullable JsonNode jwks,
        State state,
        @Nullable String createdBy,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    public static final String CODE = "authorization_code";
    public static final String REFRESH = "refresh_token";
    public static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
    public static final List<String> GRANT_TYPES = List.of(CODE, REFRESH, DEVICE);

    /// How it proves who it is. A secret may come by header or in the body.
    public enum Authentication { NONE, CLIENT_SECRET, PRIVATE_KEY_JWT }

    public enum State { ACTIVE, DISABLED }

    public Client {
        redirectUris = List.copyOf(redirectUris);
        postLogoutRedirectUris = List.copyOf(postLogoutRedirectUris);
        grantTypes = Set.copyOf(grantTypes);
        scopes = Set.copyOf(scopes);
    }

    /// Whether it is one of our own.
    public boolean isOurs() {
        return organizationId == null;
    }

    public boolean isPublic() {
        return authentication == Authentication.NONE;
    }

    /// Whose scripts its answers go to in browsers: none of a client that keeps a secret.
    Set<String> webOrigins() {
        return !isPublic() ? Set.of() : redirectUris.stream().map(RedirectUris::origin)
                .filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet());
    }

    /// Whether it may still get by that grant what somebody allowed it a while ago.
    public boolean mayGet(String grantType, Collection<String> allowed) {
        return grantTypes.contains(grantType) && scopes.containsAll(allowed);
    }

    /// Its keys as they were registered; `null` for none.
    @Nullable Map<String, Object> jwksAsMap() {
        return jwks == null ? null : Json.shared().convertValue(jwks, new TypeReference<>() {});
    }

    /// A client and its secret, which nobody sees again.
    public record WithSecret(Client client, @Nullable String secret) {
        @Override
        public String toString() {
            return client.id() + " and its secret";
        }
    }
}
