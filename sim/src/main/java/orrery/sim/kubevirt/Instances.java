package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Owners;
import orrery.sim.operator.Pods;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;

/// Takes VirtualMachineInstances from Pending over Scheduling and Scheduled to Running, behind
/// the pod that stands for each, and to their end.
final class Instances extends PhasedOperator {
    static final String FINALIZER = "foregroundDeleteVirtualMachine";

    private final Events events;
    private final Clock clock;

    Instances(Phases phases, Events events, Clock clock) {
        super(Kubevirt.MANAGER, Kubevirt.INSTANCES, phases);
        this.events = events;
        this.clock = clock;
    }

    @Override
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals("pods")) {
            Owners.noticed(change, Kubevirt.INSTANCES, "VirtualMachineInstance", look);
        } else if (change.type().equals(Hotplug.CLAIMS)) {
            Hotplug.users(cluster, change.item()).forEach(look);
        }
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item instance) {
        var pod = Launcher.of(cluster, instance);
        if (Pods.going(instance)) {
            return stop(cluster, instance, pod);
        }
        if (!Finalizers.has(instance.tree(), FINALIZER)) {
            change(cluster, instance, object -> Finalizers.add(object, FINALIZER));
            return Optional.empty();
        }
        if (Pods.ended(instance)) {
            return Optional.empty();
        }
        return switch (Pods.phase(instance)) {
            case "" -> {
                enter(cluster, instance, "Pending", status -> { });
                yield Optional.empty();
            }
            case "Pending" -> {
                if (pod.isEmpty()) {
                    var made = Launcher.create(cluster, instance);
                    events.normal(cluster, instance, name(), "SuccessfulCreate",
                            "Created virtual machine pod " + made.name());
                }
                enter(cluster, instance, "Scheduling", status -> { });
                yield Optional.empty();
            }
            case "Scheduling" -> schedule(cluster, instance, pod);
            case "Scheduled" -> start(cluster, instance, pod);
            default -> keep(cluster, instance, pod);
        };
    }

    private Optional<Duration> schedule(Cluster cluster, Item instance, Optional<Item> pod) {
        if (broken(pod)) {
            fail(cluster, instance, "the virtual machine's pod is gone");
        } else if (Pods.phase(pod.get()).equals("Running")) {
            enter(cluster, instance, "Scheduled", status -> {
                var node = pod.get().tree().path("spec").path("nodeName").asText();
                status.put("nodeName", node).putObject("activePods").put(pod.get().uid(), node);
                status.put("qosClass", pod.get().tree().path("status").path("qosClass").asText());
                if (!Conditions.get(status, "PodScheduled").isMissingNode()) {
                    Conditions.set(status, "PodScheduled", true, "", "", clock);
                }
            });
        } else {
            var scheduled = Conditions.get(pod.get().tree().path("status"), "PodScheduled");
            if (scheduled.path("status").asText().equals("False")) {
                status(cluster, instance, status -> Conditions.set(status, "PodScheduled", false,
                        scheduled.path("reason").asText(), scheduled.path("message").asText(),
                        clock));
            }
        }
        return Optional.empty();
    }

    private Optional<Duration> start(Cluster cluster, Item instance, Optional<Item> pod) {
        if (broken(pod)) {
            fail(cluster, instance, "the virtual machine's pod is gone");
            return Optional.empty();
        }
        return switch (phases.turn(cluster, instance, "starting")) {
            case Phases.Going going -> going.left();
            case Phases.Failed failed -> {
                fail(cluster, instance, failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                enter(cluster, instance, "Running", status -> running(status, pod.get()));
                events.normal(cluster, instance, "virt-handler", "Started",
                        "VirtualMachineInstance started.");
                yield Optional.empty();
            }
        };
    }

    private void running(ObjectNode status, Item pod) {
        var address = pod.tree().path("status").path("podIP").asText();
        var nic = status.putArray("interfaces").addObject().put("name", "default")
                .put("ipAddress", address).put("mac", "02:00:00:%02x:%02x:%02x".formatted(
                        pod.uid().hashCode() >>> 16 & 255, pod.uid().hashCode() >>> 8 & 255,
                        pod.uid().hashCode() & 255))
                .put("infoSource", "domain, guest-agent");
        nic.putArray("ipAddresses").add(address);
        status.putObject("guestOSInfo").put("name", "Simulated guest")
                .put("prettyName", "Simulated guest: no machine stands behind it");
        Conditions.set(status, "Ready", true, "", "", clock);
        Conditions.set(status, "LiveMigratable", true, "", "", clock);
        Conditions.set(status, "AgentConnected", true, "", "", clock);
    }

    /// A running machine ends with its pod; one that flaps is not ready now and then.
    private Optional<Duration> keep(Cluster cluster, Item instance, Optional<Item> pod) {
        if (broken(pod)) {
            fail(cluster, instance, "the virtual machine's pod is gone");
            return Optional.empty();
        }
        var volumes = Hotplug.status(cluster, instance);
        var said = instance.tree().at("/status/volumeStatus");
        if (!volumes.equals(said) && !(volumes.isEmpty() && said.isEmpty())) {
            status(cluster, instance, status -> status.set("volumeStatus", volumes));
        }
        var swing = phases.swing(instance);
        boolean up = swing.isEmpty() || swing.get().up();
        if (up != Conditions.isTrue(instance.tree(), "Ready")) {
            status(cluster, instance, status -> Conditions.set(status, "Ready", up,
                    up ? "" : "GuestNotRunning", up ? "" : "the guest does not answer", clock));
        }
        return swing.map(Phases.Swing::left);
    }

    private Optional<Duration> stop(Cluster cluster, Item instance, Optional<Item> pod) {
        boolean running = Pods.phase(instance).equals("Running");
        if (running && pod.isPresent()) {
            switch (phases.turn(cluster, instance, "stopping")) {
                case Phases.Going going -> {
                    return going.left();
                }
                case Phases.Failed failed -> {
                    events.warning(cluster, instance, name(), "FailedShutdown", failed.message());
                    return Optional.empty();
                }
                case Phases.Over over -> enter(cluster, instance, "Succeeded", status ->
                        Conditions.set(status, "Ready", false, "PodTerminating",
                                "virt-launcher pod is terminating", clock));
            }
        }
        if (pod.isPresent()) {
            if (!Pods.going(pod.get())) {
                cluster.delete("pods", pod.get().namespace(), pod.get().name(), new Deletion(0L,
                        Deletion.Propagation.BACKGROUND, pod.get().uid(), null, false));
            }
            return Optional.empty();
        }
        change(cluster, instance, object -> Finalizers.remove(object, FINALIZER));
        return Optional.empty();
    }

    private static boolean broken(Optional<Item> pod) {
        return pod.isEmpty() || Pods.going(pod.get()) || Pods.ended(pod.get());
    }

    private void fail(Cluster cluster, Item instance, String message) {
        enter(cluster, instance, "Failed", status -> {
            status.put("reason", "GuestFailed");
            Conditions.set(status, "Ready", false, "GuestNotRunning", message, clock);
        });
        events.warning(cluster, instance, name(), "Stopped",
                "The VirtualMachineInstance crashed: " + message);
    }

    private void enter(Cluster cluster, Item instance, String phase, Consumer<ObjectNode> more) {
        status(cluster, instance, status -> {
            status.put("phase", phase);
            status.withArray("phaseTransitionTimestamps").addObject().put("phase", phase)
                    .put("phaseTransitionTimestamp", Conditions.now(clock));
            if (!phase.equals("Running") && Conditions.get(status, "Ready").isMissingNode()) {
                Conditions.set(status, "Ready", false, "GuestNotRunning",
                        "Guest VM is not reported as running", clock);
            }
            more.accept(status);
        });
    }
}
