package orrery.sim.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orrery.sim.kind.CustomTypes;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Empties what is being deleted and holds other objects: a namespace and what is in it, a CRD
/// and the objects of its type. The holder goes when nothing is left in it.
public final class Emptying implements Operator {
    private static final String NAMESPACES = "namespaces";

    @Override
    public String name() {
        return "emptying";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        Item item = change.item();
        boolean holder = item.type().equals(NAMESPACES)
                || item.type().equals(CustomTypes.DEFINITIONS);
        if (holder && !change.removed() && Pods.going(item)) {
            look.accept(item.key());
        } else if (change.removed()) {
            holders(item).forEach(key -> cluster
                    .get(key.type(), key.namespace(), key.name())
                    .filter(Pods::going).ifPresent(going -> look.accept(key)));
        }
    }

    private static List<Key> holders(Item item) {
        Key definition = new Key(CustomTypes.DEFINITIONS, "", item.type());
        return item.namespace().isEmpty() ? List.of(definition)
                : List.of(definition, new Key(NAMESPACES, "", item.namespace()));
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        Optional<Item> holder = cluster.get(key.type(), key.namespace(), key.name());
        if (holder.isEmpty() || !Pods.going(holder.get())) {
            return Optional.empty();
        }
        boolean namespace = key.type().equals(NAMESPACES);
        Refusal denied = null;
        for (var item : content(cluster, key, namespace)) {
            if (!Pods.going(item)) {
                denied = delete(cluster, item).orElse(denied);
            }
        }
        if (denied != null) {
            throw denied;
        }
        if (content(cluster, key, namespace).isEmpty()) {
            cluster.change(key.type(), "", key.name(), Write.by(name()).on("finalize"),
                    object -> namespace ? withoutFinalizer(Json.child(object, "spec"), object,
                            "kubernetes") : withoutFinalizer(
                            Json.child(object, "metadata"), object, CustomTypes.CLEANUP));
        }
        return Optional.empty();
    }

    /// What is denied does not keep the rest: it is tried again when the rest is gone.
    private static Optional<Refusal> delete(Cluster cluster, Item item) {
        try {
            cluster.delete(item.type(), item.namespace(), item.name(), Deletion.BACKGROUND);
            return Optional.empty();
        } catch (Refusal refused) {
            return refused.code() == 404 ? Optional.empty() : Optional.of(refused);
        }
    }

    private static List<Item> content(Cluster cluster, Key key, boolean namespace) {
        return namespace
                ? cluster.everything(Set.of()).stream()
                        .filter(item -> item.namespace().equals(key.name())).toList()
                : cluster.list(key.name(), "");
    }

    private static ObjectNode withoutFinalizer(
            ObjectNode parent, ObjectNode object, String finalizer) {
        ArrayNode kept = Json.mapper().createArrayNode();
        parent.path("finalizers").forEach(one -> {
            if (!one.asText().equals(finalizer)) {
                kept.add(one);
            }
        });
        parent.set("finalizers", kept);
        return object;
    }
}
