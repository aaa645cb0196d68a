package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Schema;

/// Kubernetes' strategic merge patch: a merge patch whose lists merge by the keys that the
/// types name, with the directives `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…` and
/// `$setElementOrder/…`.
public final class StrategicMerge {
    private static final String PATCH = "$patch";
    private static final String RETAIN = "$retainKeys";
    private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private StrategicMerge() {}

    /// The patched object; the given one may be changed on the way.
    ///
    /// @throws Refusal 400 for directives that make no sense
    public static ObjectNode apply(ObjectNode document, ObjectNode patch, Schema schema) {
        String directive = patch.path(PATCH).asText();
        if (directive.equals("replace")) {
            ObjectNode fresh = patch.deepCopy();
            fresh.remove(PATCH);
            return fresh;
        }
        if (directive.equals("delete")) {
            return Json.object();
        }
        if (patch.has(PATCH)) {
            throw Refusal.badRequest("unknown patch type found: " + patch.get(PATCH));
        }
        retain(document, patch);
        for (Map.Entry<String, JsonNode> change : List.copyOf(patch.properties())) {
            String field = change.getKey();
            JsonNode value = change.getValue();
            if (field.startsWith(DELETE_VALUES)) {
                removeValues(document.path(field.substring(DELETE_VALUES.length())),
                        list(field, value));
            } else if (field.startsWith("$") || field.isEmpty()) {
                continue;
            } else if (value.isNull()) {
                document.remove(field);
            } else {
                Schema child = schema.field(field) == null ? Schema.OPEN : schema.field(field);
                document.set(field, merge(document.get(field), value, child));
            }
        }
        order(document, patch, schema);
        return document;
    }

    private static JsonNode merge(JsonNode old, JsonNode value, Schema schema) {
        if (value instanceof ObjectNode object) {
            ObjectNode base = old instanceof ObjectNode found ? found : Json.object();
            return apply(base, object, schema);
        }
        if (value instanceof ArrayNode list && schema.patchMerge()) {
            ArrayNode base = old instanceof ArrayNode found
                    ? found : Json.mapper().createArrayNode();
            return schema.patchKey().isEmpty() ? union(base, list) : byKey(base, list, schema);
        }
        return value.deepCopy();
    }

    private static ArrayNode byKey(ArrayNode base, ArrayNode changes, Schema schema) {
        String key = schema.patchKey();
        for (JsonNode change : changes) {
            if (change.path(PATCH).asText().equals("replace") && !change.has(key)) {
                return replaced(changes);
            }
        }
        ArrayNode before = base.deepCopy();
        for (JsonNode change : changes) {
            if (!(change instanceof ObjectNode object) || !object.has(key)) {
                throw Refusal.badRequest("map: %s does not contain declared merge key: %s"
                        .formatted(change, key));
            }
            int at = find(base, key, object.get(key));
            if (object.path(PATCH).asText().equals("delete")) {
                for (; at >= 0; at = find(base, key, object.get(key))) {
                    base.remove(at);
                }
            } else if (at >= 0 && base.get(at) instanceof ObjectNode found) {
                base.set(at, apply(found, object, schema.items()));
            } else {
                base.add(apply(Json.object(), object, schema.items()));
            }
        }
        return lined(base, before, changes, key);
    }

    /// Items of the patch stand in its order, the others in the order they had; a new item comes
    /// as early as that allows.
    private static ArrayNode lined(ArrayNode merged, ArrayNode before, ArrayNode changes,
            String key) {
        List<JsonNode> patched = new ArrayList<>();
        Deque<JsonNode> others = new ArrayDeque<>();
        for (JsonNode one : merged) {
            (find(changes, key, one.get(key)) >= 0 ? patched : others).add(one);
        }
        patched.sort(Comparator.comparingInt(one -> find(changes, key, one.get(key))));
        Deque<JsonNode> named = new ArrayDeque<>(patched);
        ArrayNode out = Json.mapper().createArrayNode();
        while (!named.isEmpty() && !others.isEmpty()) {
            int there = find(before, key, named.peek().get(key));
            boolean othersFirst = there >= 0
                    && find(before, key, others.peek().get(key)) < there;
            out.add(othersFirst ? others.poll() : named.poll());
        }
        named.forEach(out::add);
        others.forEach(out::add);
        return out;
    }

    private static ArrayNode replaced(ArrayNode changes) {
        ArrayNode fresh = Json.mapper().createArrayNode();
        for (JsonNode change : changes) {
            if (!change.path(PATCH).asText().equals("replace")) {
                fresh.add(change.deepCopy());
            }
        }
        return fresh;
    }

    private static int find(ArrayNode list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (Json.same(list.get(i).get(key), value)) {
                return i;
            }
        }
        return -1;
    }

    private static ArrayNode union(ArrayNode base, ArrayNode more) {
        Set<String> known = new HashSet<>();
        base.forEach(one -> known.add(one.toString()));
        for (JsonNode one : more) {
            if (known.add(one.toString())) {
                base.add(one.deepCopy());
            }
        }
        return base;
    }

    private static JsonNode list(String directive, JsonNode value) {
        if (!value.isArray()) {
            throw Refusal.badRequest("invalid patch format: " + directive + " is no list");
        }
        return value;
    }

    private static void removeValues(JsonNode list, JsonNode values) {
        if (list instanceof ArrayNode array) {
            for (JsonNode value : values) {
                for (int i = array.size() - 1; i >= 0; i--) {
                    if (Json.same(array.get(i), value)) {
                        array.remove(i);
                    }
                }
            }
        }
    }

    /// Only the named fields stay, for objects of which one of several fields may be set.
    private static void retain(ObjectNode document, ObjectNode patch) {
        if (patch.has(RETAIN)) {
            List<String> keep = new ArrayList<>();
            list(RETAIN, patch.get(RETAIN)).forEach(field -> keep.add(field.asText()));
            document.retain(keep);
        }
    }

    /// Puts the listed items in the order that the patch states; others stay behind them.
    private static void order(ObjectNode document, ObjectNode patch, Schema schema) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            if (!change.getKey().startsWith(ORDER)) {
                continue;
            }
            String field = change.getKey().substring(ORDER.length());
            list(change.getKey(), change.getValue());
            Schema child = schema.field(field);
            if (child == null || !(document.get(field) instanceof ArrayNode list)) {
                continue;
            }
            ArrayNode sorted = Json.mapper().createArrayNode();
            for (JsonNode wanted : change.getValue()) {
                if (!child.patchKey().isEmpty() && !wanted.has(child.patchKey())) {
                    throw Refusal.badRequest("an item of %s does not name its %s: %s".formatted(
                            change.getKey(), child.patchKey(), wanted));
                }
                take(list, sorted, wanted, child.patchKey());
            }
            list.forEach(sorted::add);
            document.set(field, sorted);
        }
    }

    private static void take(ArrayNode from, ArrayNode to, JsonNode wanted, String key) {
        for (int i = 0; i < from.size(); i++) {
            boolean found = key.isEmpty() ? Json.same(from.get(i), wanted)
                    : Json.same(from.get(i).get(key), wanted.get(key));
            if (found) {
                to.add(from.remove(i));
                return;
            }
        }
    }
}
