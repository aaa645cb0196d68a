package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.instance.Instance.State;
import orrery.server.compute.instance.Machine.Verdict;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Makes a virtual machine and starts it.
@Singleton
final class CreateInstance implements Saga<CreateInstance.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("vm.create", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param instance its identifier
    record Input(String instance) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    CreateInstance(Lifecycle lifecycle, Management management, Regions regions,
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
        steps.tx("begin", tx -> lifecycle.provisioning(tx, id, steps.fence().run()),
                tx -> lifecycle.failed(tx, id, "It could not be made; its last run says why."));
        steps.await("management cluster", look::answers);
        steps.run("project namespace", () -> {
            var it = look.instance();
            kube(steps, it).ensure(ProjectNamespace.object(it.projectId(), it.organizationId()));
        });
        steps.await("no earlier machine", look::noneLeaving);
        steps.run("networks", () -> attach(steps, look.instance()),
                () -> detach(steps, look.instance()));
        steps.run("metadata", () -> tell(steps, look.instance()),
                () -> forget(steps, look.instance()));
        steps.run("virtual machine", () -> apply(steps, look.instance()),
                () -> delete(steps, look.instance()));
        steps.await("made", look::isMade);
        steps.tx("staging", tx -> lifecycle.came(tx, id, State.STAGING));
        steps.await("ready", () -> look.isAt(Verdict.RUNNING));
        steps.tx("running", tx -> lifecycle.came(tx, id, State.RUNNING));
    }

    private Kube kube(Steps steps, Instance it) {
        return clients.writer(regions.target(steps.grant(), it.region()), steps.fence());
    }

    private void attach(Steps steps, Instance it) {
        VirtualMachines.attachments(it).forEach(kube(steps, it)::apply);
    }

    private void detach(Steps steps, Instance it) {
        for (int i = 0; i < it.nics().size(); i++) {
            kube(steps, it).delete(VirtualMachines.ATTACHMENT, VirtualMachines.namespace(it),
                    VirtualMachines.attachment(it, i));
        }
    }

    private void tell(Steps steps, Instance it) {
        kube(steps, it).apply(VirtualMachines.told(it));
    }

    private void forget(Steps steps, Instance it) {
        kube(steps, it).delete(Kind.SECRET, VirtualMachines.namespace(it), it.objectName());
    }

    private void apply(Steps steps, Instance it) {
        kube(steps, it).apply(VirtualMachines.of(it, true,
                management.hasManyZones(steps.grant(), it.region()), steps.fence().run()));
    }

    private void delete(Steps steps, Instance it) {
        kube(steps, it).delete(VirtualMachines.VIRTUAL_MACHINE, VirtualMachines.namespace(it),
                it.objectName());
    }
}
