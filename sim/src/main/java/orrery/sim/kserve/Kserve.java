package orrery.sim.kserve;

import java.time.Clock;
import java.util.List;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Events;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;

/// The names that KServe uses, and its operator. It plays on every cluster that has its
/// definitions.
public final class Kserve {
    static final String GROUP = "serving.kserve.io";
    static final String SERVICES = "inferenceservices." + GROUP;
    static final String RUNTIMES = "servingruntimes." + GROUP;
    static final String CLUSTER_RUNTIMES = "clusterservingruntimes." + GROUP;
    static final String MANAGER = "kserve-controller-manager";

    /// Annotation that scales a service to nothing while it is `true`.
    static final String STOP = GROUP + "/stop";

    private Kserve() {}

    /// Its definitions, and a runtime for each engine.
    public static Manifests manifests() {
        return Manifests.read(Kserve.class, "crds.yaml", "runtimes.yaml");
    }

    public static List<Operator> operators(Timing timing, Events events, Clock clock) {
        return List.of(new InferenceServices(new Phases("kserve", timing, clock), events, clock));
    }
}
