package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import orrery.kit.Problem.Mistake;

/// The JSON Schema of a template's values, as far as charts use it: types, bounds, what may be and
/// what must be there. What it does not know it lets pass; Helm knows all of it and has the last
/// word. Patterns are left to Helm: they come from strangers.
final class ConfigSchema {
    private static final int DEEPEST = 32;
    private static final int MOST = 20;

    private final JsonNode schema;
    private final List<Mistake> mistakes = new ArrayList<>();

    private ConfigSchema(JsonNode schema) {
        this.schema = schema;
    }

    /// All that is wrong with values, at most 20 mistakes.
    static List<Mistake> mistakes(JsonNode schema, JsonNode values, String field) {
        var check = new ConfigSchema(schema);
        check.of(schema, values, field, 0);
        return check.mistakes.stream().limit(MOST).toList();
    }

    private void of(JsonNode given, JsonNode value, String at, int depth) {
        var rule = follow(given);
        if (depth > DEEPEST || mistakes.size() >= MOST || value.isNull()) {
            return;
        }
        var types = texts(rule.path("type"));
        if (!types.isEmpty() && types.stream().noneMatch(type -> is(value, type))) {
            add(at, "must be " + String.join(" or ", types));
            return;
        }
        if (rule.path("enum").isArray() && StreamSupport.stream(
                rule.path("enum").spliterator(), false).noneMatch(value::equals)) {
            add(at, "must be one of " + String.join(", ", texts(rule.path("enum"))));
        }
        if (value.isNumber()) {
            bounds(rule, value.asDouble(), "minimum", "maximum", "", at);
        } else if (value.isTextual()) {
            bounds(rule, value.asText().length(), "minLength", "maxLength", " characters", at);
        } else if (value.isArray()) {
            bounds(rule, value.size(), "minItems", "maxItems", " items", at);
            for (int i = 0; i < value.size(); i++) {
                of(rule.path("items"), value.get(i), at + "[" + i + "]", depth + 1);
            }
        } else if (value.isObject()) {
            object(rule, value, at, depth);
        }
    }

    private void object(JsonNode rule, JsonNode value, String at, int depth) {
        for (var name : rule.path("required")) {
            if (!value.has(name.asText())) {
                add(at + "." + name.asText(), "is required");
            }
        }
        var others = rule.path("additionalProperties");
        for (var entry : value.properties()) {
            var here = at + "." + entry.getKey();
            var known = rule.path("properties").path(entry.getKey());
            if (known.isMissingNode() && others.isBoolean() && !others.asBoolean()) {
                add(here, "is no value of this template");
            } else {
                of(known.isMissingNode() ? others : known, entry.getValue(), here, depth + 1);
            }
        }
    }

    private void bounds(JsonNode rule, double size, String least, String most, String unit,
            String at) {
        if (rule.path(least).isNumber() && size < rule.path(least).asDouble()) {
            add(at, "must be at least " + rule.path(least) + unit);
        }
        if (rule.path(most).isNumber() && size > rule.path(most).asDouble()) {
            add(at, "must be at most " + rule.path(most) + unit);
        }
    }

    /// One reference within the schema; one that leads to another is let pass.
    private JsonNode follow(JsonNode rule) {
        var reference = rule.path("$ref").asText("");
        return reference.equals("#") || reference.startsWith("#/")
                ? schema.at(reference.substring(1)) : rule;
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber()
                    || value.isNumber() && value.asDouble() == Math.rint(value.asDouble());
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> true;
        };
    }

    /// One text, or each of an array.
    private static List<String> texts(JsonNode said) {
        return said.isTextual() ? List.of(said.asText())
                : StreamSupport.stream(said.spliterator(), false).map(JsonNode::asText).toList();
    }

    private void add(String field, String message) {
        mistakes.add(new Mistake(field, message));
    }
}
