package orrery.server.auth.token;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The keys that one kind of token is signed with.
///
/// @param <K> elliptic curve (ES256) for access tokens, RSA (RS256) for ID tokens
/// @param active signs new tokens
/// @param others were active, or will be: tokens may still show, or already, their signature
public record KeyRing<K extends JWK>(K active, List<K> others) {
    public KeyRing {
        others = List.copyOf(others);
    }

    Optional<K> find(String kid) {
        return Optional.ofNullable(byId().get(kid));
    }

    /// All of them, the active one first.
    Stream<K> all() {
        return Stream.concat(Stream.of(active), others.stream());
    }

    /// The public halves, as `/.well-known/jwks.json` shows them (RFC 7517 5).
    Map<String, Object> published() {
        return published(all());
    }

    static Map<String, Object> published(Stream<? extends JWK> keys) {
        return new JWKSet(keys.map(JWK.class::cast).toList()).toJSONObject(true);
    }

    private Map<String, K> byId() {
        return all().collect(Collectors.toMap(JWK::getKeyID, key -> key));
    }
}
