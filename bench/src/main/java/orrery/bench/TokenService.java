package orrery.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A server that gives tokens to one client by `client_credentials`.
sealed interface TokenService extends AutoCloseable
        permits OrreryTokens, KeycloakTokens, OidcProviderTokens {
    String name();

    URI address();

    /// The path of its token endpoint.
    String token();

    /// The path where it says what a token is.
    String introspect();

    /// Whether it introspects the tokens that it gives.
    boolean introspects();

    /// What the client proves itself with.
    String clientId();

    String secret();

    /// The process whose CPU time counts.
    long pid() throws Exception;

    default String basic() {
        return "Basic " + Base64.getEncoder().encodeToString(
                (clientId() + ":" + secret()).getBytes(StandardCharsets.UTF_8));
    }
}
