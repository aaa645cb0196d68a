package orrery.kit.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The query parameters of a request, decoded, with all values of a repeated one.
public record Query(Map<String, List<String>> parameters) {

    /// The first value, or `null` when the parameter is absent.
    public @Nullable String first(String name) {
        var values = parameters.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    public boolean has(String name) {
        return parameters.containsKey(name);
    }
}
