package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Takes a server out of use: what is installed is wiped, its power goes off, Metal3 forgets it.
@Singleton
final class DecommissionMachine implements Saga<DecommissionMachine.Input> {
    static final SagaType<Input> TYPE =
            new SagaType<>("server.decommission", Input.class, RegisterMachine.POLICY);

    /// @param server its identifier
    /// @param earlier the run that changed it last when this one was asked for
    record Input(String server, @Nullable String earlier) {}

    private final Lifecycle lifecycle;
    private final Looks looks;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;

    DecommissionMachine(Lifecycle lifecycle, Looks looks, Regions regions, KubeClients clients,
            Runs runs) {
        this.lifecycle = lifecycle;
        this.looks = looks;
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
        var id = in.server();
        var look = looks.at(steps, id);
        steps.tx("begin", tx -> lifecycle.decommissioning(tx, id),
                tx -> lifecycle.decommissionFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        steps.await("management cluster", Look.Begun.class, look::answers);
        steps.run("host", () -> delete(
                steps, look, BareMetalHosts.HOST, BareMetalHosts.name(id)));
        steps.await("gone", look::gone);
        // Metal3 needs the login until the host is gone.
        steps.run("login", () -> delete(
                steps, look, Kind.SECRET, BareMetalHosts.loginName(id)));
        steps.run("user data", () -> delete(
                steps, look, Kind.SECRET, BareMetalHosts.userDataName(id)));
        steps.tx("decommissioned", tx -> lifecycle.decommissioned(tx, id));
    }

    private void delete(Steps steps, Look look, Kind kind, String name) {
        clients.writer(regions.target(steps.grant(), look.machine().region()), steps.fence())
                .delete(kind, ProjectNamespace.name(look.machine().projectId()), name);
    }
}
