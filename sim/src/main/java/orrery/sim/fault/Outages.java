package orrery.sim.fault;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;

/// Which clusters' API servers are away: those that a Fault of kind APIServer names, and those
/// of ClusterDeployments with the fault `away`.
public final class Outages implements Operator {
    /// Annotation of a ClusterDeployment: the name of its cluster in this region.
    public static final String CHILD = "orrery.dev/simulated-cluster";

    private final String management;

    /// The cluster that is away, by the object that says so.
    private final Map<Key, String> away = new ConcurrentHashMap<>();
    private volatile Consumer<String> onLoss = cluster -> { };

    public Outages(String management) {
        this.management = management;
    }

    public boolean isAway(String cluster) {
        return !away.isEmpty() && away.containsValue(cluster);
    }

    /// @param cut breaks the open connections to the cluster of that name
    public void onLoss(Consumer<String> cut) {
        onLoss = cut;
    }

    @Override
    public String name() {
        return "outages";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        boolean rule = change.type().equals(FaultRules.TYPE);
        boolean deployment = change.type().equals(Target.CLUSTER_DEPLOYMENT.type);
        if (!rule && !deployment || !cluster.name().equals(management)) {
            return;
        }
        var lost = change.removed() ? Optional.<String>empty()
                : rule ? named(change.item()) : child(change.item());
        if (lost.isEmpty()) {
            away.remove(change.item().key());
        } else if (!lost.get().equals(away.put(change.item().key(), lost.get()))) {
            onLoss.accept(lost.get());
        }
    }

    private static Optional<String> named(Item fault) {
        var spec = fault.tree().path("spec");
        return spec.path("kind").asText().equals(Target.API_SERVER.kind)
                ? Optional.of(spec.path("cluster").asText()) : Optional.empty();
    }

    private static Optional<String> child(Item deployment) {
        var name = deployment.tree().path("metadata").path("annotations").path(CHILD).asText();
        return Faults.of(deployment).away() && !name.isEmpty()
                ? Optional.of(name) : Optional.empty();
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        return Optional.empty();
    }
}
