package orrery.sim.operator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.sim.store.Item;
import orrery.sim.store.Key;

/// What the pods of one cluster take from its nodes, kept up to date change by change, so that
/// placing a pod does not read all others.
final class Usage {
    private record Share(String node, Resources asked) {}

    private final Map<String, Resources> used = new HashMap<>();
    private final Map<String, Share> shares = new HashMap<>();
    private final Set<Key> waiting = new HashSet<>();

    /// Takes note of a pod as it is now; one that ended or is gone takes nothing.
    synchronized void note(Item pod, boolean gone) {
        var node = pod.tree().path("spec").path("nodeName").asText();
        if (gone || Pods.ended(pod)) {
            release(pod.uid());
            waiting.remove(pod.key());
        } else if (node.isEmpty()) {
            waiting.add(pod.key());
        } else {
            take(pod, node);
        }
    }

    /// Counts a pod on a node, at most once.
    synchronized void take(Item pod, String node) {
        waiting.remove(pod.key());
        var share = new Share(node, Resources.of(pod.tree().path("spec"), "pods"));
        if (shares.putIfAbsent(pod.uid(), share) == null) {
            used.merge(node, share.asked(), Resources::plus);
        }
    }

    synchronized void release(String uid) {
        var share = shares.remove(uid);
        if (share != null) {
            used.computeIfPresent(share.node(), (node, sum) -> sum.minus(share.asked()));
        }
    }

    synchronized Resources of(String node) {
        return used.getOrDefault(node, Resources.NONE);
    }

    /// Pods that no node could take yet.
    synchronized List<Key> waiting() {
        return List.copyOf(waiting);
    }
}
