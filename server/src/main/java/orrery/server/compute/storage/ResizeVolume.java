package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Makes a volume larger, also while a machine uses it.
@Singleton
final class ResizeVolume implements Saga<ResizeVolume.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("volume.resize", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param volume its identifier
    /// @param sizeGb 2³⁰ bytes that it shall have
    record Input(String volume, int sizeGb) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;

    ResizeVolume(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.volume();
        var look = new Look(steps, lifecycle, management, id);
        steps.tx("begin",
                tx -> lifecycle.resizing(tx, id, in.sizeGb(), steps.fence().run()),
                tx -> lifecycle.resizeFailed(tx, id));
        steps.await("management cluster", look::answers);
        // A claim that asked for more cannot ask for less again: what is taken back is our record.
        steps.run("claim", () -> grow(steps, look, in.sizeGb()), () -> {
            if (look.asksFor(in.sizeGb())) {
                lifecycle.asked(steps.grant(), id, in.sizeGb());
            }
        });
        steps.await("grown", () -> look.hasGrownTo(in.sizeGb()));
        steps.tx("resized", tx -> lifecycle.resized(tx, id, in.sizeGb()));
    }

    private void grow(Steps steps, Look look, int sizeGb) {
        var it = look.volume();
        look.claim();
        kube(steps, it).change(VolumeClaims.of(it, sizeGb, steps.fence().run()));
    }

    private Kube kube(Steps steps, Volume it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }
}
