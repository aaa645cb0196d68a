package orrery.sim.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Bearer tokens: one administrator's token for each cluster, and service-account tokens
/// (JWT, RFC 7519, ES256) that end with their time or with the account they are bound to.
public final class Tokens {
    private static final String ISSUER = "https://kubernetes.default.svc";
    private static final String ADMIN = "admin.";
    private static final int MAX_TOKEN = 8192;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Keys keys;
    private final Clock clock;

    public Tokens(Keys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /// What a token is bound to beside its account: the token ends with it.
    ///
    /// @param type `pods` or `secrets`
    public record Binding(String type, String name, String uid) {}

    /// The administrator's token of one cluster: good for no other, nor for a later one
    /// of the same name.
    public String admin(Cluster cluster) {
        return ADMIN + ENCODER.encodeToString(mac("admin " + cluster.uid()));
    }

    /// A token for a service account.
    ///
    /// @param bound null for none
    public String issue(Item account, Instant expiry, List<String> audiences, Binding bound) {
        ObjectNode claims = Json.object();
        ArrayNode audience = claims.putArray("aud");
        (audiences.isEmpty() ? List.of(ISSUER) : audiences).forEach(audience::add);
        long now = clock.instant().getEpochSecond();
        claims.put("exp", expiry.getEpochSecond()).put("iat", now).put("iss", ISSUER);
        ObjectNode kubernetes = claims.putObject("kubernetes.io");
        kubernetes.put("namespace", account.namespace());
        kubernetes.putObject("serviceaccount")
                .put("name", account.name()).put("uid", account.uid());
        if (bound != null) {
            kubernetes.putObject(bound.type().equals("pods") ? "pod" : "secret")
                    .put("name", bound.name()).put("uid", bound.uid());
        }
        claims.put("nbf", now);
        claims.put("sub",
                "system:serviceaccount:" + account.namespace() + ":" + account.name());
        String head = ENCODER.encodeToString("{\"alg\":\"ES256\",\"typ\":\"JWT\"}"
                .getBytes(StandardCharsets.US_ASCII));
        String signed = head + "." + ENCODER.encodeToString(Json.write(claims));
        return signed + "." + ENCODER.encodeToString(sign(signed));
    }

    /// Who bears the token on this cluster; empty for a token that is not, or no longer, good.
    public Optional<User> verify(Cluster cluster, String token) {
        return verify(cluster, token, List.of(ISSUER)).map(Verified::user);
    }

    /// Who bears a token, and which of the audiences that were asked for it is good for.
    public record Verified(User user, List<String> audiences) {}

    /// As above, for other audiences.
    ///
    /// @param audiences empty for the API server's own
    public Optional<Verified> verify(Cluster cluster, String token, List<String> audiences) {
        var wanted = audiences.isEmpty() ? List.of(ISSUER) : audiences;
        if (token.length() > MAX_TOKEN) {
            return Optional.empty();
        }
        if (token.startsWith(ADMIN)) {
            boolean good = MessageDigest.isEqual(
                    bytes(token), bytes(admin(cluster)));
            return good && wanted.contains(ISSUER)
                    ? Optional.of(new Verified(User.admin(), List.of(ISSUER))) : Optional.empty();
        }
        return claims(token).flatMap(claims -> account(cluster, claims, wanted));
    }

    private Optional<Verified> account(Cluster cluster, JsonNode claims, List<String> wanted) {
        long now = clock.instant().getEpochSecond();
        if (claims.path("exp").asLong() <= now || claims.path("nbf").asLong() > now) {
            return Optional.empty();
        }
        List<String> good = new ArrayList<>();
        for (JsonNode audience : claims.path("aud")) {
            if (wanted.contains(audience.asText())) {
                good.add(audience.asText());
            }
        }
        JsonNode kubernetes = claims.path("kubernetes.io");
        String namespace = kubernetes.path("namespace").asText();
        JsonNode account = kubernetes.path("serviceaccount");
        if (good.isEmpty() || !exists(cluster, "serviceaccounts", namespace, account)
                || !stillBound(cluster, namespace, kubernetes)) {
            return Optional.empty();
        }
        return Optional.of(new Verified(User.account(namespace, account.path("name").asText(),
                account.path("uid").asText(), extra(kubernetes.path("pod"))), good));
    }

    private static Map<String, List<String>> extra(JsonNode pod) {
        return !pod.isObject() ? Map.of() : Map.of(
                "authentication.kubernetes.io/pod-name", List.of(pod.path("name").asText()),
                "authentication.kubernetes.io/pod-uid", List.of(pod.path("uid").asText()));
    }

    private static boolean stillBound(Cluster cluster, String namespace, JsonNode claims) {
        return (!claims.has("pod") || exists(cluster, "pods", namespace, claims.get("pod")))
                && (!claims.has("secret")
                        || exists(cluster, "secrets", namespace, claims.get("secret")));
    }

    /// The uid tells a recreated object, and another cluster's, from the one that was meant.
    private static boolean exists(
            Cluster cluster, String type, String namespace, JsonNode reference) {
        return cluster.get(type, namespace, reference.path("name").asText())
                .filter(item -> item.uid().equals(reference.path("uid").asText()))
                .isPresent();
    }

    /// The claims of a token with a good signature.
    private Optional<JsonNode> claims(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
            verifier.initVerify(keys.accounts().getPublic());
            verifier.update(bytes(parts[0] + "." + parts[1]));
            if (!verifier.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                return Optional.empty();
            }
            return Optional.of(Json.read(Base64.getUrlDecoder().decode(parts[1])));
        } catch (GeneralSecurityException | IllegalArgumentException | Refusal e) {
            return Optional.empty();
        }
    }

    private byte[] sign(String text) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
            signer.initSign(keys.accounts().getPrivate());
            signer.update(bytes(text));
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
    }

    private byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(keys.adminSecret(), "HmacSHA256"));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot derive a token", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
