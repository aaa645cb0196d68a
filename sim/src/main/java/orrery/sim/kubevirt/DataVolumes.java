package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Owners;
import orrery.sim.operator.Pods;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Plays the Containerized Data Importer: gives each DataVolume a claim of its name, and says after
/// a while that what it is to begin with is on it. Nothing is fetched.
final class DataVolumes extends PhasedOperator {
    private static final String CLAIMS = "persistentvolumeclaims";

    private final Clock clock;

    DataVolumes(Phases phases, Clock clock) {
        super("cdi-controller", Kubevirt.VOLUMES, phases);
        this.clock = clock;
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item volume) {
        var phase = Pods.phase(volume);
        if (Pods.going(volume) || phase.equals("Succeeded") || phase.equals("Failed")) {
            return Optional.empty();
        }
        if (cluster.get(CLAIMS, volume.namespace(), volume.name()).isEmpty()) {
            claim(cluster, volume);
        }
        return switch (phases.turn(cluster, volume, "importing")) {
            case Phases.Going going -> {
                if (phase.isEmpty()) {
                    enter(cluster, volume, "ImportInProgress", "N/A", "", false);
                }
                yield going.left();
            }
            case Phases.Failed failed -> {
                enter(cluster, volume, "Failed", "N/A", failed.message(), false);
                yield Optional.empty();
            }
            case Phases.Over over -> {
                enter(cluster, volume, "Succeeded", "100.0%", "", true);
                yield Optional.empty();
            }
        };
    }

    private void claim(Cluster cluster, Item volume) {
        var claim = Json.object();
        Owners.own(volume, claim);
        Json.child(claim, "metadata").put("name", volume.name());
        var asked = volume.tree().path("spec");
        var from = asked.has("pvc") ? asked.path("pvc") : asked.path("storage");
        var spec = claim.putObject("spec");
        spec.set("resources", from.path("resources").deepCopy());
        JsonNode modes = from.path("accessModes");
        if (modes.isEmpty()) {
            spec.putArray("accessModes").add("ReadWriteOnce");
        } else {
            spec.set("accessModes", modes.deepCopy());
        }
        if (from.has("storageClassName")) {
            spec.set("storageClassName", from.path("storageClassName").deepCopy());
        }
        cluster.create(CLAIMS, claim, Write.by(name()));
    }

    private void enter(Cluster cluster, Item volume, String phase, String progress,
            String message, boolean ready) {
        status(cluster, volume, status -> {
            status.put("phase", phase).put("progress", progress)
                    .put("claimName", volume.name());
            Conditions.set(status, "Ready", ready, ready ? "" : phase, message, clock);
        });
    }
}
