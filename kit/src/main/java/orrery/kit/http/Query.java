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

    /// All values, where `a,b` are two, as in the filters of lists; empty when the parameter is
    /// absent.
    ///
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.BadQuery] for too many
    public List<String> values(String name) {
        return Filters.values(name, parameters.getOrDefault(name, List.of()));
    }

    public boolean has(String name) {
        return parameters.containsKey(name);
    }
}
