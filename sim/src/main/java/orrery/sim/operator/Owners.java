package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.type.Json;

/// Who controls whom (`metadata.ownerReferences` with `controller: true`).
public final class Owners {
    private Owners() {}

    /// The reference that controls this object, if any.
    public static Optional<JsonNode> controller(JsonNode object) {
        for (var owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return Optional.of(owner);
            }
        }
        return Optional.empty();
    }

    /// Makes `owner` the controller of a new object in the same namespace.
    public static void own(Item owner, ObjectNode object) {
        Json.child(object, "metadata").put("namespace", owner.namespace())
                .putArray("ownerReferences").addObject()
                .put("apiVersion", owner.tree().path("apiVersion").asText())
                .put("kind", owner.tree().path("kind").asText())
                .put("name", owner.name())
                .put("uid", owner.uid())
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    /// What `owner` controls among the objects of a type.
    public static List<Item> controlled(Cluster cluster, Item owner, String type) {
        return cluster.dependents(owner.uid()).stream()
                .filter(item -> item.type().equals(type))
                .filter(item -> item.controller().equals(owner.uid()))
                .toList();
    }

    /// Looks at the object itself, or at the one of that kind that controls the changed one.
    public static void noticed(Change change, String type, String kind, Consumer<Key> look) {
        var item = change.item();
        if (item.type().equals(type)) {
            look.accept(item.key());
            return;
        }
        controller(item.tree())
                .filter(owner -> owner.path("kind").asText().equals(kind))
                .ifPresent(owner -> look.accept(
                        new Key(type, item.namespace(), owner.path("name").asText())));
    }
}
