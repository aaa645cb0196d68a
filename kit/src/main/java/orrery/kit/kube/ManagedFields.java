package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// Who set which field of an object, as the API server keeps it.
final class ManagedFields {
    private ManagedFields() {}

    /// A JSON patch that turns what `manager` set by creating the object into what it applied.
    ///
    /// A create is noted as an update, and a later apply takes back only what was applied before.
    /// Without this, fields of the first description would stay for ever.
    static Optional<JsonNode> asApplied(ObjectNode object, String manager) {
        var entries = KubeClient.JSON.createArrayNode();
        boolean turned = false;
        boolean applied = false;
        for (JsonNode entry : object.at("/metadata/managedFields")) {
            applied |= isBy(entry, manager, "Apply");
        }
        for (JsonNode entry : object.at("/metadata/managedFields")) {
            if (!isBy(entry, manager, "Update")) {
                entries.add(entry);
                continue;
            }
            turned = true;
            if (!applied) {
                entries.add(((ObjectNode) entry.deepCopy()).put("operation", "Apply"));
            }
        }
        return turned ? Optional.of(patch(entries, object)) : Optional.empty();
    }

    private static boolean isBy(JsonNode entry, String manager, String operation) {
        return entry.path("manager").asText().equals(manager)
                && entry.path("operation").asText().equals(operation)
                && entry.path("subresource").asText("").isEmpty();
    }

    private static ArrayNode patch(ArrayNode entries, ObjectNode object) {
        var patch = KubeClient.JSON.createArrayNode();
        patch.addObject().put("op", "replace").put("path", "/metadata/managedFields")
                .set("value", entries);
        patch.addObject().put("op", "replace").put("path", "/metadata/resourceVersion")
                .put("value", object.at("/metadata/resourceVersion").asText());
        return patch;
    }
}
