package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Deletes a volume with what is on it. What it took is free when it is gone, and no sooner.
@Singleton
final class DeleteVolume implements Saga<DeleteVolume.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("volume.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(1))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param volume its identifier
    /// @param earlier the run that changed it when its deletion was asked for
    record Input(String volume, @Nullable String earlier) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;

    DeleteVolume(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients, Runs runs) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
        this.runs = runs;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.volume();
        var look = new Look(steps, lifecycle, management, id);
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.anywhere(steps.grant(), in.earlier()).status().isOver());
        steps.await("management cluster", look::answers);
        steps.run("claim", () -> {
            var it = look.volume();
            kube(steps, it).delete(
                    VolumeClaims.CLAIM, VolumeClaims.namespace(it), Volume.claim(id));
        });
        steps.await("gone", look::isGone);
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private Kube kube(Steps steps, Volume it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }
}
