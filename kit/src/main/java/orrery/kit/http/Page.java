package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param next asks for the following page; `null` on the last one and in offset mode
/// @param total matching items that the caller may see; `null` in cursor mode
public record Page<T>(
        List<T> items, PageAsk ask, @Nullable String next, @Nullable Long total) {

    /// What a list can be asked ([Questions]), for its document: stands on the handler and names
    /// the class whose [Listing] answers, or one with a method that bears this, too.
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    public @interface Of {
        Class<?> value();

        /// What is listed, where that class has lists of several things.
        Class<?> items() default Void.class;
    }

    public Page {
        items = List.copyOf(items);
    }

    public <V> Page<V> map(Function<? super T, ? extends V> view) {
        return new Page<>(items.stream().<V>map(view).toList(), ask, next, total);
    }
}
