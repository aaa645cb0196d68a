package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.Machine.Wanted;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Installs an image on a server, and turns it on.
@Singleton
final class ProvisionMachine implements Saga<ProvisionMachine.Input> {
    static final SagaType<Input> TYPE =
            new SagaType<>("server.provision", Input.class, RegisterMachine.POLICY);

    /// @param server its identifier
    /// @param userData what it boots with; `null` for nothing
    record Input(String server, Machine.Image image, @Nullable Secret userData) {}

    private final Lifecycle lifecycle;
    private final Looks looks;
    private final Regions regions;
    private final KubeClients clients;

    ProvisionMachine(Lifecycle lifecycle, Looks looks, Regions regions, KubeClients clients) {
        this.lifecycle = lifecycle;
        this.looks = looks;
        this.regions = regions;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.server();
        var look = looks.at(steps, id);
        var wanted = new Wanted(in.image(), true, false);
        steps.tx("begin",
                tx -> lifecycle.begin(tx, id, Change.PROVISION),
                tx -> lifecycle.failed(tx, id,
                        "It could not be provisioned; its last run says why."));
        var begun = steps.await("management cluster", Look.Begun.class, look::answers);
        steps.run("host is there", look::verifyThere);
        if (in.userData() != null) {
            steps.run("user data",
                    () -> kube(steps, look).apply(BareMetalHosts.userData(
                            look.machine(), in.userData().reveal())),
                    () -> kube(steps, look).delete(Kind.SECRET,
                            ProjectNamespace.name(look.machine().projectId()),
                            BareMetalHosts.userDataName(id)));
        }
        steps.run("host", () -> change(steps, look, wanted),
                () -> change(steps, look, look.machine().wanted()));
        var seen = steps.await("installed", Host.class, () -> look.is(wanted, begun));
        steps.tx("ready", tx -> lifecycle.rests(tx, id, wanted, seen));
    }

    private void change(Steps steps, Look look, Wanted wanted) {
        kube(steps, look).change(
                BareMetalHosts.of(look.machine(), wanted, steps.fence().run()));
    }

    private Kube kube(Steps steps, Look look) {
        return clients.writer(
                regions.target(steps.grant(), look.machine().region()), steps.fence());
    }
}
