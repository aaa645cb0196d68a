package orrery.kit.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A field of a PATCH body (JSON Merge Patch, RFC 7396): absent, cleared with `null`, or a value.
///
/// ```java
/// record Change(Patch<String> displayName, Patch<Integer> nodeCount) {}
/// var name = change.displayName().or(cluster.displayName());
/// ```
public sealed interface Patch<T> {
    record Absent<T>() implements Patch<T> {}

    record Clear<T>() implements Patch<T> {}

    /// @param value `null` only where a mistake was found, in a body that is then refused
    record Value<T>(@Nullable T value) implements Patch<T> {}

    static <T> Patch<T> absent() {
        return new Absent<>();
    }

    static <T> Patch<T> clear() {
        return new Clear<>();
    }

    static <T> Patch<T> of(@Nullable T value) {
        return new Value<>(value);
    }

    default boolean isAbsent() {
        return this instanceof Absent<T>;
    }

    /// The new value of the field: `old` when the patch does not speak of it, `null` when cleared.
    /// A map's entries are those of `old` with what is said of each: a value, or `null` to take it
    /// away.
    @SuppressWarnings("unchecked")
    default @Nullable T or(@Nullable T old) {
        return switch (this) {
            case Absent<T> _ -> old;
            case Clear<T> _ -> null;
            case Value<T> given -> given.value() instanceof Map<?, ?> entries
                    ? (T) merged((Map<?, ?>) old, entries) : given.value();
        };
    }

    private static Map<?, ?> merged(@Nullable Map<?, ?> old, Map<?, ?> said) {
        var all = new LinkedHashMap<Object, Object>(old == null ? Map.of() : old);
        said.forEach((key, value) -> {
            if (value == null) {
                all.remove(key);
            } else {
                all.put(key, value);
            }
        });
        return Collections.unmodifiableMap(all);
    }
}
