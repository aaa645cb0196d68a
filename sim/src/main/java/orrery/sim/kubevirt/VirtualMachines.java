package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.Faults;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Owners;
import orrery.sim.operator.Pods;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Gives each VirtualMachine that should run its VirtualMachineInstance, and takes it from one
/// that should not.
final class VirtualMachines extends PhasedOperator {
    private static final String FINALIZER = "kubevirt.io/virtualMachineControllerFinalize";
    private static final String REQUESTS = "stateChangeRequests";
    private static final int MOST_DOUBLINGS = 5;

    private final Events events;
    private final Timing timing;
    private final Clock clock;

    VirtualMachines(Phases phases, Events events, Timing timing, Clock clock) {
        super(Kubevirt.MANAGER, Kubevirt.MACHINES, phases);
        this.events = events;
        this.timing = timing;
        this.clock = clock;
    }

    @Override
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(Kubevirt.INSTANCES)
                || change.type().equals(Kubevirt.VOLUMES)) {
            Owners.noticed(change, Kubevirt.MACHINES, "VirtualMachine", look);
        }
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item machine) {
        var instance = instance(cluster, machine);
        if (Pods.going(machine)) {
            report(cluster, machine, instance, "Terminating");
            if (instance.isPresent()) {
                stop(cluster, instance.get());
            } else {
                change(cluster, machine, object -> Finalizers.remove(object, FINALIZER));
            }
            return Optional.empty();
        }
        if (!Finalizers.has(machine.tree(), FINALIZER)) {
            change(cluster, machine, object -> Finalizers.add(object, FINALIZER));
            return Optional.empty();
        }
        var volumes = volumes(cluster, machine);
        return instance.isPresent() ? look(cluster, machine, instance.get())
                : begin(cluster, machine, volumes);
    }

    /// The volumes that are the machine's own: made with it, gone with it.
    private List<Item> volumes(Cluster cluster, Item machine) {
        var all = new ArrayList<Item>();
        for (var template : machine.tree().path("spec").path("dataVolumeTemplates")) {
            var name = template.path("metadata").path("name").asText();
            all.add(cluster.get(Kubevirt.VOLUMES, machine.namespace(), name).orElseGet(() -> {
                var volume = (ObjectNode) template.deepCopy();
                Owners.own(machine, volume);
                return cluster.create(Kubevirt.VOLUMES, volume, Write.by(name()));
            }));
        }
        return all;
    }

    /// There is no instance: makes one when one is wanted.
    private Optional<Duration> begin(Cluster cluster, Item machine, List<Item> volumes) {
        var request = machine.tree().path("status").path(REQUESTS).path(0);
        boolean asked = request.path("action").asText().equals("Start");
        boolean wanted = switch (RunStrategy.of(machine)) {
            case ALWAYS, RERUN_ON_FAILURE, ONCE -> true;
            case MANUAL -> asked;
            case HALTED -> false;
        };
        if (request.path("action").asText().equals("Stop")) {
            // A restart: what was to be stopped is gone, what follows is due.
            answered(cluster, machine);
            return Optional.empty();
        }
        if (!wanted) {
            report(cluster, machine, Optional.empty(), "Stopped");
            return Optional.empty();
        }
        var retry = Conditions.time(machine.tree().at("/status/startFailure/retryAfterTimestamp"));
        if (retry != null && retry.isAfter(clock.instant())) {
            report(cluster, machine, Optional.empty(), "CrashLoopBackOff");
            return Optional.of(Duration.between(clock.instant(), retry).plusMillis(1));
        }
        if (volumes.stream().anyMatch(volume -> Pods.phase(volume).equals("Failed"))) {
            failure(cluster, machine, "a DataVolume of it failed");
            return Optional.empty();
        }
        if (!volumes.stream().allMatch(volume -> Pods.phase(volume).equals("Succeeded"))) {
            report(cluster, machine, Optional.empty(), "Provisioning");
            return Optional.empty();
        }
        return switch (phases.turn(cluster, machine, "provisioning")) {
            case Phases.Going going -> {
                report(cluster, machine, Optional.empty(), "Provisioning");
                yield going.left();
            }
            case Phases.Failed failed -> {
                failure(cluster, machine, failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                create(cluster, machine);
                if (asked) {
                    answered(cluster, machine);
                }
                yield Optional.empty();
            }
        };
    }

    /// There is an instance: stops it when it should not be, replaces it when it has ended.
    private Optional<Duration> look(Cluster cluster, Item machine, Item instance) {
        Faults.pass(cluster, machine, instance, name());
        var strategy = RunStrategy.of(machine);
        var phase = Pods.phase(instance);
        boolean ended = Pods.ended(instance);
        var request = machine.tree().path("status").path(REQUESTS).path(0);
        boolean stop = strategy == RunStrategy.HALTED
                || request.path("action").asText().equals("Stop")
                        && request.path("uid").asText().equals(instance.uid());
        if (Pods.going(instance)) {
            report(cluster, machine, Optional.of(instance), "Stopping");
        } else if (stop || ended && strategy.restarts(phase.equals("Failed"))) {
            if (ended && !stop) {
                backOff(cluster, machine, phase.equals("Failed"));
            }
            stop(cluster, instance);
        } else {
            if (!ended) {
                plug(cluster, machine, instance);
            }
            report(cluster, machine, Optional.of(instance), printable(instance));
        }
        return Optional.empty();
    }

    /// An instance gets the volumes that its machine got since, and gives back what that lost.
    private void plug(Cluster cluster, Item machine, Item instance) {
        var wanted = machine.tree().at("/spec/template/spec");
        if (!Hotplug.names(wanted).equals(Hotplug.names(instance.tree().path("spec")))) {
            change(cluster, instance,
                    object -> Hotplug.copy(wanted, Json.child(object, "spec")));
        }
    }

    private static Optional<Item> instance(Cluster cluster, Item machine) {
        return cluster.get(Kubevirt.INSTANCES, machine.namespace(), machine.name());
    }

    private void create(Cluster cluster, Item machine) {
        var template = machine.tree().path("spec").path("template");
        var instance = Json.object();
        Owners.own(machine, instance);
        var metadata = Json.child(instance, "metadata").put("name", machine.name());
        for (var field : new String[] {"labels", "annotations"}) {
            if (template.path("metadata").path(field).isObject()) {
                metadata.set(field, template.path("metadata").path(field).deepCopy());
            }
        }
        Json.child(metadata, "labels").put("vm.kubevirt.io/name", machine.name());
        metadata.putArray("finalizers").add(Instances.FINALIZER);
        instance.set("spec", template.path("spec").deepCopy());
        cluster.create(Kubevirt.INSTANCES, instance, Write.by(name()));
        events.normal(cluster, machine, name(), "SuccessfulCreate",
                "Started the virtual machine by creating the new virtual machine instance "
                        + machine.name());
    }

    private void stop(Cluster cluster, Item instance) {
        if (!Pods.going(instance)) {
            cluster.delete(instance.type(), instance.namespace(), instance.name(),
                    Deletion.BACKGROUND);
        }
    }

    /// The first request is done with.
    private void answered(Cluster cluster, Item machine) {
        status(cluster, machine, status -> {
            if (status.path(REQUESTS) instanceof ArrayNode all
                    && !all.isEmpty()) {
                all.remove(0);
            }
            if (status.path(REQUESTS).isEmpty()) {
                status.remove(REQUESTS);
            }
        });
    }

    /// The next start waits: longer each time that one fails.
    private void backOff(Cluster cluster, Item machine, boolean failed) {
        status(cluster, machine, status -> {
            if (!failed) {
                status.remove("startFailure");
                return;
            }
            var failure = Json.child(status, "startFailure");
            int count = failure.path("consecutiveFailCount").asInt() + 1;
            var wait = timing.backoff().multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
            failure.put("consecutiveFailCount", count).put("retryAfterTimestamp",
                    clock.instant().plus(wait).toString());
            status.put("printableStatus", "CrashLoopBackOff");
        });
    }

    private void failure(Cluster cluster, Item machine, String message) {
        status(cluster, machine, status -> {
            status.put("printableStatus", "DataVolumeError").put("created", false)
                    .put("ready", false);
            Conditions.set(status, "Failure", true, "FailedCreate", message, clock);
            Conditions.set(status, "Ready", false, "VMINotExists", message, clock);
        });
        events.warning(cluster, machine, name(), "FailedCreate", message);
    }

    private void report(Cluster cluster, Item machine, Optional<Item> instance,
            String printable) {
        boolean ready = instance.isPresent() && Conditions.isTrue(instance.get().tree(), "Ready");
        status(cluster, machine, status -> {
            status.put("created", instance.isPresent()).put("ready", ready)
                    .put("printableStatus", printable)
                    .put("runStrategy", RunStrategy.of(machine).text);
            var generation = machine.tree().path("metadata").path("generation").asLong();
            status.put("observedGeneration", generation).put("desiredGeneration", generation);
            dropFailure(status);
            var said = instance.map(vmi -> Conditions.get(vmi.tree().path("status"), "Ready"));
            Conditions.set(status, "Ready", ready,
                    ready ? "" : said.map(c -> c.path("reason").asText()).orElse("VMINotExists"),
                    ready ? "" : said.map(c -> c.path("message").asText())
                            .orElse("VMI does not exist"), clock);
            boolean paused = instance.isPresent()
                    && Conditions.isTrue(instance.get().tree(), "Paused");
            if (paused || !Conditions.get(status, "Paused").isMissingNode()) {
                Conditions.set(status, "Paused", paused, paused ? "PausedByUser" : "", "", clock);
            }
            if (ready) {
                status.remove("startFailure");
            }
        });
    }

    private static void dropFailure(ObjectNode status) {
        if (status.path("conditions") instanceof ArrayNode all) {
            for (int i = all.size() - 1; i >= 0; i--) {
                if (all.get(i).path("type").asText().equals("Failure")) {
                    all.remove(i);
                }
            }
        }
    }

    /// What `kubectl get vm` shows of a machine that has an instance.
    private static String printable(Item instance) {
        return switch (Pods.phase(instance)) {
            case "Running" -> Conditions.isTrue(instance.tree(), "Paused") ? "Paused" : "Running";
            case "Succeeded", "Failed" -> "Stopped";
            default -> Conditions.get(instance.tree().path("status"), "PodScheduled")
                    .path("status").asText().equals("False") ? "ErrorUnschedulable" : "Starting";
        };
    }
}
