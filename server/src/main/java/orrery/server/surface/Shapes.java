package orrery.server.surface;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Small JSON Schemas of what surfaces wrap around a view.
final class Shapes {
    static final Map<String, Object> TEXT = Map.of("type", "string");
    static final Map<String, Object> TIME = ordered("type", "string", "format", "date-time");
    static final Map<String, Object> NUMBER = Map.of("type", "integer");

    private Shapes() {}

    static Map<String, Object> constant(boolean value) {
        return Map.of("const", value);
    }

    /// An object with these fields, all required: names and schemas in turn.
    static Map<String, Object> object(Object... fields) {
        var properties = ordered(fields);
        return ordered("type", "object", "properties", properties,
                "required", new ArrayList<>(properties.keySet()));
    }

    /// The same object, which may have these fields, too.
    static Map<String, Object> with(Map<String, Object> object, Object... optional) {
        var properties = new LinkedHashMap<String, Object>();
        ((Map<?, ?>) object.get("properties")).forEach((name, schema) ->
                properties.put((String) name, schema));
        properties.putAll(ordered(optional));
        return ordered("type", "object", "properties", properties,
                "required", object.get("required"));
    }

    static Map<String, Object> list(Map<String, Object> items) {
        return ordered("type", "array", "items", items);
    }

    /// Keys and values in turn; unlike `Map.of`, in this order in every process.
    static Map<String, Object> ordered(Object... pairs) {
        var out = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put((String) pairs[i], pairs[i + 1]);
        }
        return out;
    }
}
