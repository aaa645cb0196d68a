package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Gives a volume to a machine, or takes it from one, whether that runs or not.
@Singleton
final class PlugVolume implements Saga<PlugVolume.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("vm.volume", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(15))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param volume its identifier
    /// @param instance the machine's
    /// @param attach whether it is given, else taken
    record Input(String volume, String instance, boolean attach) {}

    private final Attachments attachments;
    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    PlugVolume(Attachments attachments, Lifecycle lifecycle, Management management,
            Regions regions, KubeClients clients, Clock clock) {
        this.attachments = attachments;
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
        var look = new Look(steps, lifecycle, management, clock, in.instance());
        steps.tx("begin", tx -> attachments.begin(tx, in, steps.fence().run()), tx -> {
            if (in.attach()) {
                attachments.left(tx, in);
            }
        });
        steps.await("management cluster", look::answers);
        steps.run("described", () -> describe(steps, look, in, in.attach()),
                () -> describe(steps, look, in, !in.attach()));
        if (in.attach()) {
            steps.await("plugged in", () -> look.hasVolume(in.volume()));
        } else {
            steps.await("pulled out", () -> look.hasNoVolume(in.volume()));
            steps.tx("free", tx -> attachments.left(tx, in));
        }
    }

    /// Leaves the machine on or off, as it is. One that is gone gives what it had.
    private void describe(Steps steps, Look look, Input in, boolean has) {
        var it = look.instance();
        var machine = look.find();
        if (machine.isEmpty()) {
            if (has && in.attach()) {
                throw look.conflict("somebody deleted its VirtualMachine");
            }
            return;
        }
        var plugged = it.volumes().stream()
                .filter(volume -> has || !volume.id().equals(in.volume())).toList();
        clients.writer(regions.target(steps.grant(), it.region()), steps.fence())
                .change(VirtualMachines.of(it, plugged, !machine.get().halted(),
                        management.hasManyZones(steps.grant(), it.region()),
                        steps.fence().run()));
    }
}
