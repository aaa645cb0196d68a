package orrery.server.platform.inference;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;

/// Has a region serve a model: models are large, so it may take long.
@Singleton
final class CreateEndpoint implements Saga<CreateEndpoint.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("inference.create", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(2))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param endpoint its identifier
    record Input(String endpoint) {}

    private final EndpointLifecycle lifecycle;
    private final EndpointLook look;
    private final KubeClients clients;

    CreateEndpoint(EndpointLifecycle lifecycle, EndpointLook look, KubeClients clients) {
        this.lifecycle = lifecycle;
        this.look = look;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.endpoint();
        var endpoint = steps.tx("begin", Endpoint.class, tx -> {
            lifecycle.provisioning(tx, id, steps.fence().run());
            return lifecycle.get(tx, id);
        }, tx -> lifecycle.failed(tx, id));
        var serving = endpoint.serving();
        steps.await("management cluster", () -> look.answers(steps.grant(), endpoint));
        steps.run("project namespace", () -> kube(steps, endpoint).ensure(
                ProjectNamespace.object(endpoint.projectId(), endpoint.organizationId())));
        steps.await("no earlier service", () -> look.isGone(steps.grant(), endpoint));
        steps.run("settings", () -> kube(steps, endpoint).apply(InferenceServices.secret(
                        endpoint, serving, lifecycle.settings(steps.grant(), id))),
                () -> delete(steps, endpoint, Kind.SECRET,
                        InferenceServices.secretName(endpoint, serving)));
        steps.run("inference service",
                () -> kube(steps, endpoint).apply(InferenceServices.of(endpoint, serving)),
                () -> delete(steps, endpoint, InferenceServices.KIND,
                        Endpoint.objectName(id)));
        var seen = steps.await("ready", Seen.class, () -> look.done(steps, id, serving));
        steps.tx("served", tx -> lifecycle.served(tx, id, serving, null, seen));
    }

    /// What stood on a cluster that is gone went with it.
    private void delete(Steps steps, Endpoint endpoint, Kind kind, String name) {
        if (!look.isLost(steps.grant(), endpoint)) {
            kube(steps, endpoint).delete(kind, InferenceServices.namespace(endpoint), name);
        }
    }

    private Kube kube(Steps steps, Endpoint endpoint) {
        return clients.writer(look.target(steps.grant(), endpoint), steps.fence());
    }
}
