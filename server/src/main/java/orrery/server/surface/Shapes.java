package orrery.server.surface;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Small JSON Schemas of what surfaces wrap around a view.
final class Shapes {
    static final Map<String, Object> TEXT = Map.of("type", "string");
    static final Map<String, Object> TIME = Map.of("type", "string", "format", "date-time");
    static final Map<String, Object> NUMBER = Map.of("type", "integer");

    private Shapes() {}

    static Map<String, Object> constant(boolean value) {
        return Map.of("const", value);
    }

    /// An object with these fields, all required: names and schemas in turn.
    static Map<String, Object> object(Object... fields) {
        var properties = new LinkedHashMap<String, Object>();
        for (int i = 0; i < fields.length; i += 2) {
            properties.put((String) fields[i], fields[i + 1]);
        }
        var out = new LinkedHashMap<String, Object>();
        out.put("type", "object");
        out.put("properties", properties);
        out.put("required", new ArrayList<>(properties.keySet()));
        return out;
    }
}
