package orrery.sim.metal3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
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

    /// What its admission webhook denies.
    public static Gate gate() {
        return Metal3::review;
    }

    private static void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (!type.key().equals(HOSTS) || old == null) {
            return;
        }
        boolean mayMove = State.of(old) == State.REGISTERING
                || old.tree().at("/status/operationalStatus").asText().equals("detached");
        if (isOther(old, object, "/spec/bmc/address") && !mayMove) {
            throw denied("BMC address can not be changed if the BMH is not in the Registering"
                    + " state, or if the BMH is not detached");
        }
        if (isOther(old, object, "/spec/bootMACAddress")) {
            throw denied("bootMACAddress can not be changed once it is set");
        }
    }

    private static boolean isOther(Item old, ObjectNode object, String field) {
        var before = old.tree().at(field).asText();
        return !before.isEmpty() && !before.equals(object.at(field).asText());
    }

    private static Refusal denied(String why) {
        return Refusal.plain(403, "Forbidden",
                "admission webhook \"baremetalhost.metal3.io\" denied the request: " + why);
    }
}
