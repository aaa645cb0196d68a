package orrery.sim.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orrery.sim.operator.Timing;

/// What faults can be asked for.
enum Target {
    CLUSTER_DEPLOYMENT("ClusterDeployment", "clusterdeployments.k0rdent.mirantis.com", "kcm"),
    BARE_METAL_HOST("BareMetalHost", "baremetalhosts.metal3.io", "metal3"),
    VIRTUAL_MACHINE("VirtualMachine", "virtualmachines.kubevirt.io", "kubevirt"),
    INSTANCE("VirtualMachineInstance", "virtualmachineinstances.kubevirt.io", "kubevirt"),
    INFERENCE_SERVICE("InferenceService", "inferenceservices.serving.kserve.io", "kserve"),
    TRAIN_JOB("TrainJob", "trainjobs.trainer.kubeflow.org", "training"),
    NODE("Node", "nodes", ""),
    API_SERVER("APIServer", "", "");

    final String kind;

    /// `plural.group`; empty for what is no object.
    final String type;

    /// Of its phases' names in the timing; empty for what has none.
    private final String area;

    Target(String kind, String type, String area) {
        this.kind = kind;
        this.type = type;
        this.area = area;
    }

    static Optional<Target> ofType(String type) {
        return Arrays.stream(values()).filter(one -> one.type.equals(type)).findFirst();
    }

    static Optional<Target> ofKind(String kind) {
        return Arrays.stream(values()).filter(one -> one.kind.equals(kind)).findFirst();
    }

    static String kinds() {
        return Arrays.stream(values()).map(one -> one.kind).collect(Collectors.joining(", "));
    }

    /// @throws IllegalArgumentException for a fault that this kind cannot have
    void check(List<Fault> faults) {
        var phases = area.isEmpty() ? List.<String>of() : Timing.of(area);
        for (var fault : faults) {
            boolean fits = switch (fault) {
                case Fault.Lost l -> this == NODE;
                case Fault.Away a -> this == API_SERVER || this == CLUSTER_DEPLOYMENT;
                case Fault.Fail f -> !area.isEmpty();
                case Fault.Hang h -> !area.isEmpty();
                case Fault.Slow s -> !area.isEmpty();
                case Fault.Flap f -> !area.isEmpty();
            };
            if (!fits) {
                throw new IllegalArgumentException("%s is no fault of kind %s".formatted(
                        fault.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT), kind));
            }
            if (!fault.at().isEmpty() && !phases.contains(fault.at())) {
                throw new IllegalArgumentException("%s has no phase \"%s\": it has %s".formatted(
                        kind, fault.at(), String.join(", ", phases)));
            }
        }
    }
}
