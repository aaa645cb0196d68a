package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import orrery.server.studio.diagram.Edge;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.diagram.Node;
import orrery.server.studio.diagram.Position;

/// A diagram while it is being made.
final class Sketch {
    /// A node whose data still grows. `row` groups what stands side by side on the canvas.
    record Item(String id, Kind kind, String name, String row, ObjectNode data) {}

    private record Pair(String source, String target) {}

    private final Supplier<String> ids;
    private final String namespace;
    private final List<Item> items = new ArrayList<>();
    private final Set<Pair> edges = new LinkedHashSet<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Map<String, String>> secrets = new LinkedHashMap<>();

    Sketch(Supplier<String> ids, String namespace) {
        this.ids = ids;
        this.namespace = namespace;
    }

    /// A new node; where the name is taken by another of its kind, a number is added.
    Item add(Kind kind, String name, String row) {
        String free = ObjectNames.free(name, n -> taken.contains(kind + "/" + n));
        taken.add(kind + "/" + free);
        String id = ids.get();
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("id", id).put("name", free)
                .put("namespace", namespace).put("templateId", "core/" + kind.type());
        Item item = new Item(id, kind, free, row, data);
        items.add(item);
        return item;
    }

    /// The nodes of that kind that were made for a service.
    List<Item> of(Kind kind, String row) {
        return items.stream().filter(i -> i.kind() == kind && i.row().equals(row)).toList();
    }

    /// Draws an edge, and lists the source's id in the target's `list` as editors do.
    void link(Item source, Item target, String list) {
        if (edges.add(new Pair(source.id(), target.id())) && !list.isEmpty()) {
            target.data().withArrayProperty(list).add(source.id());
        }
    }

    void edge(Item source, Item target) {
        edges.add(new Pair(source.id(), target.id()));
    }

    /// Whether edges lead from one to the other.
    boolean leads(Item from, Item to) {
        Set<String> seen = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(from.id()));
        while (!next.isEmpty()) {
            String at = next.pop();
            if (at.equals(to.id())) {
                return true;
            }
            if (seen.add(at)) {
                edges.stream().filter(e -> e.source().equals(at)).map(Pair::target)
                        .forEach(next::push);
            }
        }
        return false;
    }

    /// Keeps a value apart from its node, which only names the key.
    void secret(Item node, String key, String value) {
        secrets.computeIfAbsent(node.id(), k -> new LinkedHashMap<>()).put(key, value);
    }

    Map<String, Map<String, String>> secrets() {
        Map<String, Map<String, String>> copies = new LinkedHashMap<>();
        secrets.forEach((id, values) -> copies.put(id, Map.copyOf(values)));
        return copies;
    }

    List<Edge> edges() {
        return edges.stream().map(p -> Edge.between(ids.get(), p.source(), p.target())).toList();
    }

    /// The nodes, placed: what is read on the left, services, workloads, storage on the right;
    /// one band for each service of the file.
    List<Node> nodes() {
        Map<String, Map<Integer, Integer>> used = new LinkedHashMap<>();
        items.forEach(i -> used.computeIfAbsent(i.row(), k -> new HashMap<>())
                .merge(column(i.kind()), 1, Integer::sum));
        Map<String, Integer> top = new HashMap<>();
        int y = 100;
        for (var row : used.entrySet()) {
            top.put(row.getKey(), y);
            y += 200 * row.getValue().values().stream().max(Integer::compare).orElse(1);
        }
        Map<String, Integer> next = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (Item item : items) {
            int column = column(item.kind());
            int index = next.merge(item.row() + "/" + column, 1, Integer::sum) - 1;
            nodes.add(new Node(item.id(), item.kind().type(),
                    new Position(column, top.get(item.row()) + 200.0 * index), item.data()));
        }
        return nodes;
    }

    private static int column(Kind kind) {
        return switch (kind) {
            case CONFIGMAP, SECRET, INGRESS -> 100;
            case SERVICE, HPA, NETWORKPOLICY -> 400;
            case DEPLOYMENT, STATEFULSET, DAEMONSET, JOB, CRONJOB, PLUGIN -> 700;
            case PERSISTENTVOLUMECLAIM -> 1000;
        };
    }
}
