package orrery.sim.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Runs one pod of a DaemonSet on every node that suits it.
final class DaemonSets implements Operator {
    static final String TYPE = "daemonsets.apps";
    private static final String REVISION = "controller-revision-hash";

    @Override
    public String name() {
        return "daemonset-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case TYPE, "pods" -> Owners.noticed(change, TYPE, "DaemonSet", look);
            case "nodes" -> cluster.list(TYPE, "").forEach(set -> look.accept(set.key()));
            default -> { }
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())) {
            return Optional.empty();
        }
        var set = found.get();
        var template = set.tree().path("spec").path("template");
        var hash = Pods.hash(template);
        var suited = cluster.list("nodes", "").stream().filter(node -> suits(set, node)).toList();
        var byNode = new HashMap<String, Item>();
        for (var pod : Owners.controlled(cluster, set, "pods")) {
            byNode.put(pod.tree().path("spec").path("nodeName").asText(), pod);
        }
        for (var node : suited) {
            if (!byNode.containsKey(node.name())) {
                create(cluster, set, node, hash);
            }
        }
        retire(cluster, set, suited, byNode, hash);
        report(cluster, set, suited.size(), hash);
        return Optional.empty();
    }

    private static boolean suits(Item set, Item node) {
        var pod = Json.object();
        pod.set("spec", set.tree().path("spec").path("template").path("spec").deepCopy());
        // Daemons run on nodes that are not ready or closed to others, as they keep them going.
        pod.withObject("/spec").withArray("tolerations").addObject().put("operator", "Exists")
                .put("key", "node.kubernetes.io/unschedulable").put("effect", "NoSchedule");
        return NodeFit.obstacle(pod, Resources.NONE, node, Resources.NONE).isEmpty();
    }

    private void create(Cluster cluster, Item set, Item node, String hash) {
        var pod = Pods.of(set, set.tree().path("spec").path("template"));
        var metadata = Json.child(pod, "metadata").put("generateName", set.name() + "-");
        Json.child(metadata, "labels").put(REVISION, hash);
        Json.child(pod, "spec").put("nodeName", node.name());
        cluster.create("pods", pod, Write.by(name()));
    }

    /// Ends pods on nodes that no longer suit, pods that failed, and one at a time those of an
    /// older template.
    private static void retire(Cluster cluster, Item set, List<Item> suited,
            Map<String, Item> byNode, String hash) {
        boolean onDelete = set.tree().path("spec").path("updateStrategy").path("type").asText()
                .equals("OnDelete");
        boolean allWell = byNode.values().stream().allMatch(Pods::ready)
                && byNode.size() >= suited.size();
        for (var entry : byNode.entrySet()) {
            var pod = entry.getValue();
            boolean stray = suited.stream().noneMatch(n -> n.name().equals(entry.getKey()));
            boolean old = !hash.equals(pod.labels().get(REVISION));
            boolean replaced = old && allWell && !onDelete;
            if (!Pods.going(pod) && (stray || Pods.ended(pod) || replaced)) {
                cluster.delete("pods", pod.namespace(), pod.name(), Deletion.BACKGROUND);
                allWell &= !replaced;
            }
        }
    }

    private void report(Cluster cluster, Item set, int wanted, String hash) {
        var pods = Owners.controlled(cluster, set, "pods").stream().filter(Pods::active).toList();
        long ready = pods.stream().filter(Pods::ready).count();
        cluster.change(TYPE, set.namespace(), set.name(), Write.by(name()).onStatus(), object -> {
            Json.child(object, "status").put("desiredNumberScheduled", wanted)
                    .put("currentNumberScheduled", pods.size()).put("numberMisscheduled", 0)
                    .put("numberReady", ready).put("numberAvailable", ready)
                    .put("numberUnavailable", Math.max(0, wanted - ready))
                    .put("updatedNumberScheduled", pods.stream()
                            .filter(p -> hash.equals(p.labels().get(REVISION))).count())
                    .put("observedGeneration",
                            set.tree().path("metadata").path("generation").asLong());
            return object;
        });
    }
}
