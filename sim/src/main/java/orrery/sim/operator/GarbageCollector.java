package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Removes what is owned by something that is gone, and carries out foreground deletion and
/// orphaning, as Kubernetes' garbage collector does by `metadata.ownerReferences`.
public final class GarbageCollector implements Operator {
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    @Override
    public String name() {
        return "garbage-collector";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        Item item = change.item();
        if (change.removed()) {
            cluster.dependents(item.uid()).forEach(dependent -> look.accept(dependent.key()));
            owners(item).forEach(owner -> key(cluster, item, owner).ifPresent(look));
        } else if (!owners(item).isEmpty() || holds(item, FOREGROUND) || holds(item, ORPHAN)) {
            look.accept(item.key());
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        Optional<Item> found = cluster.get(key.type(), key.namespace(), key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Item item = found.get();
        if (Pods.going(item) && holds(item, ORPHAN)) {
            cluster.dependents(item.uid()).forEach(dependent -> disown(cluster, dependent,
                    owner -> owner.path("uid").asText().equals(item.uid())));
            release(cluster, item, ORPHAN);
        } else if (Pods.going(item) && holds(item, FOREGROUND)) {
            foreground(cluster, item);
        } else if (!Pods.going(item)) {
            collect(cluster, item);
        }
        return Optional.empty();
    }

    /// An object lives as long as one of its owners does.
    private void collect(Cluster cluster, Item item) {
        JsonNode owners = owners(item);
        int gone = 0;
        for (JsonNode owner : owners) {
            gone += gone(cluster, item, owner) ? 1 : 0;
        }
        if (gone == 0) {
            return;
        }
        if (gone == owners.size()) {
            // Only as it was seen: its owner may have let go of it since, and gone after that.
            cluster.delete(item.type(), item.namespace(), item.name(), new Deletion(null,
                    Deletion.Propagation.BACKGROUND, item.uid(),
                    item.tree().path("metadata").path("resourceVersion").asText(), false));
        } else {
            disown(cluster, item, owner -> gone(cluster, item, owner));
        }
    }

    private void foreground(Cluster cluster, Item owner) {
        boolean blocked = false;
        for (Item dependent : cluster.dependents(owner.uid())) {
            for (JsonNode reference : owners(dependent)) {
                blocked |= reference.path("uid").asText().equals(owner.uid())
                        && reference.path("blockOwnerDeletion").asBoolean();
            }
            if (!Pods.going(dependent)) {
                cluster.delete(dependent.type(), dependent.namespace(), dependent.name(),
                        new Deletion(null, Deletion.Propagation.FOREGROUND, dependent.uid(),
                                null, false));
            }
        }
        if (!blocked) {
            release(cluster, owner, FOREGROUND);
        }
    }

    private void disown(Cluster cluster, Item item, Predicate<JsonNode> owner) {
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            ObjectNode metadata = Json.child(object, "metadata");
            ArrayNode kept = Json.mapper().createArrayNode();
            metadata.path("ownerReferences").forEach(one -> {
                if (!owner.test(one)) {
                    kept.add(one);
                }
            });
            metadata.set("ownerReferences", kept);
            if (kept.isEmpty()) {
                metadata.remove("ownerReferences");
            }
            return object;
        });
    }

    private void release(Cluster cluster, Item item, String finalizer) {
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            ArrayNode kept = Json.mapper().createArrayNode();
            object.path("metadata").path("finalizers").forEach(one -> {
                if (!one.asText().equals(finalizer)) {
                    kept.add(one);
                }
            });
            Json.child(object, "metadata").set("finalizers", kept);
            return object;
        });
    }

    /// Gone for certain: its type is served and no object of that name has its uid.
    private static boolean gone(Cluster cluster, Item item, JsonNode owner) {
        return key(cluster, item, owner)
                .map(key -> cluster.get(key.type(), key.namespace(), key.name())
                        .filter(found -> found.uid().equals(owner.path("uid").asText()))
                        .isEmpty())
                .orElse(false);
    }

    private static Optional<Key> key(Cluster cluster, Item item, JsonNode owner) {
        return cluster.types()
                .kind(owner.path("apiVersion").asText(), owner.path("kind").asText())
                .map(type -> new Key(type.key(), type.namespaced() ? item.namespace() : "",
                        owner.path("name").asText()));
    }

    private static boolean holds(Item item, String finalizer) {
        List<String> all = new java.util.ArrayList<>();
        item.tree().path("metadata").path("finalizers").forEach(one -> all.add(one.asText()));
        return all.contains(finalizer);
    }

    private static JsonNode owners(Item item) {
        return item.tree().path("metadata").path("ownerReferences");
    }
}
