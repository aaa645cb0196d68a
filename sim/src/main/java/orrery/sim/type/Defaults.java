package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Sets fields that have a default and were left out: those of a CRD's schema, and those of the
/// built-in types, which the published schemas leave out and `defaults.txt` lists.
public final class Defaults {
    private static final Map<String, ObjectNode> BUILT_IN = read();

    private Defaults() {}

    public static void fill(JsonNode value, Schema schema) {
        if (value instanceof ObjectNode object) {
            ObjectNode more = BUILT_IN.get(schema.name());
            if (more != null) {
                more.properties().forEach(field -> put(object, field.getKey(), field.getValue()));
            }
            if (schema.custom()) {
                schema.properties().forEach((name, child) -> {
                    if (child.defaultValue() != null) {
                        put(object, name, child.defaultValue());
                    }
                });
            }
            object.properties().forEach(field -> {
                Schema child = schema.field(field.getKey());
                if (child != null) {
                    fill(field.getValue(), child);
                }
            });
        } else if (value instanceof ArrayNode array) {
            array.forEach(item -> fill(item, schema.items()));
        }
    }

    /// The default of one field; null when it has none.
    public static JsonNode of(Schema schema, String field) {
        JsonNode builtIn = BUILT_IN.getOrDefault(schema.name(), Json.object()).get(field);
        Schema child = schema.field(field);
        return builtIn != null || child == null ? builtIn : child.defaultValue();
    }

    private static void put(ObjectNode object, String field, JsonNode value) {
        if (!object.has(field)) {
            object.set(field, value.deepCopy());
        }
    }

    private static Map<String, ObjectNode> read() {
        Map<String, ObjectNode> all = new HashMap<>();
        for (String line : BuiltIns.text("defaults.txt").lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] cells = line.split(" +", 3);
                all.computeIfAbsent("io.k8s.api." + cells[0], d -> Json.object())
                        .set(cells[1], Json.read(cells[2].getBytes(StandardCharsets.UTF_8)));
            }
        }
        return all;
    }
}
