package orrery.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
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
        var shape = Shape.of(type);
        var arguments = new Object[shape.parts().size()];
        var seen = new HashSet<String>();
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = component(shape.parts().get(i), node, path, seen);
        }
        if (strict) {
            node.propertyStream().map(Map.Entry::getKey)
                    .filter(name -> !seen.contains(name))
                    .limit(MOST_UNKNOWN)
                    .forEach(name -> mistake(path + name, "is not a field here"
                            + nearest(name, shape)));
        }
        return construct(shape, arguments, path);
    }

    private @Nullable Object component(
            Shape.Part part, JsonNode node, String path, Set<String> seen) {
        seen.add(part.field());
        var value = node.get(part.field());
        for (var other : part.aliases()) {
            seen.add(other);
            value = value == null ? node.get(other) : value;
        }
        var at = path + part.field();
        if (part.raw() == Patch.class) {
            return patch(part.type(), value, at);
        }
        if (value == null || value.isNull()) {
            if (!part.isNullable()) {
                mistake(at, "is required");
            }
            return zero(part.raw());
        }
        var bound = Values.bind(this, part.type(), value, at);
        if (part.isFuture() && bound instanceof Instant time && !time.isAfter(now)) {
            mistake(at, "must be in the future");
        }
        return bound == null ? zero(part.raw()) : bound;
    }

    private Patch<?> patch(AnnotatedType type, @Nullable JsonNode value, String at) {
        var inner = Values.argument(type, 0);
        if (value == null) {
            return Patch.absent();
        }
        return value.isNull() ? Patch.clear()
                : Patch.of(Values.bindChange(this, inner, value, at));
    }

    private @Nullable Object construct(Shape shape, Object[] arguments, String path) {
        try {
            return shape.constructor().newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Problem.Failure refusal
                    && refusal.problem() instanceof Problem.Invalid invalid) {
                var names = new HashMap<String, String>();
                shape.parts().forEach(part -> names.put(part.name(), part.field()));
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
            throw new IllegalStateException("cannot make a " + shape.constructor().getName(), e);
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

    private static String nearest(String name, Shape shape) {
        return shape.parts().stream().map(Shape.Part::field)
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
