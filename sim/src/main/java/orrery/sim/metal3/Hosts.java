package orrery.sim.metal3;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Events;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Pods;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.type.Json;

/// Takes BareMetalHosts through their states, each of which lasts and may fail.
final class Hosts extends PhasedOperator {
    private static final String PAUSED = "baremetalhost.metal3.io/paused";
    private static final String DETACHED = "baremetalhost.metal3.io/detached";
    private static final String INSPECT = "inspect.metal3.io";

    private final Events events;
    private final Clock clock;

    Hosts(Phases phases, Events events, Clock clock) {
        super(Metal3.MANAGER, Metal3.HOSTS, phases);
        this.events = events;
        this.clock = clock;
    }

    @Override
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals("secrets")) {
            // Credentials that came, changed or went.
            cluster.list(Metal3.HOSTS, change.item().namespace()).stream()
                    .filter(host -> host.tree().at("/spec/bmc/credentialsName").asText()
                            .equals(change.item().name()))
                    .forEach(host -> look.accept(host.key()));
        }
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item host) {
        if (annotations(host).has(PAUSED)) {
            return Optional.empty();
        }
        boolean held = Finalizers.has(host.tree(), Metal3.FINALIZER);
        if (Pods.going(host)) {
            return held ? remove(cluster, host) : Optional.empty();
        }
        if (!held) {
            change(cluster, host, object -> Finalizers.add(object, Metal3.FINALIZER));
            return Optional.empty();
        }
        var status = status(cluster, host);
        var state = State.of(host);
        if (host.tree().at("/spec/bmc/address").asText().isEmpty()) {
            status.unmanaged();
            return Optional.empty();
        }
        if (annotations(host).has(DETACHED) && (installed(state) || state == State.AVAILABLE)) {
            status.detached();
            return Optional.empty();
        }
        var credentials = new Credentials(cluster, host);
        var obstacle = credentials.obstacle();
        if (obstacle.isPresent()) {
            status.failed(State.REGISTERING.error, obstacle.get());
            return Optional.empty();
        }
        if ((installed(state) || state == State.AVAILABLE) && !credentials.areTried()) {
            return pass(cluster, host, State.REGISTERING,
                    () -> status.registered(credentials.version()));
        }
        return advance(cluster, host, state, status);
    }

    private Optional<Duration> advance(Cluster cluster, Item host, State state,
            HostStatus status) {
        return switch (state) {
            case NONE, UNMANAGED -> {
                new Credentials(cluster, host).claim();
                status.enter(State.REGISTERING);
                yield Optional.empty();
            }
            case REGISTERING, INSPECTING, PREPARING, DEPROVISIONING ->
                    pass(cluster, host, state, () -> leave(cluster, host, state, status));
            case PROVISIONING -> status.sameImage()
                    ? pass(cluster, host, state, () -> leave(cluster, host, state, status))
                    : begin(cluster, host, State.DEPROVISIONING);
            case AVAILABLE -> {
                if (annotations(host).path(INSPECT).asText("none").isEmpty()) {
                    // The state first: who sees the annotation gone finds it inspecting.
                    begin(cluster, host, State.INSPECTING);
                    change(cluster, host, object -> Json.child(Json.child(object, "metadata"),
                            "annotations").remove(INSPECT));
                    yield Optional.empty();
                }
                boolean wanted = host.tree().at("/spec/online").asBoolean()
                        && !host.tree().at("/spec/image/url").asText().isEmpty();
                yield wanted ? begin(cluster, host, State.PROVISIONING) : power(cluster, host);
            }
            case PROVISIONED -> status.sameImage() ? power(cluster, host)
                    : begin(cluster, host, State.DEPROVISIONING);
            case EXTERNALLY_PROVISIONED -> host.tree().at("/spec/externallyProvisioned")
                    .asBoolean() ? power(cluster, host) : begin(cluster, host, State.INSPECTING);
            case POWERING_OFF, DELETING -> Optional.empty();
        };
    }

    /// Waits for the end of what passes in a state.
    private Optional<Duration> pass(Cluster cluster, Item host, State state, Runnable then) {
        return switch (phases.turn(cluster, host, state.phase())) {
            case Phases.Going going -> going.left();
            case Phases.Failed failed -> {
                status(cluster, host).failed(state.error, failed.message());
                events.warning(cluster, host, name(), reason(state) + "Error", failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                then.run();
                yield Optional.empty();
            }
        };
    }

    private Optional<Duration> begin(Cluster cluster, Item host, State state) {
        status(cluster, host).enter(state);
        events.normal(cluster, host, name(), reason(state) + "Started",
                "The host is " + state.text);
        return Optional.empty();
    }

    private void leave(Cluster cluster, Item host, State state, HostStatus status) {
        var spec = host.tree().path("spec");
        switch (state) {
            case REGISTERING -> {
                status.registered(new Credentials(cluster, host).version());
                events.normal(cluster, host, name(), "Registered", "Registered new host");
                boolean external = spec.path("externallyProvisioned").asBoolean();
                boolean known = annotations(host).path(INSPECT).asText().equals("disabled")
                        || host.tree().path("status").has("hardware");
                status(cluster, host).enter(external ? State.EXTERNALLY_PROVISIONED
                        : known ? State.PREPARING : State.INSPECTING);
            }
            case INSPECTING -> {
                status.inspected(new Hardware(cluster, host).found());
                events.normal(cluster, host, name(), "InspectionComplete",
                        "Hardware inspection completed");
            }
            case PREPARING -> status.enter(State.AVAILABLE);
            case PROVISIONING -> {
                status.provisioned();
                events.normal(cluster, host, name(), "ProvisioningComplete",
                        "Image provisioning completed for " + spec.at("/image/url").asText());
            }
            case DEPROVISIONING -> {
                status.emptied();
                events.normal(cluster, host, name(), "DeprovisioningComplete",
                        "Image deprovisioning completed");
            }
            case NONE, UNMANAGED, AVAILABLE, PROVISIONED, EXTERNALLY_PROVISIONED, POWERING_OFF,
                    DELETING -> throw new IllegalStateException(state + " has no end");
        }
    }

    /// Brings the power where the spec and the reboot annotations want it; a host that flaps is
    /// out of reach now and then.
    private Optional<Duration> power(Cluster cluster, Item host) {
        var swing = phases.swing(host);
        if (swing.isPresent() && !swing.get().up()) {
            status(cluster, host).failed("power management error", "the BMC does not answer");
            return Optional.of(swing.get().left());
        }
        var power = new Power(host);
        var status = status(cluster, host);
        if (power.satisfied()) {
            status.fine();
            if (power.rebootEnds()) {
                change(cluster, host, Power::endReboot);
            }
            return swing.map(Phases.Swing::left);
        }
        return pass(cluster, host, State.of(host), () -> {
            status.power(power.wanted());
            events.normal(cluster, host, name(), power.wanted() ? "PowerOn" : "PowerOff",
                    power.wanted() ? "Host powered on" : "Host powered off");
        });
    }

    /// From whatever state to the end: what was installed is wiped, the power goes off.
    private Optional<Duration> remove(Cluster cluster, Item host) {
        var state = State.of(host);
        if (annotations(host).has(DETACHED) || host.tree().at("/spec/bmc/address").asText()
                .isEmpty() || new Credentials(cluster, host).obstacle().isPresent()) {
            return release(cluster, host);
        }
        return switch (state) {
            case NONE, UNMANAGED, REGISTERING, EXTERNALLY_PROVISIONED, DELETING ->
                    release(cluster, host);
            case PROVISIONING, PROVISIONED -> begin(cluster, host, State.DEPROVISIONING);
            case DEPROVISIONING -> pass(cluster, host, state, () -> {
                status(cluster, host).emptied();
                status(cluster, host).enter(State.POWERING_OFF);
            });
            case INSPECTING, PREPARING, AVAILABLE -> {
                status(cluster, host).enter(State.POWERING_OFF);
                yield Optional.empty();
            }
            case POWERING_OFF -> pass(cluster, host, state, () -> {
                status(cluster, host).power(false);
                release(cluster, host);
            });
        };
    }

    private Optional<Duration> release(Cluster cluster, Item host) {
        status(cluster, host).enter(State.DELETING);
        change(cluster, host, object -> Finalizers.remove(object, Metal3.FINALIZER));
        return Optional.empty();
    }

    private static boolean installed(State state) {
        return state == State.PROVISIONED || state == State.EXTERNALLY_PROVISIONED;
    }

    private static String reason(State state) {
        return switch (state) {
            case REGISTERING -> "Registration";
            case INSPECTING -> "Inspection";
            case PREPARING -> "Preparation";
            case PROVISIONING -> "Provisioning";
            case DEPROVISIONING -> "Deprovisioning";
            case AVAILABLE, PROVISIONED, EXTERNALLY_PROVISIONED, POWERING_OFF ->
                    "PowerManagement";
            case NONE, UNMANAGED, DELETING -> "Host";
        };
    }

    private HostStatus status(Cluster cluster, Item host) {
        return new HostStatus(cluster, host, clock);
    }

    private static JsonNode annotations(Item host) {
        return host.tree().path("metadata").path("annotations");
    }
}
