package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orrery.sim.type.Defaults;
import orrery.sim.type.Json;
import orrery.sim.type.Schema;

/// Objects seen as sets of fields: which fields one has, which differ, taking some away, and
/// laying one object over another, with lists as the schema says.
final class Fields {
    private static final List<String> UNOWNED = List.of("name", "namespace", "uid",
            "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields",
            "deletionTimestamp", "deletionGracePeriodSeconds");

    private Fields() {}

    /// The fields of an object that can have owners.
    static FieldSet of(JsonNode object, Schema schema) {
        return changed(null, object, schema);
    }

    /// The fields that are new or have another value.
    ///
    /// @param old null counts every field
    static FieldSet changed(JsonNode old, JsonNode now, Schema schema) {
        FieldSet set = new FieldSet();
        walk(strip(old), strip(now), schema, set);
        return set;
    }

    private static JsonNode strip(JsonNode object) {
        if (!(object instanceof ObjectNode whole)) {
            return object;
        }
        ObjectNode rest = Json.object();
        whole.properties().forEach(field -> {
            switch (field.getKey()) {
                case "apiVersion", "kind" -> { }
                case "metadata" -> {
                    ObjectNode metadata = Json.object();
                    field.getValue().properties().forEach(one -> {
                        if (!UNOWNED.contains(one.getKey())) {
                            metadata.set(one.getKey(), one.getValue());
                        }
                    });
                    if (!metadata.isEmpty()) {
                        rest.set("metadata", metadata);
                    }
                }
                default -> rest.set(field.getKey(), field.getValue());
            }
        });
        return rest;
    }

    private static void walk(JsonNode old, JsonNode now, Schema schema, FieldSet into) {
        if (now instanceof ObjectNode object && !schema.atomicMap()) {
            object.properties().forEach(field -> {
                Schema child = known(schema, field.getKey());
                JsonNode before = old == null ? null : old.get(field.getKey());
                step(before, field.getValue(), child, "f:" + field.getKey(),
                        !schema.properties().containsKey(field.getKey()), into);
            });
        } else if (now instanceof ArrayNode list && schema.listType() == Schema.ListType.MAP) {
            Map<String, JsonNode> before = byKey(old, schema);
            byKey(list, schema).forEach((key, item) ->
                    step(before.get(key), item, schema.items(), key, true, into));
        } else if (now instanceof ArrayNode list && schema.listType() == Schema.ListType.SET) {
            for (JsonNode value : list) {
                if (!contains(old, value)) {
                    into.at("v:" + value).insert();
                }
            }
        } else if (!Json.same(old, now)) {
            into.insert();
        }
    }

    /// @param itself whether the step as such has an owner, beside what is below it
    private static void step(JsonNode old, JsonNode now, Schema schema, String step,
            boolean itself, FieldSet into) {
        FieldSet below = new FieldSet();
        walk(old, now, schema, below);
        boolean emptied = now.isObject() && now.isEmpty() && !Json.same(old, now);
        if (itself && old == null || emptied) {
            below.insert();
        }
        if (!below.isEmpty()) {
            FieldSet merged = into.at(step).union(below);
            into.children().put(step, merged);
        }
    }

    /// Takes fields away; objects that this leaves empty go too.
    static void remove(JsonNode object, FieldSet set, Schema schema) {
        if (object instanceof ObjectNode fields) {
            set.children().forEach((step, below) -> {
                String name = step.substring(2);
                JsonNode value = fields.get(name);
                if (!step.startsWith("f:") || value == null) {
                    return;
                }
                remove(value, below, known(schema, name));
                boolean leaf = below.children().isEmpty();
                if (below.isMember() && (leaf || value.isEmpty())
                        || value.isContainerNode() && value.isEmpty() && !leaf) {
                    fields.remove(name);
                }
            });
        } else if (object instanceof ArrayNode list) {
            for (int i = list.size() - 1; i >= 0; i--) {
                JsonNode item = list.get(i);
                String step = schema.listType() == Schema.ListType.MAP
                        ? key(item, schema) : "v:" + item;
                FieldSet below = set.child(step);
                if (below == null) {
                    continue;
                }
                if (below.isMember()) {
                    list.remove(i);
                } else {
                    remove(item, below, schema.items());
                }
            }
        }
    }

    /// What is left of `base` once `over` is laid on it.
    static JsonNode merge(JsonNode base, JsonNode over, Schema schema) {
        if (over instanceof ObjectNode object && base instanceof ObjectNode old
                && !schema.atomicMap()) {
            ObjectNode merged = old.deepCopy();
            object.properties().forEach(field -> merged.set(field.getKey(),
                    merge(old.get(field.getKey()), field.getValue(),
                            known(schema, field.getKey()))));
            return merged;
        }
        if (over instanceof ArrayNode list && base instanceof ArrayNode old) {
            if (schema.listType() == Schema.ListType.MAP) {
                Map<String, JsonNode> all = byKey(old, schema);
                byKey(list, schema).forEach((key, item) ->
                        all.put(key, merge(all.get(key), item, schema.items())));
                ArrayNode merged = Json.mapper().createArrayNode();
                all.values().forEach(item -> merged.add(item.deepCopy()));
                return merged;
            }
            if (schema.listType() == Schema.ListType.SET) {
                ArrayNode merged = old.deepCopy();
                list.forEach(value -> {
                    if (!contains(old, value)) {
                        merged.add(value.deepCopy());
                    }
                });
                return merged;
            }
        }
        return over.deepCopy();
    }

    private static Schema known(Schema schema, String field) {
        Schema child = schema.field(field);
        return child == null ? Schema.OPEN : child;
    }

    private static Map<String, JsonNode> byKey(JsonNode list, Schema schema) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        if (list != null) {
            list.forEach(item -> all.put(key(item, schema), item));
        }
        return all;
    }

    /// What tells an item from others; a key field that was left out counts with its default.
    private static String key(JsonNode item, Schema schema) {
        Map<String, JsonNode> keys = new TreeMap<>();
        for (String field : schema.listKeys()) {
            JsonNode value = item.get(field);
            JsonNode used = value == null ? Defaults.of(schema.items(), field) : value;
            if (used != null) {
                keys.put(field, used);
            }
        }
        return "k:" + Json.object().setAll(keys);
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        if (list != null) {
            for (JsonNode one : list) {
                if (Json.same(one, value)) {
                    return true;
                }
            }
        }
        return false;
    }
}
