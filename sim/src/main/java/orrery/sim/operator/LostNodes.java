package orrery.sim.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Key;

/// Removes the pods of a node that is no more, so that their owners make them anew elsewhere.
final class LostNodes implements Operator {
    @Override
    public String name() {
        return "pod-garbage-collector";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals("nodes") && change.removed()) {
            look.accept(change.item().key());
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        if (cluster.get("nodes", "", key.name()).isPresent()) {
            return Optional.empty();
        }
        for (var pod : cluster.list("pods", "")) {
            if (pod.tree().path("spec").path("nodeName").asText().equals(key.name())) {
                cluster.delete("pods", pod.namespace(), pod.name(), new Deletion(0L,
                        Deletion.Propagation.BACKGROUND, pod.uid(), null, false));
            }
        }
        return Optional.empty();
    }
}
