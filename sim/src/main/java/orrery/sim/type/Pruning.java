package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Drops what a schema does not know.
public final class Pruning {
    private static final List<String> OBJECT_FIELDS = List.of("apiVersion", "kind", "metadata");
    private static final int MAX_REPORTED = 100;

    private final List<String> unknown = new ArrayList<>();

    private Pruning() {}

    /// Removes unknown fields, and nulls where the schema has no use for them.
    ///
    /// @return the paths of the unknown fields
    public static List<String> prune(ObjectNode object, Schema schema) {
        Pruning pruning = new Pruning();
        pruning.object(object, schema, "", true);
        return pruning.unknown;
    }

    private void object(ObjectNode object, Schema schema, String path, boolean whole) {
        for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
            String name = field.getKey();
            String at = path.isEmpty() ? name : path + "." + name;
            Schema child = schema.field(name);
            if (child == null && !(whole && OBJECT_FIELDS.contains(name))) {
                if (!schema.keepsUnknown()) {
                    object.remove(name);
                    if (unknown.size() < MAX_REPORTED) {
                        unknown.add(at);
                    }
                }
            } else if (field.getValue().isNull()) {
                if (child != null && dropsNull(child)) {
                    object.remove(name);
                }
            } else if (child != null) {
                value(field.getValue(), child, at);
            }
        }
    }

    private void value(JsonNode value, Schema schema, String path) {
        if (value instanceof ObjectNode object) {
            object(object, schema, path, schema.embedded());
        } else if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                value(array.get(i), schema.items(), path + "[" + i + "]");
            }
        }
    }

    /// Built-in types read null as absent, and so do the fields that a CRD names unless they are
    /// nullable.
    private static boolean dropsNull(Schema schema) {
        return schema.custom() ? schema != Schema.OPEN && !schema.nullable()
                : !schema.keepsUnknown();
    }
}
