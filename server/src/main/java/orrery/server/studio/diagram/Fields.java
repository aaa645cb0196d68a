package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Reads a node's free-form data and notes what cannot be read as what it should be. Forgiving
/// where the meaning is plain: a number may stand in quotes, an empty text counts as absent.
final class Fields {
    private final String node;
    private final String path;
    private final JsonNode json;
    private final List<DiagramMistake> mistakes;

    Fields(String node, JsonNode json, List<DiagramMistake> mistakes) {
        this(node, "", json, mistakes);
    }

    private Fields(String node, String path, JsonNode json, List<DiagramMistake> mistakes) {
        this.node = node;
        this.path = path;
        this.json = json;
        this.mistakes = mistakes;
    }

    /// Whether the field has a value: not null, not an empty text, list or object.
    boolean has(String name) {
        JsonNode value = json.path(name);
        return !value.isMissingNode() && !value.isNull()
                && !(value.isTextual() && value.textValue().isBlank())
                && !(value.isContainerNode() && value.isEmpty());
    }

    /// Whether an object stands there, be it empty: in selectors, empty means everything.
    boolean holds(String name) {
        return json.path(name).isObject();
    }

    void wrong(String name, String message) {
        String at = name.isEmpty() || path.isEmpty() || name.startsWith("[")
                ? path + name : path + "." + name;
        mistakes.add(new DiagramMistake(node, at, message));
    }

    JsonNode raw(String name) {
        return has(name) ? json.path(name) : MissingNode.getInstance();
    }

    String text(String name, String otherwise) {
        JsonNode value = raw(name);
        if (value.isContainerNode()) {
            wrong(name, "must be a text, not a list or object");
            return otherwise;
        }
        return value.isMissingNode() ? otherwise : value.asText().strip();
    }

    String oneOf(String name, String otherwise, String... allowed) {
        String value = text(name, otherwise);
        for (String each : allowed) {
            if (each.equals(value)) {
                return value;
            }
        }
        wrong(name, "is '%s'; it must be one of %s".formatted(value, String.join(", ", allowed)));
        return otherwise;
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = raw(name);
        if (value.isMissingNode() || value.isBoolean()) {
            return value.asBoolean(otherwise);
        }
        String text = value.asText();
        if (!text.equals("true") && !text.equals("false")) {
            wrong(name, "must be true or false");
            return otherwise;
        }
        return text.equals("true");
    }

    /// A whole number within bounds, or `otherwise` where it is absent or wrong.
    long whole(String name, long otherwise, long least, long most) {
        JsonNode value = raw(name);
        if (value.isMissingNode()) {
            return otherwise;
        }
        String text = value.isFloatingPointNumber() && value.doubleValue() % 1 == 0
                ? String.valueOf(value.longValue()) : value.asText().strip();
        if (!text.matches("[-+]?[0-9]{1,18}")) {
            wrong(name, "is '%s'; it must be a whole number".formatted(brief(value)));
            return otherwise;
        }
        long number = Long.parseLong(text);
        if (number < least || number > most) {
            wrong(name, most == Long.MAX_VALUE
                    ? "is %d; it must be at least %d".formatted(number, least)
                    : "is %d; it must be from %d to %d".formatted(number, least, most));
            return otherwise;
        }
        return number;
    }

    /// A list of texts; a single text is a list of one.
    List<String> texts(String name) {
        JsonNode value = raw(name);
        if (value.isMissingNode()) {
            return List.of();
        }
        if (!value.isContainerNode()) {
            return List.of(value.asText());
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < value.size() && value.isArray(); i++) {
            JsonNode item = value.get(i);
            if (item.isContainerNode()) {
                wrong(name + "[" + i + "]", "must be a text");
            } else {
                texts.add(item.asText(""));
            }
        }
        if (!value.isArray()) {
            wrong(name, "must be a list of texts");
        }
        return texts;
    }

    /// Names and texts: an object, or a list of `{name or key, value}`. Placeholders that the
    /// editor leaves behind (`_new_…`) are skipped, null is an empty text.
    Map<String, String> pairs(String name) {
        JsonNode value = raw(name);
        Map<String, String> pairs = new LinkedHashMap<>();
        if (value.isArray()) {
            value.forEach(item -> put(pairs, name,
                    item.path("name").asText(item.path("key").asText("")), item.path("value")));
        } else if (value.isObject()) {
            value.properties().forEach(e -> put(pairs, name, e.getKey(), e.getValue()));
        } else if (!value.isMissingNode()) {
            wrong(name, "must be an object of names and texts");
        }
        return pairs;
    }

    private void put(Map<String, String> pairs, String name, String key, JsonNode value) {
        if (key.isBlank() || key.startsWith("_new_")) {
            return;
        }
        if (value.isContainerNode()) {
            wrong(name + "." + key, "must be a text, not a list or object");
            return;
        }
        pairs.put(key, value.isNull() ? "" : value.asText(""));
    }

    /// The objects of a list, each knowing its own path.
    List<Fields> objects(String name) {
        JsonNode value = raw(name);
        List<Fields> objects = new ArrayList<>();
        if (value.isMissingNode()) {
            return objects;
        }
        if (!value.isArray()) {
            wrong(name, "must be a list");
            return objects;
        }
        for (int i = 0; i < value.size(); i++) {
            String at = name + "[" + i + "]";
            if (value.get(i).isObject()) {
                objects.add(new Fields(node, join(at), value.get(i), mistakes));
            } else {
                wrong(at, "must be an object");
            }
        }
        return objects;
    }

    /// An object without fields, for what an edge stands for and no data describes.
    Fields none() {
        return new Fields(node, path, JsonNodeFactory.instance.objectNode(), mistakes);
    }

    Fields object(String name) {
        return new Fields(node, join(name), tree(name), mistakes);
    }

    /// An object as it stands, copied; empty where it is absent or something else.
    ObjectNode tree(String name) {
        JsonNode value = raw(name);
        if (value instanceof ObjectNode object) {
            return object.deepCopy();
        }
        if (!value.isMissingNode()) {
            wrong(name, "must be an object");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    void check(String name, String value, Predicate<String> good, String message) {
        if (!good.test(value)) {
            wrong(name, "is '%s'; %s".formatted(Rules.brief(value), message));
        }
    }

    private String join(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String brief(JsonNode value) {
        return Rules.brief(value.isValueNode() ? value.asText() : value.toString());
    }
}
