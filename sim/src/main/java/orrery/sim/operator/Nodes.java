package orrery.sim.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Makes the nodes of a simulated cluster. They are always ready and send no heartbeats, so a
/// cluster that nobody uses costs no work.
public final class Nodes {
    /// On every simulated node, for whoever lists them.
    public static final String SIMULATED = "orrery.dev/simulated";
    public static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
    static final String VERSION_SUFFIX = "+simulated";

    private final Clock clock;

    public Nodes(Clock clock) {
        this.clock = clock;
    }

    /// What a node is made of.
    ///
    /// @param version      the Kubernetes version, as `v1.36.0`
    /// @param controlPlane whether it carries the control plane's label
    /// @param tainted      whether ordinary pods keep off it
    public record Wanted(String name, InstanceType type, String version, boolean controlPlane,
            boolean tainted) {}

    /// Adds a node, or brings the version of an existing one up to date.
    public Item put(Cluster cluster, Wanted wanted) {
        var old = cluster.get("nodes", "", wanted.name());
        var node = old.isPresent() ? old.get()
                : cluster.create("nodes", object(wanted), Write.by("kubelet"));
        return cluster.change("nodes", "", node.name(), Write.by("kubelet").onStatus(), object -> {
            status(Json.child(object, "status"), wanted, node);
            return object;
        });
    }

    private static ObjectNode object(Wanted wanted) {
        var node = Json.object();
        var metadata = node.putObject("metadata").put("name", wanted.name());
        var labels = metadata.putObject("labels")
                .put(SIMULATED, "true")
                .put("kubernetes.io/hostname", wanted.name())
                .put("kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", "amd64")
                .put("node.kubernetes.io/instance-type", wanted.type().name());
        if (wanted.type().gpus() > 0) {
            labels.put("nvidia.com/gpu.product", wanted.type().gpuName());
            labels.put("nvidia.com/gpu.present", "true");
        }
        var spec = node.putObject("spec").put("providerID", "simulated://" + wanted.name());
        if (wanted.controlPlane()) {
            labels.put(CONTROL_PLANE, "");
        }
        if (wanted.tainted()) {
            spec.putArray("taints").addObject().put("key", CONTROL_PLANE)
                    .put("effect", "NoSchedule");
        }
        return node;
    }

    private void status(ObjectNode status, Wanted wanted, Item node) {
        var type = wanted.type();
        for (var field : new String[] {"capacity", "allocatable"}) {
            var amounts = status.putObject(field).put("cpu", "" + type.cpus())
                    .put("memory", type.memory() + "Gi").put("ephemeral-storage", "100Gi")
                    .put("pods", type.cpus() >= 96 ? "1000" : "110");
            if (type.gpus() > 0) {
                amounts.put("nvidia.com/gpu", "" + type.gpus());
            }
        }
        Conditions.set(status, "MemoryPressure", false, "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available", clock);
        Conditions.set(status, "DiskPressure", false, "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure", clock);
        Conditions.set(status, "PIDPressure", false, "KubeletHasSufficientPID",
                "kubelet has sufficient PID available", clock);
        Conditions.set(status, "Ready", true, "KubeletReady",
                "this node is simulated: no machine stands behind it", clock);
        var addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", address(node.uid()));
        addresses.addObject().put("type", "Hostname").put("address", wanted.name());
        status.putObject("nodeInfo")
                .put("architecture", "amd64").put("operatingSystem", "linux")
                .put("kubeletVersion", wanted.version() + VERSION_SUFFIX)
                .put("kubeProxyVersion", wanted.version() + VERSION_SUFFIX)
                .put("containerRuntimeVersion", "simulated://1")
                .put("kernelVersion", "simulated").put("osImage", "Simulated node")
                .put("machineID", node.uid()).put("systemUUID", node.uid()).put("bootID", "");
        status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", 10250);
    }

    /// An address that stays the same for the node; nothing listens there.
    public static String address(String uid) {
        int hash = uid.hashCode();
        return "10.%d.%d.%d".formatted(128 + (hash >>> 24 & 63), hash >>> 16 & 255,
                1 + (hash >>> 8 & 127));
    }
}
