package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// What somebody drew: nodes in the order they were added, and edges.
public record Drawing(List<Node> nodes, List<Edge> edges) {
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

    /// The node of that id.
    public Optional<Node> node(String id) {
        return nodes.stream().filter(n -> n.id().equals(id)).findFirst();
    }

    private static List<JsonNode> objects(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .filter(JsonNode::isObject).toList();
    }
}
