package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Deletes a virtual machine with its disks. Its addresses are free when it is gone, and no sooner.
@Singleton
final class DeleteInstance implements Saga<DeleteInstance.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("vm.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(1))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param instance its identifier
    /// @param earlier the run that changed it when its deletion was asked for
    record Input(String instance, @Nullable String earlier) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;
    private final Clock clock;

    DeleteInstance(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients, Runs runs, Clock clock) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
        this.runs = runs;
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
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.anywhere(steps.grant(), in.earlier()).status().isOver());
        steps.await("management cluster", look::answers);
        steps.run("virtual machine", () -> {
            var it = look.instance();
            kube(steps, it).delete(VirtualMachines.VIRTUAL_MACHINE,
                    VirtualMachines.namespace(it), it.objectName());
        });
        steps.await("gone", look::isGone);
        steps.run("what it used", () -> clear(steps, look.instance()));
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private Kube kube(Steps steps, Instance it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }

    private void clear(Steps steps, Instance it) {
        var kube = kube(steps, it);
        var namespace = VirtualMachines.namespace(it);
        kube.delete(Kind.SECRET, namespace, it.objectName());
        for (int i = 0; i < it.nics().size(); i++) {
            kube.delete(VirtualMachines.ATTACHMENT, namespace, VirtualMachines.attachment(it, i));
        }
    }
}
