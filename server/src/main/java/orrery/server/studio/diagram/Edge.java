package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// A line between two nodes. Between a workload and what belongs to it, it wires the two together
/// whichever way it was drawn; between two workloads, the source comes first.
public record Edge(String id, String source, String target, @Nullable String sourceHandle,
        @Nullable String targetHandle, @Nullable String type) {

    /// An edge without handles.
    public static Edge between(String id, String source, String target) {
        return new Edge(id, source, target, null, null, null);
    }

    /// Reads the wire shape.
    public static Edge read(JsonNode json) {
        return new Edge(
                json.path("id").asText(""),
                json.path("source").asText(""),
                json.path("target").asText(""),
                json.path("sourceHandle").asText(null),
                json.path("targetHandle").asText(null),
                json.path("type").asText(null));
    }

    /// The wire shape; absent handles are left out.
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode()
                .put("id", id).put("source", source).put("target", target);
        if (sourceHandle != null) {
            json.put("sourceHandle", sourceHandle);
        }
        if (targetHandle != null) {
            json.put("targetHandle", targetHandle);
        }
        return type == null ? json : json.put("type", type);
    }
}
