package orrery.kit.http;

import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.util.RawValue;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// Views of rows that are shown again and again: the same row has the same view, and its JSON is
/// written once. They go when the row does.
///
/// @param <R> what tables give, the same object for as long as the row is the same
/// @param <V> what is shown of it: nothing but what the row says, to whomever
public final class Views<R, V> {
    private static final Cache<Object, AtomicReference<RawValue>> WRITTEN =
            Caffeine.newBuilder().weakKeys().build();

    private final Cache<R, V> views = Caffeine.newBuilder().weakKeys().build();
    private final Function<R, V> view;

    public Views(Function<R, V> view) {
        this.view = view;
    }

    /// What is shown of a row.
    public V of(R row) {
        return views.get(row, it -> {
            var made = view.apply(it);
            WRITTEN.put(made, new AtomicReference<>());
            return made;
        });
    }

    /// The JSON of a view that is kept here, for a body that it is a part of; else the object as
    /// it is.
    public static Object written(Object view) {
        var kept = WRITTEN.getIfPresent(view);
        if (kept == null) {
            return view;
        }
        var json = kept.get();
        if (json == null) {
            json = new RawValue(new SerializedString(Json.text(view)));
            kept.set(json);
        }
        return json;
    }
}
