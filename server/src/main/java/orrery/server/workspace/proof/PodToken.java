package orrery.server.workspace.proof;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Json;

/// What a pod's projected service-account token claims. None of it is proved: it only says which
/// cluster to ask, and what is not worth asking.
///
/// @param text as it was shown
/// @param podUid of the pod that it says it is bound to
record PodToken(String text, String podUid) {
    private static final String SCHEME = "Bearer ";
    private static final int LONGEST = 8_192;
    private static final int LONGEST_UID = 64;

    /// Reads an `Authorization` header; empty for what cannot be such a token for `audience` now.
    static Optional<PodToken> read(
            @Nullable String authorization, String audience, Instant now) {
        if (authorization == null || authorization.length() > LONGEST
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        var text = authorization.substring(SCHEME.length()).strip();
        var parts = text.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            var claims = Json.read(new String(Base64.getUrlDecoder().decode(parts[1]),
                    StandardCharsets.UTF_8), JsonNode.class);
            var uid = claims.path("kubernetes.io").path("pod").path("uid").asText();
            var isWorth = names(claims.path("aud"), audience)
                    && claims.path("exp").asLong() > now.getEpochSecond()
                    && !uid.isEmpty() && uid.length() <= LONGEST_UID;
            return isWorth ? Optional.of(new PodToken(text, uid)) : Optional.empty();
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean names(JsonNode audiences, String audience) {
        for (var one : audiences) {
            if (one.asText().equals(audience)) {
                return true;
            }
        }
        return audiences.isTextual() && audiences.asText().equals(audience);
    }

    @Override
    public String toString() {
        return "a token of pod " + podUid;
    }
}
