package orrery.server.studio.version;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What became different from one version of a diagram to another, in the order in which it was
/// drawn. Where a node stands on the canvas is no difference of what is deployed: those that only
/// moved have a list of their own.
///
/// @param modifiedEdges those that lead elsewhere under the same identifier
public record Comparison(
        @JsonProperty("from_version") int from,
        @JsonProperty("to_version") int to,
        @JsonProperty("added_nodes") List<NodeChange> addedNodes,
        @JsonProperty("removed_nodes") List<NodeChange> removedNodes,
        @JsonProperty("modified_nodes") List<NodeChange> modifiedNodes,
        @JsonProperty("moved_nodes") List<String> movedNodes,
        @JsonProperty("added_edges") List<EdgeChange> addedEdges,
        @JsonProperty("removed_edges") List<EdgeChange> removedEdges,
        @JsonProperty("modified_edges") List<EdgeChange> modifiedEdges) {

    /// @param changedFields where the data differ, as in `env.PORT` or `ports.0`
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeChange(
            @JsonProperty("node_id") String id,
            String type,
            @JsonProperty("old_data") @Nullable JsonNode oldData,
            @JsonProperty("new_data") @Nullable JsonNode newData,
            @JsonProperty("changed_fields") @Nullable List<String> changedFields) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EdgeChange(
            @JsonProperty("edge_id") String id,
            String source,
            String target,
            @Nullable String sourceHandle,
            @Nullable String targetHandle) {
        private static EdgeChange of(JsonNode edge) {
            return new EdgeChange(edge.path("id").asText(), edge.path("source").asText(),
                    edge.path("target").asText(), edge.path("sourceHandle").asText(null),
                    edge.path("targetHandle").asText(null));
        }
    }

    static Comparison of(DiagramVersion from, DiagramVersion to) {
        var old = byId(from.nodes());
        var now = byId(to.nodes());
        var modified = new ArrayList<NodeChange>();
        var moved = new ArrayList<String>();
        now.forEach((id, node) -> {
            var before = old.get(id);
            if (before == null) {
                return;
            }
            var fields = new TreeSet<String>();
            differ("", before.path("data"), node.path("data"), fields);
            if (!fields.isEmpty() || !before.path("type").equals(node.path("type"))) {
                modified.add(new NodeChange(id, node.path("type").asText(), before.get("data"),
                        node.get("data"), List.copyOf(fields)));
            } else if (!before.path("position").equals(node.path("position"))) {
                moved.add(id);
            }
        });
        var oldEdges = byId(from.edges());
        var newEdges = byId(to.edges());
        return new Comparison(from.number(), to.number(),
                only(now, old).stream().map(it -> new NodeChange(it.path("id").asText(),
                        it.path("type").asText(), null, it.get("data"), null)).toList(),
                only(old, now).stream().map(it -> new NodeChange(it.path("id").asText(),
                        it.path("type").asText(), it.get("data"), null, null)).toList(),
                modified, moved,
                only(newEdges, oldEdges).stream().map(EdgeChange::of).toList(),
                only(oldEdges, newEdges).stream().map(EdgeChange::of).toList(),
                newEdges.entrySet().stream()
                        .filter(it -> oldEdges.containsKey(it.getKey()))
                        .map(Map.Entry::getValue).map(EdgeChange::of)
                        .filter(it -> !it.equals(EdgeChange.of(oldEdges.get(it.id()))))
                        .toList());
    }

    private static Map<String, JsonNode> byId(JsonNode array) {
        var all = new LinkedHashMap<String, JsonNode>();
        array.valueStream().filter(JsonNode::isObject)
                .forEach(it -> all.put(it.path("id").asText(), it));
        return all;
    }

    private static List<JsonNode> only(Map<String, JsonNode> here, Map<String, JsonNode> there) {
        return here.entrySet().stream().filter(it -> !there.containsKey(it.getKey()))
                .map(Map.Entry::getValue).toList();
    }

    private static void differ(String path, JsonNode old, JsonNode now, TreeSet<String> fields) {
        if (old.equals(now)) {
            return;
        }
        if (old.isObject() && now.isObject()) {
            var names = new TreeSet<String>();
            old.fieldNames().forEachRemaining(names::add);
            now.fieldNames().forEachRemaining(names::add);
            names.forEach(it -> differ(below(path, it), old.path(it), now.path(it), fields));
        } else if (old.isArray() && now.isArray() && old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                differ(below(path, String.valueOf(i)), old.get(i), now.get(i), fields);
            }
        } else {
            fields.add(path);
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
