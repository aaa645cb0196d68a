package orrery.sim.operator;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Gives each pod a node that has room for it: requests (extended resources too), node selector,
/// required node affinity, taints. Among those that fit, the one with the most free processor.
///
/// Pod affinity and topology spread are not looked at.
final class Scheduler implements Operator {
    private static final String PODS = "pods";
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final Clock clock;
    private final Events events;
    private final Map<String, Usage> clusters = new ConcurrentHashMap<>();

    Scheduler(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "default-scheduler";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case PODS -> {
                var usage = usage(cluster);
                usage.note(change.item(), change.removed());
                boolean freed = change.removed() || Pods.ended(change.item())
                        && change.old() != null && !Pods.ended(change.old());
                if (freed) {
                    usage.waiting().forEach(look);
                } else if (change.item().tree().path("spec").path("nodeName").isMissingNode()) {
                    look.accept(change.item().key());
                }
            }
            case "nodes", "persistentvolumeclaims" -> {
                if (clusters.containsKey(cluster.name())) {
                    usage(cluster).waiting().forEach(look);
                }
            }
            default -> { }
        }
    }

    @Override
    public void closed(Cluster cluster) {
        clusters.remove(cluster.name());
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(PODS, key.namespace(), key.name());
        if (found.isEmpty() || !waits(found.get())) {
            return Optional.empty();
        }
        var pod = found.get();
        var claim = unboundClaim(cluster, pod);
        if (claim.isPresent()) {
            refuse(cluster, pod, claim.get());
            return Optional.of(RETRY);
        }
        var usage = usage(cluster);
        String chosen;
        synchronized (usage) {
            var nodes = cluster.list("nodes", "");
            var reasons = new TreeMap<String, Integer>();
            chosen = choose(pod, nodes, usage, reasons).orElse(null);
            if (chosen == null) {
                refuse(cluster, pod, explain(nodes.size(), reasons));
                return Optional.of(RETRY);
            }
            usage.take(pod, chosen);
        }
        bind(cluster, pod, chosen);
        return Optional.empty();
    }

    private static boolean waits(Item pod) {
        var spec = pod.tree().path("spec");
        return spec.path("nodeName").asText().isEmpty() && Pods.active(pod)
                && spec.path("schedulingGates").isEmpty()
                && spec.path("schedulerName").asText("default-scheduler")
                        .equals("default-scheduler");
    }

    private static Optional<String> choose(Item pod, Iterable<Item> nodes, Usage usage,
            Map<String, Integer> reasons) {
        var asked = Resources.of(pod.tree().path("spec"), PODS);
        var fitting = new ArrayList<Map.Entry<String, Long>>();
        for (var node : nodes) {
            var all = Resources.of(node.tree().path("status").path("allocatable"));
            var free = all.minus(usage.of(node.name()));
            var obstacle = NodeFit.obstacle(pod.tree(), asked, node, free);
            if (obstacle.isPresent()) {
                reasons.merge(obstacle.get(), 1, Integer::sum);
            } else {
                fitting.add(Map.entry(node.name(), free.get("cpu")));
            }
        }
        return fitting.stream().max(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .map(Map.Entry::getKey);
    }

    /// A claim of the pod that is missing or not bound, as a message.
    private static Optional<String> unboundClaim(Cluster cluster, Item pod) {
        for (var volume : pod.tree().path("spec").path("volumes")) {
            var name = volume.path("persistentVolumeClaim").path("claimName").asText();
            if (name.isEmpty()) {
                continue;
            }
            var claim = cluster.get("persistentvolumeclaims", pod.namespace(), name);
            if (claim.isEmpty()) {
                return Optional.of("persistentvolumeclaim \"" + name + "\" not found");
            }
            if (!Pods.phase(claim.get()).equals("Bound")) {
                return Optional.of("pod has unbound immediate PersistentVolumeClaims");
            }
        }
        return Optional.empty();
    }

    /// The kubelet writes `PodScheduled` with its first status, so that a pod costs a write less.
    private void bind(Cluster cluster, Item pod, String node) {
        cluster.change(PODS, pod.namespace(), pod.name(), Write.by(name()), object -> {
            Json.child(object, "spec").put("nodeName", node);
            return object;
        });
        events.normal(cluster, pod, name(), "Scheduled", "Successfully assigned %s/%s to %s"
                .formatted(pod.namespace(), pod.name(), node));
    }

    private void refuse(Cluster cluster, Item pod, String why) {
        var old = Conditions.get(pod.tree().path("status"), "PodScheduled");
        if (old.path("message").asText().equals(why)) {
            return;
        }
        cluster.change(PODS, pod.namespace(), pod.name(), Write.by(name()).onStatus(), object -> {
            Conditions.set(Json.child(object, "status"), "PodScheduled", false, "Unschedulable",
                    why, clock);
            return object;
        });
        events.warning(cluster, pod, name(), "FailedScheduling", why);
    }

    private static String explain(int nodes, Map<String, Integer> reasons) {
        return "0/%d nodes are available: %s.".formatted(nodes, reasons.isEmpty()
                ? "no nodes available to schedule pods"
                : reasons.entrySet().stream().map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", ")));
    }

    private Usage usage(Cluster cluster) {
        return clusters.computeIfAbsent(cluster.name(), name -> new Usage());
    }
}
