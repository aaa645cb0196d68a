package orrery.kit.http;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param next asks for the following page; `null` on the last one and in offset mode
/// @param total matching items that the caller may see; `null` in cursor mode
public record Page<T>(
        List<T> items, PageAsk ask, @Nullable String next, @Nullable Long total) {

    public Page {
        items = List.copyOf(items);
    }

    public <V> Page<V> map(Function<? super T, ? extends V> view) {
        return new Page<>(items.stream().<V>map(view).toList(), ask, next, total);
    }
}
