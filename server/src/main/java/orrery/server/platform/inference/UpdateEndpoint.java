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
import orrery.kit.secret.Secret;
import org.jspecify.annotations.Nullable;

/// Has an endpoint serve something else, more or less of it, or nothing for a while; also puts back
/// what somebody changed. The old goes on serving until the new is ready.
@Singleton
final class UpdateEndpoint implements Saga<UpdateEndpoint.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("inference.update", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(2))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param endpoint its identifier
    /// @param to what it shall serve
    /// @param settings its whole environment; `null` when that stays
    record Input(String endpoint, Serving to, @Nullable Secret settings) {}

    private final EndpointLifecycle lifecycle;
    private final EndpointLook look;
    private final KubeClients clients;

    UpdateEndpoint(EndpointLifecycle lifecycle, EndpointLook look, KubeClients clients) {
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
        var to = in.to();
        var old = steps.tx("begin", Endpoint.class, tx -> {
            lifecycle.updating(tx, id, in.to(), steps.fence().run());
            return lifecycle.get(tx, id);
        }, tx -> lifecycle.unchanged(tx, id));
        var before = old.serving();
        boolean isNew = to.settings() != before.settings();
        steps.await("management cluster", () -> look.answers(steps.grant(), old));
        steps.run("settings", () -> keep(steps, old, to, in.settings()), () -> {
            if (isNew) {
                forget(steps, old, to);
            }
        });
        steps.run("inference service",
                () -> kube(steps, old).change(InferenceServices.of(old, to)),
                () -> {
                    if (!look.isLost(steps.grant(), old)) {
                        kube(steps, old).change(InferenceServices.of(old, before));
                    }
                });
        var seen = steps.await("ready", Seen.class, () -> look.done(steps, id, to));
        if (isNew) {
            steps.run("old settings", () -> forget(steps, old, before), () -> {
                if (!look.isLost(steps.grant(), old)) {
                    keep(steps, old, before, null);
                }
            });
        }
        steps.tx("served", tx -> lifecycle.served(tx, id, to, in.settings(), seen));
    }

    /// @param settings `null` for those that we have kept
    private void keep(Steps steps, Endpoint endpoint, Serving serving,
            @Nullable Secret settings) {
        var env = settings == null ? lifecycle.settings(steps.grant(), endpoint.id())
                : EndpointLifecycle.read(settings);
        kube(steps, endpoint).apply(InferenceServices.secret(endpoint, serving, env));
    }

    private void forget(Steps steps, Endpoint endpoint, Serving serving) {
        if (!look.isLost(steps.grant(), endpoint)) {
            kube(steps, endpoint).delete(Kind.SECRET, InferenceServices.namespace(endpoint),
                    InferenceServices.secretName(endpoint, serving));
        }
    }

    private Kube kube(Steps steps, Endpoint endpoint) {
        return clients.writer(look.target(steps.grant(), endpoint), steps.fence());
    }
}
