package orrery.server.platform.inference;

import jakarta.inject.Singleton;
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

/// Ends an endpoint. What was made for it goes with its InferenceService.
@Singleton
final class DeleteEndpoint implements Saga<DeleteEndpoint.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("inference.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(2))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param endpoint its identifier
    /// @param earlier the run that changed it when its deletion was asked for
    record Input(String endpoint, @Nullable String earlier) {}

    private final EndpointLifecycle lifecycle;
    private final EndpointLook look;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;

    DeleteEndpoint(EndpointLifecycle lifecycle, EndpointLook look, Regions regions,
            KubeClients clients, Runs runs) {
        this.lifecycle = lifecycle;
        this.look = look;
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
        var id = in.endpoint();
        steps.tx("begin", _ -> { }, tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        // By now the earlier run has said which settings there are.
        var endpoint = steps.run("endpoint", Endpoint.class,
                () -> lifecycle.get(steps.grant(), id));
        var namespace = InferenceServices.namespace(endpoint);
        steps.await("management cluster", () -> look.answers(steps.grant(), endpoint));
        steps.run("inference service", () -> kube(steps, endpoint).delete(
                InferenceServices.KIND, namespace, Endpoint.objectName(id)));
        steps.await("gone", () -> look.isGone(steps.grant(), endpoint));
        steps.run("settings", () -> kube(steps, endpoint).delete(Kind.SECRET, namespace,
                InferenceServices.secretName(endpoint, endpoint.serving())));
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private Kube kube(Steps steps, Endpoint endpoint) {
        return clients.writer(
                regions.target(steps.grant(), endpoint.region()), steps.fence());
    }
}
