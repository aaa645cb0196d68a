package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.JsonPath;
import orrery.sim.type.ResourceType;

/// Objects as rows (meta.k8s.io/v1 Table), which `kubectl get` prints.
final class Tables {
    private Tables() {}

    /// @param includeObject `Object`, `None`, or else the metadata alone
    /// @param columns whether to name the columns: a watch does so once
    static ObjectNode of(ResourceType type, List<Item> items, String includeObject,
            boolean columns, Instant now) {
        List<Column> all = columns(type);
        ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        ObjectNode meta = table.putObject("metadata");
        if (items.size() == 1) {
            meta.put("resourceVersion", Long.toString(items.getFirst().version()));
        }
        ArrayNode definitions = table.putArray("columnDefinitions");
        if (columns) {
            all.forEach(column -> column.describe(definitions.addObject()));
        }
        ArrayNode rows = table.putArray("rows");
        for (Item item : items) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            all.forEach(column -> cells.add(column.cell().of(item.tree(), now)));
            switch (includeObject) {
                case "Object" -> row.set("object", item.tree());
                case "None" -> { }
                default -> row.set("object", Rendering.metadata(item));
            }
        }
        return table;
    }

    /// One column: what it is called and how a cell is made.
    record Column(String name, String type, String format, String description, int priority,
            Cell cell) {

        static Column of(String name, String type, Cell cell) {
            return new Column(name, type, "", name, 0, cell);
        }

        static Column wide(String name, Cell cell) {
            return new Column(name, "string", "", name, 1, cell);
        }

        private void describe(ObjectNode node) {
            node.put("name", name).put("type", type).put("format", format)
                    .put("description", description).put("priority", priority);
        }
    }

    /// Makes the cell of one object.
    interface Cell {
        JsonNode of(JsonNode object, Instant now);
    }

    static final Column NAME = new Column("Name", "string", "name",
            "Name must be unique within a namespace.", 0,
            (object, now) -> object.path("metadata").path("name"));

    static final Column AGE = new Column("Age", "string", "",
            "Time since the object was created.", 0,
            (object, now) -> text(Ages.since(
                    object.path("metadata").path("creationTimestamp").asText(), now)));

    private static List<Column> columns(ResourceType type) {
        if (!type.custom()) {
            return BuiltInTables.columns(type.key());
        }
        List<Column> all = new ArrayList<>();
        all.add(NAME);
        for (ResourceType.Column column : type.columns()) {
            all.add(new Column(column.name(), column.type(), column.format(),
                    column.description(), column.priority(), custom(column)));
        }
        if (type.columns().isEmpty()) {
            all.add(AGE);
        }
        return all;
    }

    private static Cell custom(ResourceType.Column column) {
        return (object, now) -> {
            List<JsonNode> found = JsonPath.find(object, column.path());
            if (found.isEmpty()) {
                return Json.mapper().nullNode();
            }
            JsonNode value = found.getFirst();
            return switch (column.type()) {
                case "date" -> text(Ages.since(value.asText(), now));
                case "string" -> text(found.size() == 1 && value.isValueNode() ? value.asText()
                        : found.size() == 1 ? value.toString() : found.toString());
                default -> value;
            };
        };
    }

    static JsonNode text(String text) {
        return Json.mapper().getNodeFactory().textNode(text);
    }
}
