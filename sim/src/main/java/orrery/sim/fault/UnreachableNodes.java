package orrery.sim.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Pods;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Does to a lost node what the node lifecycle controller does: the node is not ready any more
/// and tainted, its pods are not ready, and after a time they are deleted. Nobody is there to
/// end them, so they stay, terminating, until the node is back or removed.
public final class UnreachableNodes implements Operator {
    private static final String TAINT = "node.kubernetes.io/unreachable";
    private static final String NODES = "nodes";
    private static final Set<String> UNKNOWN =
            Set.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private final Timing timing;
    private final Clock clock;

    public UnreachableNodes(Timing timing, Clock clock) {
        this.timing = timing;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "node-lifecycle-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        var item = change.item();
        if (item.type().equals(NODES) && !change.removed()
                && (Faults.of(item).lost() || tainted(item.tree().path("spec")))) {
            look.accept(item.key());
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(NODES, "", key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        boolean lost = Faults.of(found.get()).lost();
        status(cluster, found.get(), lost);
        cluster.change(NODES, "", key.name(), Write.by(name()), node -> taint(node, lost));
        return lost ? empty(cluster, cluster.require(NODES, "", key.name())) : Optional.empty();
    }

    private void status(Cluster cluster, Item node, boolean lost) {
        cluster.change(NODES, "", node.name(), Write.by(name()).onStatus(), object -> {
            var status = Json.child(object, "status");
            for (var type : UNKNOWN) {
                var healthy = type.equals("Ready") ? "True" : "False";
                if (lost != Conditions.get(status, type).path("status").asText()
                        .equals("Unknown")) {
                    Conditions.set(status, type, lost ? "Unknown" : healthy,
                            lost ? "NodeStatusUnknown" : "KubeletReady",
                            lost ? "Kubelet stopped posting node status."
                                    : "kubelet is posting status again", clock);
                }
            }
            return object;
        });
    }

    private static boolean tainted(com.fasterxml.jackson.databind.JsonNode spec) {
        for (var taint : spec.path("taints")) {
            if (taint.path("key").asText().equals(TAINT)) {
                return true;
            }
        }
        return false;
    }

    private ObjectNode taint(ObjectNode node, boolean lost) {
        var spec = Json.child(node, "spec");
        if (lost == tainted(spec)) {
            return node;
        }
        var taints = spec.withArray("taints");
        if (lost) {
            for (var effect : List.of("NoSchedule", "NoExecute")) {
                taints.addObject().put("key", TAINT).put("effect", effect)
                        .put("timeAdded", Conditions.now(clock));
            }
            return node;
        }
        for (int i = taints.size() - 1; i >= 0; i--) {
            if (taints.get(i).path("key").asText().equals(TAINT)) {
                taints.remove(i);
            }
        }
        if (taints.isEmpty()) {
            spec.remove("taints");
        }
        return node;
    }

    /// Its pods: not ready at once, deleted when they have been so for long enough.
    private Optional<Duration> empty(Cluster cluster, Item node) {
        var since = Instant.parse(Conditions.get(node.tree().path("status"), "Ready")
                .path("lastTransitionTime").asText());
        var left = Duration.between(clock.instant(),
                since.plus(timing.of("node", "eviction")));
        for (var pod : cluster.list("pods", "")) {
            if (!pod.tree().path("spec").path("nodeName").asText().equals(node.name())
                    || Pods.ended(pod)) {
                continue;
            }
            if (Pods.ready(pod)) {
                cluster.change("pods", pod.namespace(), pod.name(), Write.by(name()).onStatus(),
                        this::notReady);
            }
            if (!left.isPositive() && !Pods.going(pod) && !stays(pod)) {
                cluster.delete("pods", pod.namespace(), pod.name(), Deletion.BACKGROUND);
            }
        }
        return left.isPositive() ? Optional.of(left.plusMillis(1)) : Optional.empty();
    }

    private ObjectNode notReady(ObjectNode pod) {
        Conditions.set(Json.child(pod, "status"), "Ready", false, "NodeNotReady",
                "the node does not answer", clock);
        return pod;
    }

    /// Daemons stay with their node.
    private static boolean stays(Item pod) {
        for (var owner : pod.tree().path("metadata").path("ownerReferences")) {
            if (owner.path("kind").asText().equals("DaemonSet")) {
                return true;
            }
        }
        return false;
    }
}
