package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Whether several copies of a pod find room at the same time, as who schedules them together asks
/// before any of them begins.
public final class Gang {
    private Gang() {}

    /// @param template a pod's, of which `spec` is looked at
    public static boolean fits(Cluster cluster, JsonNode template, int copies) {
        var asked = Resources.of(template.path("spec"), "pods");
        var nodes = cluster.list("nodes", "");
        var free = free(cluster, nodes);
        int placed = 0;
        for (var node : nodes) {
            while (placed < copies && NodeFit.obstacle(
                    template, asked, node, free.get(node.name())).isEmpty()) {
                free.computeIfPresent(node.name(), (name, left) -> left.minus(asked));
                placed++;
            }
        }
        return placed == copies;
    }

    private static Map<String, Resources> free(Cluster cluster, Iterable<Item> nodes) {
        var free = new HashMap<String, Resources>();
        for (var node : nodes) {
            free.put(node.name(),
                    Resources.of(node.tree().path("status").path("allocatable")));
        }
        for (var pod : cluster.list("pods", "")) {
            var spec = pod.tree().path("spec");
            if (!Pods.ended(pod)) {
                free.computeIfPresent(spec.path("nodeName").asText(),
                        (name, left) -> left.minus(Resources.of(spec, "pods")));
            }
        }
        return free;
    }
}
