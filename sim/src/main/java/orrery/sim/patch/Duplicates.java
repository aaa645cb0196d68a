package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import orrery.sim.type.Schema;

/// Looks through an applied configuration for entries that its lists cannot have twice: nobody
/// could say which of them is meant.
public final class Duplicates {
    private Duplicates() {}

    /// The first, as a path and the key that it repeats.
    public static Optional<String> find(JsonNode value, Schema schema) {
        return find(value, schema, "");
    }

    private static Optional<String> find(JsonNode value, Schema schema, String path) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> one : value.properties()) {
                Schema child = schema.field(one.getKey());
                Optional<String> found = child == null ? Optional.empty()
                        : find(one.getValue(), child, path + "." + one.getKey());
                if (found.isPresent()) {
                    return found;
                }
            }
        } else if (value.isArray()) {
            return list(value, schema, path);
        }
        return Optional.empty();
    }

    private static Optional<String> list(JsonNode list, Schema schema, String path) {
        boolean unique = schema.listType() != Schema.ListType.ATOMIC;
        Set<String> seen = new HashSet<>();
        for (JsonNode one : list) {
            String key = schema.listType() == Schema.ListType.MAP ? key(one, schema)
                    : "=" + one;
            if (unique && !seen.add(key)) {
                return Optional.of(path + ": duplicate entries for key [" + key + "]");
            }
            Optional<String> found = find(one, schema.items(), path + "[" + key + "]");
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static String key(JsonNode item, Schema schema) {
        StringJoiner text = new StringJoiner(",");
        for (String key : schema.listKeys()) {
            Schema field = schema.items().field(key);
            JsonNode value = item.has(key) || field == null || field.defaultValue() == null
                    ? item.path(key) : field.defaultValue();
            text.add(key + "=" + value);
        }
        return text.toString();
    }
}
