package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Tells Metal3 how a server's management controller is reached from now on, and waits until Metal3
/// has been let in. Where it is not, everything stays as it was.
@Singleton
final class ConnectMachine implements Saga<ConnectMachine.Input> {
    static final SagaType<Input> TYPE =
            new SagaType<>("server.update", Input.class, RegisterMachine.POLICY);

    /// @param server its identifier
    record Input(String server, Controller to) {}

    private final Lifecycle lifecycle;
    private final Looks looks;
    private final Regions regions;
    private final KubeClients clients;

    ConnectMachine(Lifecycle lifecycle, Looks looks, Regions regions, KubeClients clients) {
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
        steps.tx("begin",
                tx -> lifecycle.begin(tx, id, Change.CONNECT),
                tx -> lifecycle.unchanged(tx, id, "Its management controller is reached as"
                        + " before; its last run says why."));
        var begun = steps.await("management cluster", Look.Begun.class, look::answers);
        steps.run("host is there", look::verifyThere);
        var login = in.to().login();
        if (login != null) {
            steps.run("login",
                    () -> kube(steps, look).apply(BareMetalHosts.login(look.machine(), login)),
                    () -> kube(steps, look).change(BareMetalHosts.login(
                            look.machine(), lifecycle.login(steps.grant(), id))));
        }
        steps.run("host",
                () -> kube(steps, look).change(host(steps, look.machine().reached(in.to()))),
                () -> kube(steps, look).change(host(steps, look.machine())));
        var seen = steps.await("let in", Host.class, () -> look.letIn(in.to(), begun));
        steps.tx("done", tx -> lifecycle.connected(tx, id, in.to(), seen));
    }

    private static ObjectNode host(Steps steps, Machine machine) {
        return BareMetalHosts.of(machine, machine.wanted(), steps.fence().run());
    }

    private Kube kube(Steps steps, Look look) {
        return clients.writer(
                regions.target(steps.grant(), look.machine().region()), steps.fence());
    }
}
