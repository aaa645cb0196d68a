package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import orrery.sim.store.Key;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Where the next page of a list begins.
///
/// All pages name the version of the first: pages show the objects as they are when each is
/// read, and a watch from the first page's version replays what changed in between.
record Continue(long version, Key after) {

    String encode() {
        String json = Json.object().put("v", "meta.k8s.io/v1").put("rv", version)
                .put("ns", after.namespace()).put("name", after.name()).toString();
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws Refusal 400 when we never made such a token
    static Continue decode(String type, String token) {
        try {
            JsonNode json = Json.read(Base64.getUrlDecoder().decode(token));
            if (json.path("rv").isIntegralNumber() && json.path("name").isTextual()) {
                return new Continue(json.path("rv").asLong(),
                        new Key(type, json.path("ns").asText(), json.path("name").asText()));
            }
        } catch (IllegalArgumentException | Refusal e) {
            // Falls through: whatever is wrong with it, it is not ours.
        }
        throw Refusal.badRequest("continue key is not valid: start the list again without it");
    }
}
