package orrery.kit.http;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Binds a JSON tree to a record, noting every mistake instead of stopping at the first: fields
/// that are missing, unknown or of the wrong type, and what the records' own constructors refuse.
///
/// A component is required unless it is [Nullable] or a [Patch]. Nothing is converted: a number in
/// quotes is a mistake.
final class Binder {
    private static final int MOST_UNKNOWN = 20;

    private final boolean strict;
    private final Instant now;
    private final Mistakes mistakes;
    private final Set<String> wrong = new HashSet<>();

    Binder(boolean strict, Instant now, Mistakes mistakes) {
        this.strict = strict;
        this.now = now;
        this.mistakes = mistakes;
    }

    /// The record, or `null` when mistakes were noted that leave none.
    @Nullable Object bind(Class<?> type, JsonNode node, String path) {
        if (!node.isObject()) {
            return mistake(path.isEmpty() ? "body" : path, "must be an object");
        }
        var components = type.getRecordComponents();
        var arguments = new Object[components.length];
        var seen = new HashSet<String>();
        for (int i = 0; i < components.length; i++) {
            arguments[i] = component(components[i], node, path, seen);
        }
        if (strict) {
            node.propertyStream().map(Map.Entry::getKey)
                    .filter(name -> !seen.contains(name))
                    .limit(MOST_UNKNOWN)
                    .forEach(name -> mistake(path + name, "is not a field here"
                            + nearest(name, components)));
        }
        return construct(type, components, arguments, path);
    }

    private @Nullable Object component(
            RecordComponent component, JsonNode node, String path, Set<String> seen) {
        var name = name(component);
        seen.add(name);
        var value = node.get(name);
        var alias = component.getAccessor().getAnnotation(JsonAlias.class);
        if (alias != null) {
            for (var other : alias.value()) {
                seen.add(other);
                value = value == null ? node.get(other) : value;
            }
        }
        var at = path + name;
        var type = component.getAnnotatedType();
        if (component.getType() == Patch.class) {
            return patch(type, value, at);
        }
        if (value == null || value.isNull()) {
            if (!isNullable(type)) {
                mistake(at, "is required");
            }
            return zero(component.getType());
        }
        var bound = Values.bind(this, type, value, at);
        if (type.isAnnotationPresent(Future.class) && bound instanceof Instant time
                && !time.isAfter(now)) {
            mistake(at, "must be in the future");
        }
        return bound == null ? zero(component.getType()) : bound;
    }

    private Patch<?> patch(AnnotatedType type, @Nullable JsonNode value, String at) {
        var inner = Values.argument(type, 0);
        if (value == null) {
            return Patch.absent();
        }
        return value.isNull() ? Patch.clear() : Patch.of(Values.bind(this, inner, value, at));
    }

    private @Nullable Object construct(
            Class<?> type, RecordComponent[] components, Object[] arguments, String path) {
        try {
            return constructor(type, components).newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Problem.Failure refusal
                    && refusal.problem() instanceof Problem.Invalid invalid) {
                var names = new HashMap<String, String>();
                Arrays.stream(components).forEach(c -> names.put(c.getName(), name(c)));
                for (var found : invalid.mistakes()) {
                    var field = path + renamed(found.field(), names);
                    if (!wrong.contains(field)) {
                        mistake(field, found.message());
                    }
                }
                return null;
            }
            if (mistakes.none() && e.getCause() instanceof RuntimeException bug) {
                throw bug;
            }
            // It was given nothing for a field that is already named as wrong.
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    /// A constructor names components as Java does; the caller knows them as they are written.
    private static String renamed(String field, Map<String, String> names) {
        int end = 0;
        while (end < field.length() && field.charAt(end) != '.' && field.charAt(end) != '[') {
            end++;
        }
        var head = field.substring(0, end);
        return names.getOrDefault(head, head) + field.substring(end);
    }

    @Nullable Object mistake(String field, String message) {
        wrong.add(field);
        mistakes.add(field, message);
        return null;
    }

    private static Constructor<?> constructor(Class<?> type, RecordComponent[] components)
            throws NoSuchMethodException {
        var constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        return constructor;
    }

    static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    static String name(RecordComponent component) {
        var said = component.getAccessor().getAnnotation(JsonProperty.class);
        if (said != null && !said.value().isEmpty()) {
            return said.value();
        }
        var naming = component.getDeclaringRecord().getAnnotation(JsonNaming.class);
        if (naming != null && naming.value() == PropertyNamingStrategies.SnakeCaseStrategy.class) {
            return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE
                    .translate(component.getName());
        }
        return component.getName();
    }

    private static String nearest(String name, RecordComponent[] components) {
        return Arrays.stream(components).map(Binder::name)
                .filter(known -> known.replace("_", "").equalsIgnoreCase(name.replace("_", "")))
                .findFirst().map(known -> "; did you mean " + known + "?")
                .orElse("");
    }

    private static @Nullable Object zero(Class<?> type) {
        return switch (type.getName()) {
            case "int" -> 0;
            case "long" -> 0L;
            case "double" -> 0.0;
            case "boolean" -> false;
            default -> null;
        };
    }
}
