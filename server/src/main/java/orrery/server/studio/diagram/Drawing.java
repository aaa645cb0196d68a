package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// What somebody drew: nodes in the order they were added, and edges.
public record Drawing(List<Node> nodes, List<Edge> edges) {
    /// What a node's data says of how it is doing, where it is shown.
    static final String STATUS = "_status";
    private static final List<String> TRIMMED = List.of("name", "namespace", "image");

    /// Copies both lists.
    public Drawing {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /// Reads the wire's `nodes` and `edges`; null and missing lists are empty ones, and entries
    /// that are no objects are left out.
    public static Drawing read(JsonNode nodes, JsonNode edges) {
        return new Drawing(
                objects(nodes).stream().map(Node::read).toList(),
                objects(edges).stream().map(Edge::read).toList());
    }

    /// The wire's nodes as they are kept: without what we add when we show them, and without blanks
    /// around names, which nobody sees and Kubernetes refuses.
    public static JsonNode nodes(@Nullable JsonNode given) {
        var kept = list(given).deepCopy();
        for (var node : kept) {
            if (node.get("data") instanceof ObjectNode data) {
                data.remove(STATUS);
                TRIMMED.forEach(field -> {
                    if (data.path(field).isTextual()) {
                        data.put(field, data.get(field).asText().strip());
                    }
                });
            }
        }
        return kept;
    }

    /// The wire's list, or an empty one.
    static JsonNode list(@Nullable JsonNode given) {
        return given != null && given.isArray() ? given : JsonNodeFactory.instance.arrayNode();
    }

    /// The node of that id.
    public Optional<Node> node(String id) {
        return nodes.stream().filter(n -> n.id().equals(id)).findFirst();
    }

    private static List<JsonNode> objects(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .filter(JsonNode::isObject).toList();
    }
}
