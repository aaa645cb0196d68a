package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Selector;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Gives the services of MultiClusterServices to all ClusterDeployments with fitting labels: one
/// ServiceSet for each.
final class MultiClusterServices implements Operator {
    private static final String FINALIZER = Kcm.GROUP + "/multicluster-service";

    private final String management;
    private final Clock clock;

    MultiClusterServices(String management, Clock clock) {
        this.management = management;
        this.clock = clock;
    }

    @Override
    public String name() {
        return Kcm.MANAGER;
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (!cluster.name().equals(management)) {
            return;
        }
        switch (change.type()) {
            case Kcm.MULTI, Kcm.SERVICES, Kcm.SERVICE_CHAINS -> all(cluster, look);
            case Kcm.DEPLOYMENTS -> {
                if (change.created() || change.removed() || change.old().going()
                        != change.item().going()
                        || !change.old().labels().equals(change.item().labels())) {
                    all(cluster, look);
                }
            }
            case Kcm.SETS -> {
                var owner = Services.field(change.item(), "multiClusterService");
                if (!owner.isEmpty()) {
                    look.accept(new Key(Kcm.MULTI, "", owner));
                }
            }
            default -> { }
        }
        if (change.type().equals(Kcm.MULTI)) {
            look.accept(change.item().key());
        }
    }

    private static void all(Cluster cluster, Consumer<Key> look) {
        cluster.list(Kcm.MULTI, "").forEach(item -> look.accept(item.key()));
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(key.type(), "", key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var item = found.get();
        if (!item.going() && !Finalizers.has(item.tree(), FINALIZER)) {
            cluster.change(key.type(), "", key.name(), Write.by(name()),
                    object -> Finalizers.add(object, FINALIZER));
            return Optional.empty();
        }
        var matches = new LinkedHashMap<Item, Optional<String>>();
        var kept = new HashSet<Key>();
        if (!item.going()) {
            declare(cluster, item, matches, kept);
        }
        boolean keep = !item.going() && item.tree().path("spec")
                .path("keepServicesOnSelectorMismatch").asBoolean();
        var sets = sets(cluster, item.name());
        sets.stream().filter(set -> !kept.contains(set.key()) && !set.going() && !keep)
                .forEach(set -> cluster.delete(set.type(), set.namespace(), set.name(),
                        Deletion.BACKGROUND));
        if (item.going() && sets(cluster, item.name()).isEmpty()) {
            cluster.change(key.type(), "", key.name(), Write.by(name()),
                    object -> Finalizers.remove(object, FINALIZER));
            return Optional.empty();
        }
        var status = new MultiClusterStatus(cluster, item, sets(cluster, item.name()), clock);
        cluster.change(key.type(), "", key.name(), Write.by(name()).onStatus(), object -> {
            status.write(Json.child(object, "status"), matches);
            return object;
        });
        return Optional.empty();
    }

    /// @param matches gets the clusters, and what each waits for
    /// @param kept    gets the sets that are right
    private void declare(Cluster cluster, Item item,
            LinkedHashMap<Item, Optional<String>> matches, Set<Key> kept) {
        var spec = item.tree().path("spec");
        if (spec.path("serviceSpec").path("provider").path("selfManagement").asBoolean()) {
            Services.declare(cluster, item, Kcm.SYSTEM, item.name(), "", item.name());
            kept.add(new Key(Kcm.SETS, Kcm.SYSTEM, item.name()));
            return;
        }
        var selector = new Selector(spec.path("clusterSelector"));
        for (var deployment : cluster.list(Kcm.DEPLOYMENTS, "")) {
            if (deployment.going() || !selector.matches(deployment.labels())) {
                continue;
            }
            var waits = waitsFor(cluster, item, deployment);
            var name = setName(deployment, item.name());
            if (waits.isEmpty()) {
                Services.declare(cluster, item, deployment.namespace(), name, deployment.name(),
                        item.name());
            }
            kept.add(new Key(Kcm.SETS, deployment.namespace(), name));
            matches.put(deployment, waits);
        }
    }

    /// The set's name is the cluster's and something of the service's own.
    private static String setName(Item deployment, String service) {
        var tail = "-" + Services.hash(Json.mapper().getNodeFactory().textNode(service));
        var head = deployment.name();
        return head.substring(0, Math.min(head.length(), 253 - tail.length())) + tail;
    }

    static List<Item> sets(Cluster cluster, String service) {
        return cluster.list(Kcm.SETS, "").stream()
                .filter(set -> Services.field(set, "multiClusterService").equals(service))
                .toList();
    }

    /// Another MultiClusterService that has to be done with this cluster first.
    private static Optional<String> waitsFor(Cluster cluster, Item item, Item deployment) {
        for (var one : item.tree().path("spec").path("dependsOn")) {
            var other = cluster.get(Kcm.MULTI, "", one.asText());
            if (other.isEmpty()) {
                return Optional.of(one.asText());
            }
            var selector = new Selector(other.get().tree().path("spec").path("clusterSelector"));
            boolean done = sets(cluster, one.asText()).stream()
                    .filter(set -> set.namespace().equals(deployment.namespace()))
                    .filter(set -> Services.field(set, "cluster").equals(deployment.name()))
                    .anyMatch(MultiClusterServices::deployed);
            if (selector.matches(deployment.labels()) && !done) {
                return Optional.of(one.asText());
            }
        }
        return Optional.empty();
    }

    static boolean deployed(Item set) {
        List<ObjectNode> states = Services.states(set);
        return Services.deployed(states) == states.size();
    }

    /// Whether one MultiClusterService waits, also by way of others, for another.
    static boolean dependsOn(Cluster cluster, String one, String other) {
        var seen = new HashSet<String>();
        var next = new ArrayList<>(List.of(one));
        while (!next.isEmpty()) {
            var name = next.removeLast();
            if (name.equals(other)) {
                return true;
            }
            if (seen.add(name)) {
                cluster.get(Kcm.MULTI, "", name).ifPresent(found -> found.tree().path("spec")
                        .path("dependsOn").forEach(more -> next.add(more.asText())));
            }
        }
        return false;
    }
}
