package orrery.server.studio.diagram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The order in which a diagram's nodes are created. An edge between two workloads, or with a
/// plugin's node, means "source first"; any other edge only wires, and the kinds decide, so it
/// does not matter which way it was drawn. Among free nodes the kinds' own order counts, then the
/// order on the canvas.
public final class Order {
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> rank = new HashMap<>();
    private final Map<String, Set<String>> before = new HashMap<>();
    private final Map<String, Set<String>> after = new HashMap<>();
    private final List<DiagramMistake> mistakes;

    private Order(Drawing drawing, List<DiagramMistake> mistakes) {
        this.mistakes = mistakes;
        for (Node node : drawing.nodes()) {
            if (nodes.putIfAbsent(node.id(), node) == null) {
                int kind = Kind.of(node).map(Kind::ordinal).orElse(Kind.values().length);
                rank.put(node.id(), kind * 100_000 + nodes.size());
                before.put(node.id(), new LinkedHashSet<>());
                after.put(node.id(), new LinkedHashSet<>());
            }
        }
        drawing.edges().forEach(this::take);
    }

    /// All nodes in order. Circles and edges that lead nowhere are added to `mistakes`; the order
    /// then leaves one edge of each circle out.
    public static List<Node> of(Drawing drawing, List<DiagramMistake> mistakes) {
        return new Order(drawing, mistakes).sort();
    }

    private void take(Edge edge) {
        Node source = nodes.get(edge.source());
        Node target = nodes.get(edge.target());
        dangling(edge, "source", edge.source(), source);
        dangling(edge, "target", edge.target(), target);
        if (source == null || target == null) {
            return;
        }
        if (source == target) {
            mistakes.add(new DiagramMistake(edge.id(), "",
                    "the edge leads from '%s' to itself; remove it".formatted(source.name())));
            return;
        }
        boolean drawn = asDrawn(source, target);
        Node first = drawn ? source : target;
        Node second = drawn ? target : source;
        after.get(first.id()).add(second.id());
        before.get(second.id()).add(first.id());
    }

    private void dangling(Edge edge, String end, String id, @Nullable Node node) {
        if (node == null) {
            mistakes.add(new DiagramMistake(edge.id(), end,
                    "no node has the id '%s'; remove the edge".formatted(Rules.brief(id))));
        }
    }

    private static boolean asDrawn(Node source, Node target) {
        Kind a = Kind.of(source).orElse(Kind.PLUGIN);
        Kind b = Kind.of(target).orElse(Kind.PLUGIN);
        if (a == Kind.PLUGIN || b == Kind.PLUGIN || a == b || (a.isWorkload() && b.isWorkload())) {
            return true;
        }
        return a.ordinal() < b.ordinal();
    }

    private List<Node> sort() {
        Map<String, Integer> waiting = new LinkedHashMap<>();
        nodes.keySet().forEach(id -> waiting.put(id, before.get(id).size()));
        PriorityQueue<String> ready = new PriorityQueue<>(Comparator.comparing(rank::get));
        waiting.forEach((id, count) -> {
            if (count == 0) {
                ready.add(id);
            }
        });
        List<Node> sorted = new ArrayList<>();
        while (!waiting.isEmpty()) {
            if (ready.isEmpty()) {
                ready.addAll(breakCircle(waiting));
                continue;
            }
            String id = ready.poll();
            waiting.remove(id);
            sorted.add(nodes.get(id));
            for (String next : after.get(id)) {
                if (waiting.merge(next, -1, Integer::sum) == 0) {
                    ready.add(next);
                }
            }
        }
        return sorted;
    }

    /// Walks back from any waiting node until one comes again: that is a circle. Names it and
    /// takes its last edge out.
    private List<String> breakCircle(Map<String, Integer> waiting) {
        List<String> path = new ArrayList<>();
        String at = waiting.keySet().iterator().next();
        while (!path.contains(at)) {
            path.add(at);
            at = before.get(at).stream().filter(waiting::containsKey).findFirst().orElseThrow();
        }
        List<String> circle = path.subList(path.indexOf(at), path.size()).reversed();
        List<String> names = new ArrayList<>();
        circle.forEach(id -> names.add(nodes.get(id).name()));
        names.add(names.getFirst());
        mistakes.add(new DiagramMistake(circle.getFirst(), "",
                "stands in a circle: %s; remove one of these edges"
                        .formatted(String.join(" → ", names))));
        String from = circle.getLast();
        String to = circle.getFirst();
        after.get(from).remove(to);
        before.get(to).remove(from);
        return waiting.merge(to, -1, Integer::sum) == 0 ? List.of(to) : List.of();
    }
}
