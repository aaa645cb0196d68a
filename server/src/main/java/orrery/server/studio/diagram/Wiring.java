package orrery.server.studio.diagram;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Who is connected with whom, whichever way the edge was drawn: editors differ in that.
final class Wiring {
    /// The node at the other end, and the edge.
    record Link(Node node, Kind kind, Edge edge) {}

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, List<Link>> links = new HashMap<>();

    Wiring(Drawing drawing) {
        drawing.nodes().forEach(n -> nodes.putIfAbsent(n.id(), n));
        for (Edge edge : drawing.edges()) {
            link(edge.source(), edge.target(), edge);
            link(edge.target(), edge.source(), edge);
        }
    }

    private void link(String from, String to, Edge edge) {
        Node other = nodes.get(to);
        if (other != null && !from.equals(to)) {
            Kind.of(other).ifPresent(kind -> links
                    .computeIfAbsent(from, k -> new ArrayList<>())
                    .add(new Link(other, kind, edge)));
        }
    }

    /// Every node of the diagram.
    Collection<Node> nodes() {
        return nodes.values();
    }

    /// What is linked with `node` and of a fitting kind, in the order of the edges.
    List<Link> links(Node node, Predicate<Kind> fitting) {
        return links.getOrDefault(node.id(), List.of()).stream()
                .filter(l -> fitting.test(l.kind())).toList();
    }

    /// The first such node.
    Optional<Node> first(Node node, Predicate<Kind> fitting) {
        return links(node, fitting).stream().map(Link::node).findFirst();
    }

    /// The name of the node with that id, or `otherwise`: a renamed node is found by its id.
    String nameOf(String id, String otherwise) {
        Node node = nodes.get(id);
        return node == null ? otherwise : node.name();
    }
}
