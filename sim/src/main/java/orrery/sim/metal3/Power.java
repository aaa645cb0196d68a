package orrery.sim.metal3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// Whether a host's power should be on.
///
/// `reboot.metal3.io` turns it off and, once it is off, is taken away, so that it turns on again;
/// `reboot.metal3.io/WHO` keeps it off until whoever set it takes it away.
record Power(Item host) {
    private static final String REBOOT = "reboot.metal3.io";

    boolean wanted() {
        return host.tree().at("/spec/online").asBoolean() && !rebooting();
    }

    boolean satisfied() {
        return host.tree().at("/status/poweredOn").asBoolean() == wanted();
    }

    /// Whether the annotation has done its work.
    boolean rebootEnds() {
        return host.tree().path("metadata").path("annotations").has(REBOOT);
    }

    static void endReboot(ObjectNode host) {
        Json.child(Json.child(host, "metadata"), "annotations").remove(REBOOT);
    }

    private boolean rebooting() {
        var names = new ArrayList<String>();
        host.tree().path("metadata").path("annotations").fieldNames().forEachRemaining(names::add);
        return names.stream().anyMatch(name -> name.equals(REBOOT)
                || name.startsWith(REBOOT + "/"));
    }
}
