package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The objects of one cluster in order of type, namespace and name, and an index by owner.
/// Guarded by the cluster's lock.
final class Objects {
    private final TreeMap<Key, Item> items = new TreeMap<>();
    private final Map<String, Set<Key>> owned = new HashMap<>();
    private volatile long bytes;

    Optional<Item> get(Key key) {
        return Optional.ofNullable(items.get(key));
    }

    /// @param namespace empty for all
    /// @param after null from the start
    Collection<Item> range(String type, String namespace, Key after) {
        Key from = after == null ? new Key(type, namespace, "") : after;
        Key to = namespace.isEmpty()
                ? new Key(type + "\0", "", "") : new Key(type, namespace + "\0", "");
        return items.subMap(from, after == null, to, false).values();
    }

    Collection<Item> all() {
        return items.values();
    }

    List<Item> dependents(String uid) {
        return owned.getOrDefault(uid, Set.of()).stream().map(items::get).toList();
    }

    /// About how much memory they take, without what all clusters share.
    long bytes() {
        return bytes;
    }

    void put(Item old, Item now) {
        Item before = items.put(now.key(), now);
        bytes += now.bytes() - (before == null ? 0 : before.bytes());
        if (old != null) {
            unindex(old);
        }
        for (JsonNode owner : owners(now)) {
            owned.computeIfAbsent(owner.path("uid").asText(), u -> new TreeSet<>())
                    .add(now.key());
        }
    }

    void remove(Item old) {
        Item before = items.remove(old.key());
        bytes -= before == null ? 0 : before.bytes();
        unindex(old);
    }

    private void unindex(Item old) {
        for (JsonNode owner : owners(old)) {
            owned.computeIfPresent(owner.path("uid").asText(), (uid, keys) -> {
                keys.remove(old.key());
                return keys.isEmpty() ? null : keys;
            });
        }
    }

    private static JsonNode owners(Item item) {
        return item.tree().path("metadata").path("ownerReferences");
    }
}
