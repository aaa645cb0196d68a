package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.sim.type.Json;

/// JSON merge patch (RFC 7396): null removes, objects merge, all else replaces.
public final class MergePatch {
    private MergePatch() {}

    public static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = document instanceof ObjectNode object ? object : Json.object();
        changes.properties().forEach(change -> {
            String field = change.getKey();
            if (change.getValue().isNull()) {
                result.remove(field);
            } else {
                result.set(field, apply(result.path(field), change.getValue()));
            }
        });
        return result;
    }
}
