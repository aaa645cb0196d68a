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
    private final KubeClients clients;
    private final Runs runs;

    DeleteEndpoint(EndpointLifecycle lifecycle, EndpointLook look, KubeClients clients, Runs runs) {
        this.lifecycle = lifecycle;
        this.look = look;
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
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        // By now the earlier run has said which settings there are.
        var endpoint = steps.run("endpoint", Endpoint.class,
                () -> lifecycle.get(steps.grant(), id));
        steps.await("management cluster", () -> look.isLost(steps.grant(), endpoint)
                || look.answers(steps.grant(), endpoint));
        steps.run("inference service", () -> delete(
                steps, endpoint, InferenceServices.KIND, Endpoint.objectName(id)));
        steps.await("gone", () -> look.isGone(steps.grant(), endpoint));
        steps.run("settings", () -> delete(steps, endpoint, Kind.SECRET,
                InferenceServices.secretName(endpoint, endpoint.serving())));
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
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
