package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.Problem;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.server.compute.instance.Machine.Verdict;
import orrery.server.tenancy.region.Regions;

/// Starts, stops, suspends, resumes or resets a virtual machine.
@Singleton
final class PowerInstance implements Saga<PowerInstance.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("vm.power", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(15))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param instance its identifier
    /// @param from the state before
    record Input(String instance, Power power, Instance.State from) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    PowerInstance(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients, Clock clock) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.instance();
        var look = new Look(steps, lifecycle, management, clock, id);
        steps.tx("begin", tx -> lifecycle.powering(tx, id, in.power(), steps.fence().run()),
                tx -> lifecycle.came(tx, id, in.from(), "It could not " + in.power().text()
                        + "; its last run says why."));
        steps.await("management cluster", look::answers);
        switch (in.power()) {
            // One whose guest shut down is off, and yet has a dead instance that is in the way.
            case START -> {
                halt(steps, look, false);
                begin(steps, look, false);
            }
            case STOP -> halt(steps, look, true);
            case SUSPEND -> pause(steps, look, true);
            case RESUME -> pause(steps, look, false);
            case RESET -> {
                halt(steps, look, true);
                begin(steps, look, true);
            }
        }
        steps.tx("done", tx -> lifecycle.came(tx, id, in.power().to()));
    }

    /// @param wasOn whether it is started again when this is taken back
    private void halt(Steps steps, Look look, boolean wasOn) {
        steps.run("halted", () -> apply(steps, look, false), () -> putBack(steps, look, wasOn));
        steps.await("stopped", () -> look.isAt(Verdict.STOPPED));
    }

    private void begin(Steps steps, Look look, boolean wasOn) {
        steps.run("metadata", () -> {
            var it = look.instance();
            kube(steps, it).apply(VirtualMachines.told(it));
        });
        steps.run("started", () -> apply(steps, look, true), () -> putBack(steps, look, wasOn));
        steps.await("ready", () -> look.isAt(Verdict.RUNNING));
    }

    private void pause(Steps steps, Look look, boolean pause) {
        steps.run("described", () -> apply(steps, look, true));
        steps.run(pause ? "paused" : "unpaused", () -> {
            // One that is getting up can be paused in a moment.
            if (pause && look.find().filter(it -> it.verdict() == Verdict.STARTING).isPresent()) {
                throw new IllegalStateException("it is not up yet");
            }
            act(steps, look, pause);
        }, () -> act(steps, look, !pause));
        steps.await("ready", () -> look.isAt(pause ? Verdict.PAUSED : Verdict.RUNNING)
                || again(steps, look, pause));
    }

    /// One that somebody started anew meanwhile is not paused any more.
    ///
    /// @return false: whether that helped is seen later
    private boolean again(Steps steps, Look look, boolean pause) {
        try {
            act(steps, look, pause);
        } catch (KubeFailure notNow) {
            if (!notNow.mayPass()) {
                throw notNow;
            }
        }
        return false;
    }

    private Kube kube(Steps steps, Instance it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }

    /// @throws Problem.Failure [Problem.Conflict] when there is none: one without its disks would
    ///     be another machine
    private void apply(Steps steps, Look look, boolean on) {
        var it = look.instance();
        if (look.find().isEmpty()) {
            throw look.conflict("somebody deleted its VirtualMachine");
        }
        kube(steps, it).change(VirtualMachines.of(it, on,
                management.hasManyZones(steps.grant(), it.region()), steps.fence().run()));
    }

    private void putBack(Steps steps, Look look, boolean on) {
        if (look.find().isPresent()) {
            apply(steps, look, on);
        }
    }

    /// Pauses one that runs, or lets one that is paused go on; any other is left as it is.
    private void act(Steps steps, Look look, boolean pause) {
        var it = look.instance();
        var from = pause ? Verdict.RUNNING : Verdict.PAUSED;
        if (look.find().filter(machine -> machine.verdict() == from).isPresent()) {
            kube(steps, it).act(VirtualMachines.VIRTUAL_MACHINE, VirtualMachines.namespace(it),
                    it.objectName(), VirtualMachines.ACTIONS, pause ? "pause" : "unpause");
        }
    }
}
