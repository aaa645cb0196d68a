package orrery.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Binds one JSON value to the type that a record component has.
final class Values {
    private static final int MOST_ITEMS = 10_000;

    private Values() {}

    /// The value, or `null` after a mistake was noted.
    static @Nullable Object bind(Binder to, AnnotatedType annotated, JsonNode node, String at) {
        var type = raw(annotated);
        if (JsonNode.class.isAssignableFrom(type)) {
            return type.isInstance(node) ? node : to.mistake(at, "must be " + kind(type));
        }
        if (type.isRecord()) {
            return node.isObject() ? to.bind(type, node, at + ".")
                    : to.mistake(at, "must be an object");
        }
        if (List.class == type || Set.class == type) {
            return items(to, type, argument(annotated, 0), node, at);
        }
        if (Map.class == type) {
            return entries(to, argument(annotated, 1), node, at, false);
        }
        return scalar(to, type, node, at);
    }

    /// As [#bind], of what is to be changed: a `null` takes an entry of a map away.
    static @Nullable Object bindChange(
            Binder to, AnnotatedType annotated, JsonNode node, String at) {
        return raw(annotated) == Map.class
                ? entries(to, argument(annotated, 1), node, at, true)
                : bind(to, annotated, node, at);
    }

    private static @Nullable Object scalar(Binder to, Class<?> type, JsonNode node, String at) {
        if (type.isEnum()) {
            return constant(to, type, node, at);
        }
        return switch (type.getName()) {
            case "java.lang.String" ->
                node.isTextual() ? node.textValue() : to.mistake(at, "must be a string");
            case "int", "java.lang.Integer" ->
                node.isIntegralNumber() && node.canConvertToInt() ? (Object) node.intValue()
                        : to.mistake(at, "must be a whole number" + quoted(node));
            case "long", "java.lang.Long" ->
                node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue()
                        : to.mistake(at, "must be a whole number" + quoted(node));
            case "double", "java.lang.Double" ->
                node.isNumber() ? (Object) node.doubleValue()
                        : to.mistake(at, "must be a number" + quoted(node));
            case "java.math.BigDecimal" -> decimal(to, node, at);
            case "boolean", "java.lang.Boolean" ->
                node.isBoolean() ? (Object) node.booleanValue()
                        : to.mistake(at, "must be true or false" + quoted(node));
            case "java.time.Instant" -> instant(to, node, at);
            case "java.net.URI" -> uri(to, node, at);
            case "java.lang.Object" -> Json.shared().convertValue(node, Object.class);
            default -> throw new IllegalStateException("bodies cannot hold a " + type.getName());
        };
    }

    private static @Nullable Object decimal(Binder to, JsonNode node, String at) {
        if (!node.isNumber()) {
            return to.mistake(at, "must be a number" + quoted(node));
        }
        BigDecimal value = node.decimalValue();
        // 1e999999999 is short to send and long to print.
        return Math.abs(value.scale()) <= 100 ? value : to.mistake(at, "is out of range");
    }

    private static @Nullable Object instant(Binder to, JsonNode node, String at) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant()
                    : to.mistake(at, "must be a time such as \"2026-03-24T12:00:00Z\"");
        } catch (DateTimeException e) {
            return to.mistake(at,
                    "must be a time with an offset, such as \"2026-03-24T12:00:00Z\"");
        }
    }

    private static @Nullable Object uri(Binder to, JsonNode node, String at) {
        try {
            return node.isTextual() ? URI.create(node.textValue())
                    : to.mistake(at, "must be an address in a string");
        } catch (IllegalArgumentException e) {
            return to.mistake(at, "must be an address such as \"https://example.com/\"");
        }
    }

    private static @Nullable Object constant(
            Binder to, Class<?> type, JsonNode node, String at) {
        var names = Arrays.stream(type.getEnumConstants())
                .map(c -> Json.shared().convertValue(c, String.class)).toList();
        var index = node.isTextual() ? names.indexOf(node.textValue()) : -1;
        return index >= 0 ? type.getEnumConstants()[index]
                : to.mistake(at, "must be one of " + String.join(", ", names));
    }

    private static @Nullable Object items(
            Binder to, Class<?> type, AnnotatedType item, JsonNode node, String at) {
        if (!node.isArray()) {
            return to.mistake(at, "must be an array");
        }
        if (node.size() > MOST_ITEMS) {
            return to.mistake(at, "must have at most " + MOST_ITEMS + " items");
        }
        var out = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            var value = element(to, item, node.get(i), at + "[" + i + "]");
            if (value != null) {
                out.add(value);
            }
        }
        return type == List.class ? List.copyOf(out)
                : Collections.unmodifiableSet(new LinkedHashSet<>(out));
    }

    private static @Nullable Object entries(
            Binder to, AnnotatedType item, JsonNode node, String at, boolean mayBeNull) {
        if (!node.isObject()) {
            return to.mistake(at, "must be an object");
        }
        if (node.size() > MOST_ITEMS) {
            return to.mistake(at, "must have at most " + MOST_ITEMS + " entries");
        }
        var out = new LinkedHashMap<String, Object>();
        node.propertyStream().forEach(entry -> {
            boolean isGone = mayBeNull && entry.getValue().isNull();
            var value = isGone ? null
                    : element(to, item, entry.getValue(), at + "." + entry.getKey());
            if (value != null || isGone) {
                out.put(entry.getKey(), value);
            }
        });
        return Collections.unmodifiableMap(out);
    }

    private static @Nullable Object element(
            Binder to, AnnotatedType type, JsonNode node, String at) {
        return node.isNull() ? to.mistake(at, "must not be null") : bind(to, type, node, at);
    }

    static AnnotatedType argument(AnnotatedType type, int index) {
        if (type instanceof AnnotatedParameterizedType parameterized) {
            return parameterized.getAnnotatedActualTypeArguments()[index];
        }
        throw new IllegalStateException("say what is in it: " + type);
    }

    private static Class<?> raw(AnnotatedType type) {
        return switch (type.getType()) {
            case Class<?> c -> c;
            case ParameterizedType p -> (Class<?>) p.getRawType();
            default -> throw new IllegalStateException("bodies cannot hold a " + type);
        };
    }

    private static String kind(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT).contains("array")
                ? "an array" : "an object";
    }

    private static String quoted(JsonNode node) {
        return node.isTextual() ? ", without quotes" : "";
    }

}
