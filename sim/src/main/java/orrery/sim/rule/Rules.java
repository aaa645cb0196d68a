package orrery.sim.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.Schema;

/// Checks objects against the rules of their CRD.
///
/// A rule that names `oldSelf` is about a change: it is asked when there is a value before that
/// is surely the same one, so not within lists that are replaced whole.
public final class Rules {
    private static final String RULES = "x-kubernetes-validations";
    private static final Pattern TRANSITION = Pattern.compile("\\boldSelf\\b");
    /// By far the commonest rule; it is answered without loading the language.
    private static final Set<String> UNCHANGED = Set.of("self == oldSelf", "oldSelf == self");
    private static final int MAX_CAUSES = 50;

    private final List<Cause> causes = new ArrayList<>();

    private Rules() {}

    /// @param old the object before; null for a new one
    public static List<Cause> check(JsonNode object, JsonNode old, Schema schema) {
        Rules rules = new Rules();
        if (schema.ruled()) {
            rules.value(named(object), old == null ? null : named(old), schema, "");
        }
        return rules.causes;
    }

    /// Of an object's metadata rules see its name alone.
    private static JsonNode named(JsonNode object) {
        ObjectNode seen = Json.object();
        seen.setAll((ObjectNode) object);
        ObjectNode metadata = seen.putObject("metadata");
        for (String field : List.of("name", "generateName")) {
            if (object.path("metadata").has(field)) {
                metadata.set(field, object.path("metadata").get(field));
            }
        }
        return seen;
    }

    /// What is wrong with the rules of a CRD's schema.
    ///
    /// @param at the path of the schema in the CRD
    public static List<Cause> mistakes(JsonNode schema, String at) {
        Rules found = new Rules();
        found.schema(schema, at);
        return found.causes;
    }

    private void schema(JsonNode schema, String at) {
        for (int i = 0; i < schema.path(RULES).size() && causes.size() < MAX_CAUSES; i++) {
            JsonNode rule = schema.path(RULES).get(i);
            String field = at + "." + RULES + "[" + i + "]";
            compiles(rule.path("rule"), field + ".rule", true);
            compiles(rule.path("messageExpression"), field + ".messageExpression", false);
        }
        schema.path("properties").properties().forEach(one ->
                schema(one.getValue(), at + ".properties[" + one.getKey() + "]"));
        if (schema.path("items").isObject()) {
            schema(schema.path("items"), at + ".items");
        }
        if (schema.path("additionalProperties").isObject()) {
            schema(schema.path("additionalProperties"), at + ".additionalProperties");
        }
    }

    private void compiles(JsonNode expression, String field, boolean required) {
        String text = expression.asText().strip();
        if (text.isEmpty() && required) {
            causes.add(new Cause("FieldValueRequired",
                    "Required value: rule is not specified", field));
        } else if (!text.isEmpty() && !UNCHANGED.contains(text)) {
            String mistake = Expressions.mistake(text);
            if (!mistake.isEmpty()) {
                causes.add(new Cause("FieldValueInvalid", "Invalid value: \"" + text
                        + "\": compilation failed: " + mistake, field));
            }
        }
    }

    private void value(JsonNode value, JsonNode old, Schema schema, String path) {
        if (!schema.ruled() || value.isNull() || causes.size() >= MAX_CAUSES) {
            return;
        }
        for (JsonNode rule : schema.raw().path(RULES)) {
            ask(rule, value, old, schema, path);
        }
        if (value.isObject()) {
            value.properties().forEach(field -> {
                Schema child = schema.field(field.getKey());
                if (child != null) {
                    boolean named = schema.properties().containsKey(field.getKey());
                    String at = !named ? path + "[" + field.getKey() + "]"
                            : path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                    value(field.getValue(), old == null ? null : old.get(field.getKey()),
                            child, at);
                }
            });
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                value(value.get(i), before(value.get(i), old, schema), schema.items(),
                        path + "[" + i + "]");
            }
        }
    }

    /// The item of the same keys in the list before; null when there is none.
    private static JsonNode before(JsonNode item, JsonNode old, Schema schema) {
        if (old == null || schema.listType() != Schema.ListType.MAP) {
            return null;
        }
        for (JsonNode one : old) {
            if (schema.listKeys().stream().allMatch(
                    key -> Json.same(one.get(key), item.get(key)))) {
                return one;
            }
        }
        return null;
    }

    private void ask(JsonNode rule, JsonNode value, JsonNode old, Schema schema, String path) {
        String text = rule.path("rule").asText().strip();
        boolean optional = rule.path("optionalOldSelf").asBoolean();
        boolean transition = TRANSITION.matcher(text).find();
        if (transition && old == null && !optional) {
            return;
        }
        if (UNCHANGED.contains(text) && !optional && !rule.has("messageExpression")) {
            if (!Json.same(old, value)) {
                causes.add(failed(rule, shown(rule, text), schema, path));
            }
            return;
        }
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", Values.of(value, schema));
        if (transition) {
            Object before = old == null ? null : Values.of(old, schema);
            variables.put("oldSelf", optional ? Optional.ofNullable(before) : before);
        }
        try {
            if (!Boolean.TRUE.equals(Expressions.evaluate(text, variables))) {
                causes.add(failed(rule, message(rule, text, variables), schema, path));
            }
        } catch (Expressions.Unusable unusable) {
            causes.add(new Cause("FieldValueInvalid", "Invalid value: \"%s\": %s evaluating rule:"
                    .formatted(kind(schema), unusable.getMessage()) + " " + shown(rule, text),
                    path));
        }
    }

    private static String message(JsonNode rule, String text, Map<String, Object> variables) {
        String expression = rule.path("messageExpression").asText().strip();
        if (!expression.isEmpty()) {
            try {
                Object made = Expressions.evaluate(expression, variables);
                if (made instanceof String said && !said.isBlank() && !said.contains("\n")) {
                    return said;
                }
            } catch (Expressions.Unusable unusable) {
                // Then the plain message says it.
                return shown(rule, text);
            }
        }
        return shown(rule, text);
    }

    private static String shown(JsonNode rule, String text) {
        String message = rule.path("message").asText().strip();
        return message.isEmpty() ? "failed rule: " + text.replace('\n', ' ') : message;
    }

    private static Cause failed(JsonNode rule, String message, Schema schema, String path) {
        String at = path + rule.path("fieldPath").asText();
        String field = at.startsWith(".") ? at.substring(1) : at;
        return switch (rule.path("reason").asText()) {
            case "FieldValueRequired" ->
                    new Cause("FieldValueRequired", "Required value: " + message, field);
            case "FieldValueForbidden" ->
                    new Cause("FieldValueForbidden", "Forbidden: " + message, field);
            case "FieldValueDuplicate" -> new Cause("FieldValueDuplicate",
                    "Duplicate value: \"" + kind(schema) + "\"", field);
            default -> new Cause("FieldValueInvalid",
                    "Invalid value: \"" + kind(schema) + "\": " + message, field);
        };
    }

    private static String kind(Schema schema) {
        return schema.type().isEmpty() ? "object" : schema.type();
    }
}
