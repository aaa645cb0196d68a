package orrery.server.platform.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Begins a training job anew that has failed: all of its nodes, as they all depend on each other.
@Singleton
final class RetryTraining implements Saga<RetryTraining.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("training.retry", Input.class,
            Policy.DEFAULT.withAttempts(30, Duration.ofMillis(500)));

    /// @param training its identifier
    /// @param attempt which one begins
    record Input(String training, int attempt) {}

    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Regions regions;
    private final KubeClients clients;

    RetryTraining(TrainingLifecycle lifecycle, TrainingObjects objects, Regions regions,
            KubeClients clients) {
        this.lifecycle = lifecycle;
        this.objects = objects;
        this.regions = regions;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.training();
        var training = steps.tx("begin", Training.class,
                tx -> lifecycle.changing(tx, id, steps.fence().run()),
                tx -> lifecycle.failed(tx, id,
                        "It failed and could not be tried again; its last run says why."));
        var namespace = TrainJobs.namespace(training);
        var name = Training.objectName(id);
        steps.await("management cluster", () -> objects.answers(steps.grant(), training));
        steps.run("failed job",
                () -> kube(steps, training).delete(TrainJobs.KIND, namespace, name));
        steps.await("gone", () -> objects.isGone(steps.grant(), training));
        steps.run("train job",
                () -> kube(steps, training).apply(TrainJobs.of(training)),
                () -> kube(steps, training).delete(TrainJobs.KIND, namespace, name));
        steps.tx("queued", tx -> lifecycle.triedAgain(tx, id, in.attempt()));
    }

    private Kube kube(Steps steps, Training training) {
        return clients.writer(
                regions.target(steps.grant(), training.region()), steps.fence());
    }
}
