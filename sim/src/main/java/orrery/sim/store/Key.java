package orrery.sim.store;

import java.util.Comparator;

/// Where an object stands in its cluster.
///
/// @param type `plural.group`, or the plural alone in the core group
/// @param namespace empty for cluster-wide objects
public record Key(String type, String namespace, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER = Comparator.comparing(Key::type)
            .thenComparing(Key::namespace).thenComparing(Key::name);

    @Override
    public int compareTo(Key other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return type + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
