package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// One thing on the canvas. `data` is free-form: what the kind does not know is kept and ignored,
/// and keys that begin with `_` belong to the run or to the editor.
///
/// @param type the word of the wire, such as `deployment`; see [Kind]
public record Node(String id, String type, Position position, ObjectNode data) {
    /// Copies the data, so that a node never changes.
    public Node {
        data = data.deepCopy();
    }

    /// Reads the wire shape and forgives what is missing: an absent position is the origin, absent
    /// data is empty, ids may be numbers.
    public static Node read(JsonNode json) {
        JsonNode at = json.path("position");
        JsonNode data = json.path("data");
        return new Node(
                json.path("id").asText(""),
                json.path("type").asText(""),
                new Position(at.path("x").asDouble(0), at.path("y").asDouble(0)),
                data instanceof ObjectNode object
                        ? object : JsonNodeFactory.instance.objectNode());
    }

    /// The wire shape.
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("type", type);
        json.putObject("position").put("x", position.x()).put("y", position.y());
        json.set("data", data.deepCopy());
        return json;
    }

    /// The object's name: `data.name`, or the node's id where there is none.
    public String name() {
        String name = data.path("name").asText("").strip();
        return name.isEmpty() ? id : name;
    }

    /// The object's namespace: `data.namespace`, or `default`.
    public String namespace() {
        String namespace = data.path("namespace").asText("").strip();
        return namespace.isEmpty() ? "default" : namespace;
    }
}
