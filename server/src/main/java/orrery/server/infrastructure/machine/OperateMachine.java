package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Does one of the closed list of actions with a server: describes its host as it shall be then,
/// and waits until it is.
@Singleton
final class OperateMachine implements Saga<OperateMachine.Input> {
    static final SagaType<Input> TYPE =
            new SagaType<>("server.lifecycle", Input.class, RegisterMachine.POLICY);

    /// @param server its identifier
    record Input(String server, Change action) {}

    private final Lifecycle lifecycle;
    private final Looks looks;
    private final Regions regions;
    private final KubeClients clients;

    OperateMachine(Lifecycle lifecycle, Looks looks, Regions regions, KubeClients clients) {
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
                tx -> lifecycle.begin(tx, id, in.action()),
                tx -> lifecycle.failed(tx, id, "The action " + in.action().text()
                        + " failed; its last run says why."));
        // Nobody else changes what is wanted meanwhile, so it is the same however often it is read.
        var before = look.machine().wanted();
        var wanted = in.action().of(before);
        var begun = steps.await("management cluster", Look.Begun.class, look::answers);
        switch (in.action()) {
            case RETRY -> makeAnew(steps, look);
            case POWER_CYCLE, RESET -> {
                steps.run("host is there", look::verifyThere);
                turnOff(steps, look, begun, in.action());
            }
            case REGISTER, PROVISION, INSPECT, DEPROVISION, POWER_ON, POWER_OFF, MAINTENANCE_ON,
                    MAINTENANCE_OFF, CONNECT -> steps.run("host is there", look::verifyThere);
        }
        steps.run("host", () -> describe(steps, look, in.action(), wanted),
                () -> putBack(steps, look));
        var seen = steps.await("as wanted", Host.class, () -> look.is(wanted, begun));
        boolean isEmptied = in.action() == Change.DEPROVISION
                || in.action() == Change.RETRY && wanted.image() == null;
        if (isEmptied) {
            steps.run("user data", () -> kube(steps, look).delete(Kind.SECRET,
                    ProjectNamespace.name(look.machine().projectId()),
                    BareMetalHosts.userDataName(id)));
        }
        steps.tx("done", tx -> lifecycle.rests(tx, id, wanted, seen));
    }

    /// What a registration that failed has taken back, or somebody deleted.
    private void makeAnew(Steps steps, Look look) {
        steps.run("project namespace", () -> kube(steps, look).ensure(ProjectNamespace.object(
                look.machine().projectId(), look.machine().organizationId())));
        steps.await("no earlier host", look::noneLeaving);
        steps.run("login", () -> kube(steps, look).apply(BareMetalHosts.login(
                look.machine(), lifecycle.login(steps.grant(), look.machine().id()))));
    }

    private void turnOff(Steps steps, Look look, Look.Begun begun, Change action) {
        steps.run("power off",
                () -> kube(steps, look).change(BareMetalHosts.rebooting(
                        look.machine(), steps.fence().run(), action == Change.RESET)),
                () -> putBack(steps, look));
        steps.await("off", () -> look.off(begun));
    }

    /// Describes the host as it was. One that somebody deleted meanwhile stays deleted.
    private void putBack(Steps steps, Look look) {
        var machine = look.machine();
        kube(steps, look).change(BareMetalHosts.of(
                machine, machine.wanted(), steps.fence().run()));
    }

    private void describe(Steps steps, Look look, Change action, Machine.Wanted wanted) {
        var run = steps.fence().run();
        switch (action) {
            case RETRY -> kube(steps, look).apply(
                    BareMetalHosts.of(look.machine(), wanted, run));
            case INSPECT -> kube(steps, look).change(
                    BareMetalHosts.inspected(look.machine(), run));
            case REGISTER, PROVISION, DEPROVISION, POWER_ON, POWER_OFF, POWER_CYCLE, RESET,
                    MAINTENANCE_ON, MAINTENANCE_OFF, CONNECT -> kube(steps, look).change(
                            BareMetalHosts.of(look.machine(), wanted, run));
        }
    }

    private Kube kube(Steps steps, Look look) {
        return clients.writer(
                regions.target(steps.grant(), look.machine().region()), steps.fence());
    }
}
