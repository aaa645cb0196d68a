package orrery.server.auth.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import orrery.server.auth.client.Scopes;

/// The answer of the token endpoint (RFC 6749 5.1, OpenID Connect Core 3.1.3.3, RFC 8693 2.2.1).
@JsonInclude(JsonInclude.Include.NON_NULL)
record Issued(
        @JsonProperty("access_token") String accessToken,
        @JsonProperty("token_type") String tokenType,
        @JsonProperty("expires_in") long expiresIn,
        @JsonProperty("refresh_token") @Nullable String refreshToken,
        @JsonProperty("id_token") @Nullable String idToken,
        @Nullable String scope,
        @JsonProperty("issued_token_type") @Nullable String issuedTokenType) {

    /// An access token alone.
    static Issued of(String accessToken) {
        return new Issued(accessToken, "Bearer", ClientTokens.LIFE.toSeconds(), null, null, null,
                null);
    }

    /// The same, with what it counts for, to somebody who asked for a scope (RFC 6749 3.3): all
    /// that the credential may do in the API.
    Issued to(TokenRequest asked) {
        return scope != null || asked.scope() == null ? this : new Issued(accessToken, tokenType,
                expiresIn, refreshToken, idToken, Scopes.API, issuedTokenType);
    }

    @Override
    public String toString() {
        return "tokens for " + scope;
    }
}
