package orrery.server.auth.token;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The keys that access tokens are signed with (ES256, P-256).
///
/// @param active signs new tokens
/// @param others were active, or will be: tokens may still show, or already, their signature
public record KeyRing(ECKey active, List<ECKey> others) {
    public KeyRing {
        others = List.copyOf(others);
    }

    Optional<ECKey> find(String kid) {
        return Optional.ofNullable(byId().get(kid));
    }

    /// The public halves, as `/.well-known/jwks.json` shows them (RFC 7517 5).
    Map<String, Object> published() {
        return new JWKSet(List.copyOf(byId().values())).toJSONObject(true);
    }

    private Map<String, ECKey> byId() {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(active), others.stream())
                .collect(Collectors.toMap(ECKey::getKeyID, key -> key));
    }
}
