package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import orrery.sim.api.Action;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Events;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// The names that KubeVirt uses, and its operators. It plays on every cluster that has its
/// definitions.
public final class Kubevirt {
    static final String GROUP = "kubevirt.io";
    static final String MACHINES = "virtualmachines." + GROUP;
    static final String INSTANCES = "virtualmachineinstances." + GROUP;
    static final String VOLUMES = "datavolumes.cdi.kubevirt.io";
    static final String MANAGER = "virt-controller";

    private Kubevirt() {}

    /// Its definitions.
    public static Manifests manifests() {
        return Manifests.read(Kubevirt.class, "crds.yaml");
    }

    public static List<Operator> operators(Timing timing, Events events, Clock clock) {
        return List.of(
                new VirtualMachines(new Phases("kubevirt", timing, clock), events, timing, clock),
                new Instances(new Phases("kubevirt", timing, clock), events, clock),
                new DataVolumes(new Phases("kubevirt", timing, clock), clock));
    }

    /// What `virtctl` asks for.
    public static List<Action> actions(Clock clock) {
        return new PowerActions(clock).all();
    }

    /// What its admission webhook denies.
    public static Gate gate() {
        return Kubevirt::review;
    }

    private static void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (!type.key().equals(MACHINES) || object.path("metadata").has("deletionTimestamp")) {
            return;
        }
        var spec = object.path("spec");
        if (spec.has("running") == spec.has("runStrategy")) {
            throw Refusal.invalid(type.ref(object.path("metadata").path("name").asText()),
                    List.of(new Refusal.Cause("FieldValueInvalid", spec.has("running")
                            ? "Running and RunStrategy are mutually exclusive"
                            : "One of Running or RunStrategy must be specified",
                            "spec.running")));
        }
    }
}
