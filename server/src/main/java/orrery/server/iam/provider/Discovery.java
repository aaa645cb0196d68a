package orrery.server.iam.provider;

import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.util.Set;

/// What an OpenID provider says of itself (OpenID Connect Discovery 1.0), as far as we use it.
///
/// @param keys what it signs with
/// @param isIssuerSent whether it names itself in every answer (RFC 9207)
/// @param isSecretPosted whether it takes a client's secret in the body only
/// @param userinfo where it tells more; an empty address for nowhere
public record Discovery(
        String issuer,
        URI authorization,
        URI token,
        URI userinfo,
        JWKSet keys,
        Set<String> algorithms,
        boolean isIssuerSent,
        boolean isSecretPosted) {
    public Discovery {
        algorithms = Set.copyOf(algorithms);
    }

    Discovery with(JWKSet newer) {
        return new Discovery(issuer, authorization, token, userinfo, newer, algorithms,
                isIssuerSent, isSecretPosted);
    }
}
