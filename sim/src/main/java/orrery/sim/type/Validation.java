package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import orrery.sim.type.Refusal.Cause;

/// Checks a value against a schema (OpenAPI v3 as CRDs may use it) and names every mistake.
public final class Validation {
    private static final int MAX_CAUSES = 50;
    private static final int MAX_MATCHED = 64 << 10;
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
    /// Published as required, but read as empty when absent.
    private static final Set<String> FORGIVEN = Set.of(
            "io.k8s.api.apps.v1.StatefulSetSpec.serviceName",
            "io.k8s.api.rbac.v1.RoleRef.apiGroup");

    private final List<Cause> causes = new ArrayList<>();
    private boolean skipStatus;

    private Validation() {}

    /// All mistakes of an object. The status of a built-in type is not looked into: its
    /// writers are trusted, and the published schemas ask more of it than Kubernetes does.
    public static List<Cause> check(JsonNode object, Schema schema) {
        Validation validation = new Validation();
        validation.skipStatus = !schema.custom();
        validation.value(object, schema, "");
        return validation.causes;
    }

    private void value(JsonNode value, Schema schema, String path) {
        if (causes.size() >= MAX_CAUSES || skipStatus && path.equals("status")) {
            return;
        }
        if (value.isNull() && (schema.nullable() || schema.type().isEmpty())) {
            return;
        }
        if (!typed(value, schema, path)) {
            return;
        }
        if (value.isObject()) {
            object(value, schema, path);
        } else if (value.isArray()) {
            array(value, schema, path);
        } else {
            scalar(value, schema, path);
        }
        choices(value, schema, path);
    }

    private boolean typed(JsonNode value, Schema schema, String path) {
        boolean good = switch (schema.type()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber()
                    || value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            default -> !schema.intOrString() || value.isIntegralNumber() || value.isTextual()
                    || schema.name().endsWith("Quantity") && value.isNumber();
        };
        if (!good) {
            String wanted = schema.intOrString() ? "integer,string" : schema.type();
            cause("FieldValueTypeInvalid", "Invalid value: \"%s\": %s in body must be of type"
                    .formatted(kindOf(value), path) + " %s: \"%s\"".formatted(
                            wanted, kindOf(value)), path);
        }
        return good;
    }

    private void object(JsonNode value, Schema schema, String path) {
        for (String field : schema.required()) {
            if (!value.has(field) && !FORGIVEN.contains(schema.name() + "." + field)) {
                cause("FieldValueRequired", "Required value", join(path, field));
            }
        }
        bound(value.size(), schema, "minProperties", "maxProperties", "properties", path);
        value.properties().forEach(field -> {
            Schema child = schema.field(field.getKey());
            if (child != null) {
                value(field.getValue(), child, join(path, field.getKey()));
            }
        });
    }

    private void array(JsonNode value, Schema schema, String path) {
        bound(value.size(), schema, "minItems", "maxItems", "items", path);
        for (int i = 0; i < value.size(); i++) {
            value(value.get(i), schema.items(), path + "[" + i + "]");
        }
        boolean unique = schema.raw().path("uniqueItems").asBoolean()
                || schema.custom() && schema.listType() != Schema.ListType.ATOMIC;
        if (unique) {
            duplicates(value, schema, path);
        }
    }

    private void duplicates(JsonNode value, Schema schema, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            String identity = item.toString();
            if (schema.listType() == Schema.ListType.MAP) {
                StringBuilder keys = new StringBuilder();
                schema.listKeys().forEach(key -> keys.append(item.path(key)).append(' '));
                identity = keys.toString();
            }
            if (!seen.add(identity)) {
                cause("FieldValueDuplicate", "Duplicate value: " + identity.strip(),
                        path + "[" + i + "]");
            }
        }
    }

    private void scalar(JsonNode value, Schema schema, String path) {
        JsonNode raw = schema.raw();
        if (value.isTextual()) {
            String text = value.asText();
            bound(text.codePointCount(0, text.length()), schema, "minLength", "maxLength",
                    "characters", path);
            pattern(text, raw.path("pattern").asText(), path);
        } else if (value.isNumber()) {
            range(value.decimalValue(), raw, path);
        }
    }

    private void pattern(String text, String pattern, String path) {
        if (pattern.isEmpty() || text.length() > MAX_MATCHED) {
            return;
        }
        try {
            Pattern compiled = PATTERNS.computeIfAbsent(pattern, Pattern::compile);
            if (!compiled.matcher(new Budgeted(text)).find()) {
                cause("FieldValueInvalid", "Invalid value: \"%s\": %s in body should match '%s'"
                        .formatted(text, path, pattern), path);
            }
        } catch (PatternSyntaxException | StackOverflowError e) {
            cause("FieldValueInvalid", "the schema's pattern cannot be used: " + pattern, path);
        }
    }

    /// A text that can be looked at so often and no more: Java's patterns backtrack, and a
    /// hostile pair of pattern and value would otherwise run for hours.
    private static final class Budgeted implements CharSequence {
        private static final int MAX_LOOKS = 5_000_000;
        private final String text;
        private int looks;

        Budgeted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks > MAX_LOOKS) {
                throw Refusal.plain(422, "Invalid", "a pattern of the schema takes too long on"
                        + " the value \"" + text.substring(0, Math.min(40, text.length())) + "…\"");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }
    }

    private void range(BigDecimal number, JsonNode raw, String path) {
        if (raw.has("minimum")) {
            int order = number.compareTo(raw.get("minimum").decimalValue());
            if (order < 0 || order == 0 && raw.path("exclusiveMinimum").asBoolean()) {
                cause("FieldValueInvalid", "Invalid value: %s: %s in body should be greater than"
                        .formatted(number, path) + " or equal to " + raw.get("minimum"), path);
            }
        }
        if (raw.has("maximum")) {
            int order = number.compareTo(raw.get("maximum").decimalValue());
            if (order > 0 || order == 0 && raw.path("exclusiveMaximum").asBoolean()) {
                cause("FieldValueInvalid", "Invalid value: %s: %s in body should be less than"
                        .formatted(number, path) + " or equal to " + raw.get("maximum"), path);
            }
        }
        if (raw.has("multipleOf") && number.remainder(
                raw.get("multipleOf").decimalValue()).signum() != 0) {
            cause("FieldValueInvalid", "Invalid value: %s: %s in body should be a multiple of %s"
                    .formatted(number, path, raw.get("multipleOf")), path);
        }
    }

    private void bound(
            int size, Schema schema, String least, String most, String unit, String path) {
        JsonNode raw = schema.raw();
        if (raw.has(least) && size < raw.get(least).asInt()) {
            cause("FieldValueInvalid", "Invalid value: %s in body should have at least %d %s"
                    .formatted(path, raw.get(least).asInt(), unit), path);
        }
        if (raw.has(most) && size > raw.get(most).asInt()) {
            cause("FieldValueTooLong", "Too long: %s in body may have at most %d %s"
                    .formatted(path, raw.get(most).asInt(), unit), path);
        }
    }

    /// `enum`, `allOf`, `anyOf`, `oneOf` and `not`.
    private void choices(JsonNode value, Schema schema, String path) {
        JsonNode raw = schema.raw();
        if (raw.has("enum")) {
            List<String> allowed = new ArrayList<>();
            for (JsonNode one : raw.get("enum")) {
                if (Json.same(one, value)) {
                    allowed.clear();
                    break;
                }
                allowed.add(one.toString());
            }
            if (!allowed.isEmpty()) {
                cause("FieldValueNotSupported", "Unsupported value: %s: supported values: %s"
                        .formatted(value, String.join(", ", allowed)), path);
            }
        }
        for (JsonNode all : raw.path("allOf")) {
            value(value, schema.inner(all), path);
        }
        int any = matches(value, schema, raw.path("anyOf"), path);
        if (raw.has("anyOf") && any == 0 && !schema.intOrString()) {
            cause("FieldValueInvalid", "%s in body must validate at least one schema (anyOf)"
                    .formatted(path), path);
        }
        if (raw.has("oneOf") && matches(value, schema, raw.path("oneOf"), path) != 1) {
            cause("FieldValueInvalid", "%s in body must validate one and only one schema (oneOf)"
                    .formatted(path), path);
        }
        if (raw.path("not").isObject() && passes(value, schema.inner(raw.get("not")), path)) {
            cause("FieldValueInvalid", "%s in body must not validate the schema (not)"
                    .formatted(path), path);
        }
    }

    private static int matches(JsonNode value, Schema schema, JsonNode choices, String path) {
        int count = 0;
        for (JsonNode choice : choices) {
            count += passes(value, schema.inner(choice), path) ? 1 : 0;
        }
        return count;
    }

    private static boolean passes(JsonNode value, Schema schema, String path) {
        Validation trial = new Validation();
        trial.value(value, schema, path);
        return trial.causes.isEmpty();
    }

    private void cause(String reason, String message, String path) {
        causes.add(new Cause(reason, message, path));
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String kindOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "null";
        };
    }
}
