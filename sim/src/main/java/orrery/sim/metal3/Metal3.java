package orrery.sim.metal3;

import java.time.Clock;
import java.util.List;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Events;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;

/// The names that Metal3 uses, and its operator. It plays on every cluster that has its
/// definitions.
public final class Metal3 {
    static final String GROUP = "metal3.io";
    static final String HOSTS = "baremetalhosts." + GROUP;
    static final String HARDWARE = "hardwaredata." + GROUP;
    static final String FINALIZER = "baremetalhost." + GROUP;
    static final String MANAGER = "baremetal-operator";

    private Metal3() {}

    /// Its definitions.
    public static Manifests manifests() {
        return Manifests.read(Metal3.class, "crds.yaml");
    }

    public static List<Operator> operators(Timing timing, Events events, Clock clock) {
        return List.of(new Hosts(new Phases("metal3", timing, clock), events, clock));
    }
}
