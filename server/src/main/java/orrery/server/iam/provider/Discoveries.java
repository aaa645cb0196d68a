package orrery.server.iam.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.jwk.JWKSet;
import jakarta.inject.Singleton;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.http.Json;

/// Asks OpenID providers for what they say of themselves, and remembers it for a while: an hour,
/// or until one of them signs with a key that we do not know.
@Singleton
public final class Discoveries {
    /// What ID tokens may be signed with. No `none`, and nothing with a shared secret: then a
    /// public key would count as one.
    public static final Set<String> ALGORITHMS = Set.of(
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    private static final String FIELD = "oidcConfig.discoveryUrl";
    private static final String SUFFIX = "/.well-known/openid-configuration";
    private static final Duration FRESH = Duration.ofHours(1);

    /// How often unknown keys make us ask again.
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int REMEMBERED = 1_000;
    private static final int MOST_KEYS = 50;

    private final Upstream upstream;
    private final Clock clock;
    private final Cache<String, Known> known =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Known(Discovery discovery, URI keys, Instant at, Instant keysAt) {}

    public Discoveries(Upstream upstream, Clock clock) {
        this.upstream = upstream;
        this.clock = clock;
    }

    /// @param url the address of the document
    /// @throws Problem.Failure [Problem.Unprocessable] for a document that is none, else as
    ///     [Upstream#get]
    public Discovery of(String url) {
        var found = known.getIfPresent(url);
        if (found == null || !clock.instant().isBefore(found.at().plus(FRESH))) {
            found = fetch(url);
            known.put(url, found);
        }
        return found.discovery();
    }

    /// As [#of], asked anew.
    Discovery anew(String url) {
        var found = fetch(url);
        known.put(url, found);
        return found.discovery();
    }

    /// As [#of], with the keys asked for anew, unless that was done just now.
    public Discovery withNewKeys(String url) {
        var before = of(url);
        var found = known.getIfPresent(url);
        if (found == null || clock.instant().isBefore(found.keysAt().plus(PAUSE))) {
            return before;
        }
        // Noted first: a provider that hangs is not asked by everybody.
        known.put(url, new Known(before, found.keys(), found.at(), clock.instant()));
        var newer = before.with(keys(found.keys()));
        known.put(url, new Known(newer, found.keys(), found.at(), clock.instant()));
        return newer;
    }

    /// What an address answers to a stranger.
    int status(String field, URI address) {
        return upstream.get(field, address, null).status();
    }

    private Known fetch(String url) {
        var heard = upstream.get(FIELD, URI.create(url), null);
        if (!heard.isGood()) {
            throw refused("answers " + heard.status() + "; it must be the address of an OpenID"
                    + " provider's " + SUFFIX);
        }
        var said = heard.json();
        var issuer = said.path("issuer").asText();
        // Else somebody's document could name another issuer (OpenID Connect Discovery 4.3).
        if (!url.equals(issuer.replaceFirst("/$", "") + SUFFIX)) {
            throw refused("names the issuer " + shown(issuer) + ", whose document is elsewhere");
        }
        var jwks = address(said, "jwks_uri");
        var now = clock.instant();
        var discovery = new Discovery(issuer, address(said, "authorization_endpoint"),
                address(said, "token_endpoint"),
                said.has("userinfo_endpoint") ? address(said, "userinfo_endpoint")
                        : URI.create(""),
                keys(jwks), algorithms(said),
                said.path("authorization_response_iss_parameter_supported").asBoolean(),
                isSecretPosted(said));
        return new Known(discovery, jwks, now, now);
    }

    private static Set<String> algorithms(JsonNode said) {
        var all = new HashSet<String>();
        said.path("id_token_signing_alg_values_supported")
                .forEach(one -> all.add(one.asText()));
        // Every provider must know this one (OpenID Connect Discovery 3).
        all.add("RS256");
        all.retainAll(ALGORITHMS);
        return all;
    }

    private static boolean isSecretPosted(JsonNode said) {
        var all = new HashSet<String>();
        said.path("token_endpoint_auth_methods_supported").forEach(one -> all.add(one.asText()));
        return all.contains("client_secret_post") && !all.contains("client_secret_basic");
    }

    private JWKSet keys(URI address) {
        var heard = upstream.get(FIELD, address, null);
        try {
            var keys = JWKSet.parse(Json.text(heard.json()));
            if (!heard.isGood() || keys.isEmpty() || keys.size() > MOST_KEYS) {
                throw refused("leads to no keys at " + address);
            }
            return keys.toPublicJWKSet();
        } catch (ParseException e) {
            throw refused("leads to no key set at " + address);
        }
    }

    private static URI address(JsonNode said, String field) {
        try {
            var uri = URI.create(said.path(field).asText());
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw refused("says no good " + field);
    }

    private static String shown(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    private static Problem.Failure refused(String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(FIELD, message))).raise();
    }
}
