package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The pod that stands for a virtual machine: it takes the machine's place on a node.
final class Launcher {
    private static final int CPU_SHARE = 100;

    private Launcher() {}

    static Optional<Item> of(Cluster cluster, Item instance) {
        return Owners.controlled(cluster, instance, "pods").stream().findFirst();
    }

    static Item create(Cluster cluster, Item instance) {
        var pod = Json.object();
        Owners.own(instance, pod);
        var metadata = Json.child(pod, "metadata")
                .put("generateName", "virt-launcher-" + instance.name() + "-");
        var labels = Json.child(metadata, "labels");
        instance.labels().forEach(labels::put);
        labels.put("kubevirt.io", "virt-launcher").put("vm.kubevirt.io/name", instance.name())
                .put("kubevirt.io/created-by", instance.uid());
        var from = instance.tree().path("spec");
        var spec = pod.putObject("spec").put("restartPolicy", "Never")
                .put("automountServiceAccountToken", false);
        for (var field : new String[] {
            "nodeSelector", "affinity", "tolerations", "priorityClassName", "schedulerName"}) {
            if (from.has(field)) {
                spec.set(field, from.path(field).deepCopy());
            }
        }
        var container = spec.putArray("containers").addObject().put("name", "compute")
                .put("image", "virt-launcher:simulated");
        resources(from.path("domain"), container.putObject("resources"));
        return cluster.create("pods", pod, Write.by(Kubevirt.MANAGER));
    }

    /// The guest's memory, a tenth of its cores as KubeVirt overcommits by default, and devices.
    private static void resources(JsonNode domain, ObjectNode resources) {
        var given = domain.path("resources");
        var requests = resources.putObject("requests");
        var limits = resources.putObject("limits");
        if (given.path("limits").isObject()) {
            limits.setAll((ObjectNode) given.path("limits").deepCopy());
        }
        var cpu = domain.path("cpu");
        int cores = Math.max(1, cpu.path("cores").asInt(1))
                * Math.max(1, cpu.path("sockets").asInt(1))
                * Math.max(1, cpu.path("threads").asInt(1));
        requests.put("cpu", cpu.path("dedicatedCpuPlacement").asBoolean()
                ? "" + cores : cores * CPU_SHARE + "m");
        var memory = domain.path("memory").path("guest").asText();
        if (!memory.isEmpty()) {
            requests.put("memory", memory);
        }
        if (given.path("requests").isObject()) {
            requests.setAll((ObjectNode) given.path("requests").deepCopy());
        }
        for (var list : new String[] {"gpus", "hostDevices"}) {
            for (var device : domain.path("devices").path(list)) {
                var name = device.path("deviceName").asText();
                limits.put(name, "" + (limits.path(name).asInt() + 1));
            }
        }
    }
}
