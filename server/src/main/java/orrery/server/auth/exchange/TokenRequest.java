package orrery.server.auth.exchange;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.server.auth.client.Presented;
import org.jspecify.annotations.Nullable;

/// The fields of a token request, of all grants.
record TokenRequest(
        @JsonProperty("grant_type") String grantType,
        @JsonProperty("api_key") @Nullable String apiKey,
        @Nullable String code,
        @JsonProperty("redirect_uri") @Nullable String redirectUri,
        @JsonProperty("code_verifier") @Nullable String codeVerifier,
        @JsonProperty("refresh_token") @Nullable String refreshToken,
        @JsonProperty("device_code") @Nullable String deviceCode,
        @Nullable String scope,
        @JsonProperty("client_id") @Nullable String clientId,
        @JsonProperty("client_secret") @Nullable String clientSecret,
        @JsonProperty("client_assertion_type") @Nullable String clientAssertionType,
        @JsonProperty("client_assertion") @Nullable String clientAssertion,
        @JsonProperty("subject_token") @Nullable String subjectToken,
        @JsonProperty("subject_token_type") @Nullable String subjectTokenType,
        @JsonProperty("actor_token") @Nullable String actorToken,
        @JsonProperty("actor_token_type") @Nullable String actorTokenType,
        @JsonProperty("requested_token_type") @Nullable String requestedTokenType,
        @Nullable String audience,
        @Nullable String resource,
        @JsonProperty("scope_narrowing") @Nullable Narrowing narrowing) {

    /// Asks for less than the credential reaches.
    ///
    /// @param scopeId identifier of the organization or project
    /// @param roles names; `null` for all that the credential counts for
    record Narrowing(String scope, String scopeId, @Nullable Set<String> roles) {}

    Presented client(@Nullable String authorization) {
        return Presented.read(authorization, new Presented.Fields(
                clientId, clientSecret, clientAssertionType, clientAssertion));
    }

    static String required(String name, @Nullable String value) {
        if (value == null) {
            throw new Problem.TokenRefused(Error.INVALID_REQUEST, name + " is required").raise();
        }
        return value;
    }

    @Override
    public String toString() {
        return "a request for " + grantType;
    }
}
