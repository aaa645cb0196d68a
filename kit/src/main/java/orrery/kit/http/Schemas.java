package orrery.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// JSON Schemas (2020-12) of the records that routes read and write, collected under their names.
final class Schemas {
    private final Map<String, Object> named = new TreeMap<>();
    private final Map<String, Class<?>> types = new TreeMap<>();
    private final Map<Use, String> names = new HashMap<>();
    private final Visibility visibility;

    private record Use(Class<?> type, boolean reads) {}

    Schemas(Visibility visibility) {
        this.visibility = visibility;
    }

    /// The schemas of all records met so far, by name.
    Map<String, Object> named() {
        return named;
    }

    /// @param reads whether it is a body: then only what is not nullable is required
    Map<String, Object> of(AnnotatedType annotated, boolean reads) {
        var type = annotated.getType();
        if (annotated instanceof AnnotatedParameterizedType parameterized) {
            var raw = (Class<?>) ((ParameterizedType) type).getRawType();
            var arguments = parameterized.getAnnotatedActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                return pairs("type", "array", "items", of(arguments[0], reads));
            }
            if (Map.class.isAssignableFrom(raw)) {
                return pairs("type", "object",
                        "additionalProperties", of(arguments[1], reads));
            }
            var inner = of(arguments[0], reads);
            return raw == Patch.class ? change(inner) : inner;
        }
        return type instanceof Class<?> c ? of(c, reads) : Map.of();
    }

    /// A field of a body that is none of its record's.
    void add(Class<?> type, String field, Map<String, Object> schema) {
        var name = names.getOrDefault(new Use(type, true), "");
        if (named.get(name) instanceof Map<?, ?> object
                && object.get("properties") instanceof Map<?, ?> properties) {
            var more = new LinkedHashMap<String, Object>();
            properties.forEach((key, known) -> more.put((String) key, known));
            more.put(field, schema);
            var copy = new LinkedHashMap<String, Object>();
            object.forEach((key, known) -> copy.put((String) key, known));
            copy.put("properties", more);
            named.put(name, copy);
        }
    }

    /// In a change, `null` takes an entry of a map away.
    @SuppressWarnings("unchecked")
    private static Map<String, Object> change(Map<String, Object> schema) {
        return schema.get("additionalProperties") instanceof Map<?, ?> entry
                ? pairs("type", "object", "additionalProperties",
                        nullable((Map<String, Object>) entry)) : schema;
    }

    Map<String, Object> of(Class<?> type, boolean reads) {
        if (type.isRecord()) {
            return reference(type, reads);
        }
        if (type.isEnum()) {
            return pairs("type", "string", "enum", Arrays.stream(type.getEnumConstants())
                    .map(c -> Json.shared().convertValue(c, String.class)).toList());
        }
        if (type.isSealed()) {
            return pairs("oneOf", Arrays.stream(type.getPermittedSubclasses())
                    .map(c -> of(c, reads)).toList());
        }
        return scalar(type);
    }

    private static Map<String, Object> scalar(Type type) {
        if (type == String.class || type == Duration.class) {
            return pairs("type", "string");
        } else if (type == int.class || type == Integer.class) {
            return pairs("type", "integer", "format", "int32");
        } else if (type == long.class || type == Long.class) {
            return pairs("type", "integer", "format", "int64");
        } else if (type == double.class || type == Double.class || type == BigDecimal.class) {
            return pairs("type", "number");
        } else if (type == boolean.class || type == Boolean.class) {
            return pairs("type", "boolean");
        } else if (type == Instant.class) {
            return pairs("type", "string", "format", "date-time");
        } else if (type == URI.class) {
            return pairs("type", "string", "format", "uri");
        } else if (type == InputStream.class) {
            return pairs("type", "string", "format", "binary");
        } else if (type instanceof Class<?> c && JsonNode.class.isAssignableFrom(c)) {
            return c.getSimpleName().startsWith("Array")
                    ? pairs("type", "array", "items", Map.of()) : pairs("type", "object");
        }
        return Map.of();
    }

    private Map<String, Object> reference(Class<?> type, boolean reads) {
        var use = new Use(type, reads);
        if (!names.containsKey(use)) {
            var name = name(type);
            var other = types.putIfAbsent(name, type);
            if (other != null && other != type) {
                throw new IllegalStateException("two records are called " + name + ": "
                        + other.getName() + " and " + type.getName());
            }
            name(use, other == null ? name : name + (reads ? "Input" : "Output"));
        }
        return pairs("$ref", "#/components/schemas/" + names.get(use));
    }

    /// A record that is both read and shown has two schemas where some of its fields may be left
    /// out when it is read.
    private void name(Use use, String name) {
        names.put(use, name);
        // Taken before its fields are read: a record may hold its like.
        named.put(name, Map.of());
        var object = object(use.type(), use.reads());
        var otherwise = names.get(new Use(use.type(), !use.reads()));
        if (otherwise != null && object.equals(named.get(otherwise))) {
            named.remove(name);
            names.put(use, otherwise);
        } else {
            named.put(name, object);
        }
    }

    private Map<String, Object> object(Class<?> type, boolean reads) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var part : Shape.of(type).parts()) {
            if (part.isInternal() && visibility == Visibility.PUBLIC) {
                continue;
            }
            var isNullable = part.isNullable() || part.raw() == Patch.class;
            var schema = of(part.type(), reads);
            properties.put(part.field(), isNullable ? nullable(schema) : schema);
            if (!reads || !isNullable) {
                required.add(part.field());
            }
        }
        var out = new LinkedHashMap<String, Object>();
        out.put("type", "object");
        out.put("properties", properties);
        if (!required.isEmpty()) {
            out.put("required", required);
        }
        return out;
    }

    private static Map<String, Object> nullable(Map<String, Object> schema) {
        if (schema.isEmpty()) {
            return schema;
        }
        if (schema.get("type") instanceof String type && !schema.containsKey("enum")) {
            var both = new LinkedHashMap<>(schema);
            both.put("type", List.of(type, "null"));
            return both;
        }
        return pairs("anyOf", List.of(schema, pairs("type", "null")));
    }

    /// `ClustersApi.View` is a `ClustersView`, as the family's documents alone need not tell more.
    static String name(Class<?> type) {
        var outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName()
                : name(outer).replaceFirst("(Cloud|Studio|Workspace)?Api$", "")
                        + type.getSimpleName();
    }

    /// In the order said: `Map.of` has another in every process.
    private static Map<String, Object> pairs(Object... pairs) {
        var out = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put((String) pairs[i], pairs[i + 1]);
        }
        return out;
    }
}
