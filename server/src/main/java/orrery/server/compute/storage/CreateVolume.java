package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Makes a volume.
@Singleton
final class CreateVolume implements Saga<CreateVolume.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("volume.create", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param volume its identifier
    record Input(String volume) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;

    CreateVolume(Lifecycle lifecycle, Management management, Regions regions,
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
        steps.tx("begin", tx -> lifecycle.creating(tx, id, steps.fence().run()),
                tx -> lifecycle.failed(tx, id, "It could not be made; its last run says why."));
        steps.await("management cluster", look::answers);
        steps.run("project namespace", () -> {
            var it = look.volume();
            kube(steps, it).ensure(ProjectNamespace.object(it.projectId(), it.organizationId()));
        });
        steps.await("no earlier claim", look::noneLeaving);
        steps.run("claim", () -> {
            var it = look.volume();
            kube(steps, it).apply(VolumeClaims.of(it, it.sizeGb(), steps.fence().run()));
        }, () -> {
            var it = look.volume();
            kube(steps, it).delete(
                    VolumeClaims.CLAIM, VolumeClaims.namespace(it), Volume.claim(id));
        });
        steps.await("made", look::isMade);
        steps.tx("available", tx -> lifecycle.created(tx, id));
    }

    private Kube kube(Steps steps, Volume it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }
}
