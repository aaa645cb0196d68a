package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.infrastructure.machine.Machine.State;
import orrery.server.infrastructure.machine.Machine.Wanted;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Tells a region's Metal3 of a server, and has it inspected.
@Singleton
final class RegisterMachine implements Saga<RegisterMachine.Input> {
    /// How patient all runs of servers are: firmware takes its time.
    static final Policy POLICY = Policy.DEFAULT.withDeadline(Duration.ofHours(2))
            .withAttempts(30, Duration.ofMillis(500));

    static final SagaType<Input> TYPE = new SagaType<>("server.register", Input.class, POLICY);

    /// @param server its identifier
    record Input(String server) {}

    private final Lifecycle lifecycle;
    private final Looks looks;
    private final Regions regions;
    private final KubeClients clients;

    RegisterMachine(Lifecycle lifecycle, Looks looks, Regions regions, KubeClients clients) {
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
                tx -> lifecycle.begin(tx, id, Change.REGISTER),
                tx -> lifecycle.failed(tx, id,
                        "It could not be registered; its last run says why."));
        var begun = steps.await("management cluster", Look.Begun.class, look::answers);
        steps.run("project namespace", () -> kube(steps, look).ensure(ProjectNamespace.object(
                look.machine().projectId(), look.machine().organizationId())));
        steps.await("no earlier host", look::noneLeaving);
        // Without it Metal3 would call the host failed at once.
        steps.run("login",
                () -> kube(steps, look).apply(BareMetalHosts.login(
                        look.machine(), lifecycle.login(steps.grant(), id))),
                () -> delete(steps, look, Kind.SECRET, BareMetalHosts.loginName(id)));
        steps.run("host",
                () -> kube(steps, look).apply(BareMetalHosts.of(
                        look.machine(), Wanted.EMPTY, steps.fence().run())),
                () -> delete(steps, look, BareMetalHosts.HOST, BareMetalHosts.name(id)));
        steps.await("known to Metal3", () -> look.registered(begun));
        steps.tx("registered", tx -> lifecycle.passes(tx, id, State.REGISTERED));
        steps.tx("inspecting", tx -> lifecycle.passes(tx, id, State.INSPECTING));
        var seen = steps.await("inspected", Host.class, () -> look.is(Wanted.EMPTY, begun));
        steps.tx("available", tx -> lifecycle.rests(tx, id, Wanted.EMPTY, seen));
    }

    private Kube kube(Steps steps, Look look) {
        return clients.writer(
                regions.target(steps.grant(), look.machine().region()), steps.fence());
    }

    private void delete(Steps steps, Look look, Kind kind, String name) {
        kube(steps, look).delete(
                kind, ProjectNamespace.name(look.machine().projectId()), name);
    }
}
