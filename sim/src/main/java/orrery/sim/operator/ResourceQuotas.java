package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.quota.Quotas;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Counts what each ResourceQuota's namespace uses. New objects are charged when they are
/// written; this finds what became free.
final class ResourceQuotas implements Operator {
    @Override
    public String name() {
        return "resourcequota-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        Item item = change.item();
        if (item.type().equals(Quotas.TYPE) && asksOtherwise(change)) {
            look.accept(item.key());
        }
        if (!item.namespace().isEmpty() && frees(change)) {
            cluster.list(Quotas.TYPE, item.namespace()).forEach(
                    quota -> look.accept(quota.key()));
        }
    }

    /// Not when only its status moved: each object that is charged moves that.
    private static boolean asksOtherwise(Change change) {
        return change.created() || !change.removed() && !Json.same(
                change.old().tree().get("spec"), change.now().tree().get("spec"));
    }

    private static boolean frees(Change change) {
        return change.removed() || change.type().equals("pods") && change.old() != null
                && Pods.ended(change.now()) && !Pods.ended(change.old());
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        if (cluster.get(key.type(), key.namespace(), key.name()).isPresent()) {
            // Counted under the cluster's lock, so that nothing is charged meanwhile.
            cluster.change(key.type(), key.namespace(), key.name(),
                    Write.by(name()).onStatus(), quota -> {
                        quota.set("status", Quotas.count(quota,
                                type -> objects(cluster, type, key.namespace())));
                        return quota;
                    });
        }
        return Optional.empty();
    }

    private static List<JsonNode> objects(Cluster cluster, String type, String namespace) {
        return cluster.list(type, namespace).stream()
                .<JsonNode>map(Item::tree).toList();
    }
}
