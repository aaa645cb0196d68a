package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import orrery.sim.operator.Pods;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.type.Json;

/// The volumes that a machine gets and gives back while it runs: claims that are `hotpluggable`.
final class Hotplug {
    static final String CLAIMS = "persistentvolumeclaims";

    private Hotplug() {}

    /// Names of those in the specification of an instance.
    static Set<String> names(JsonNode spec) {
        var names = new TreeSet<String>();
        for (var volume : spec.path("volumes")) {
            if (volume.path("persistentVolumeClaim").path("hotpluggable").asBoolean()) {
                names.add(volume.path("name").asText());
            }
        }
        return names;
    }

    /// Brings those of one specification into another, in place of those that it has.
    static void copy(JsonNode from, ObjectNode to) {
        var old = names(to);
        var wanted = names(from);
        replace(from.path("volumes"), to.withArray("volumes"), old, wanted);
        replace(from.at("/domain/devices/disks"),
                Json.child(Json.child(to, "domain"), "devices").withArray("disks"),
                old, wanted);
    }

    private static void replace(
            JsonNode from, ArrayNode to, Set<String> leaves, Set<String> comes) {
        to.removeIf(it -> leaves.contains(it.path("name").asText()));
        from.forEach(it -> {
            if (comes.contains(it.path("name").asText())) {
                to.add(it.deepCopy());
            }
        });
    }

    /// What an instance that runs says of them.
    static ArrayNode status(Cluster cluster, Item instance) {
        var all = Json.object().putArray("all");
        var spec = instance.tree().path("spec");
        var names = names(spec);
        for (var volume : spec.path("volumes")) {
            if (names.contains(volume.path("name").asText())) {
                var claim = volume.path("persistentVolumeClaim").path("claimName").asText();
                boolean bound = cluster.get(CLAIMS, instance.namespace(), claim)
                        .filter(it -> Pods.phase(it).equals("Bound")).isPresent();
                all.addObject().put("name", volume.path("name").asText())
                        .put("target", bound ? "sd" + (char) ('a' + all.size() - 1) : "")
                        .put("phase", bound ? "Ready" : "Pending")
                        .put("reason", bound ? "VolumeReady" : "PVCNotReady")
                        .put("message", bound ? "Successfully attach hotplugged volume "
                                + claim + " to VM" : "PVC is in phase Pending")
                        .putObject("hotplugVolume");
            }
        }
        return all;
    }

    /// The instances that have a claim.
    static List<Key> users(Cluster cluster, Item claim) {
        return cluster.list(Kubevirt.INSTANCES, claim.namespace()).stream()
                .filter(it -> it.tree().path("spec").path("volumes").findValuesAsText("claimName")
                        .contains(claim.name()))
                .map(Item::key).toList();
    }
}
