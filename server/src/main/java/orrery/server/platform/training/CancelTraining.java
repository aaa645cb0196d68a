package orrery.server.platform.training;

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
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Ends a training job before its time, or when its time is over.
@Singleton
final class CancelTraining implements Saga<CancelTraining.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("training.cancel", Input.class,
            Policy.DEFAULT.withAttempts(30, Duration.ofMillis(500)));

    /// @param training its identifier
    /// @param before the state that it comes back to where this fails
    /// @param earlier the run that changed it when its end was asked for
    /// @param overdue why it is ended, if nobody asked for it
    record Input(String training, State before, @Nullable String earlier,
            @Nullable String overdue) {}

    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;

    CancelTraining(TrainingLifecycle lifecycle, TrainingObjects objects, Regions regions,
            KubeClients clients, Runs runs) {
        this.lifecycle = lifecycle;
        this.objects = objects;
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
        var id = in.training();
        var training = steps.tx("begin", Training.class,
                tx -> lifecycle.cancelling(tx, id, steps.fence().run()),
                tx -> lifecycle.unchanged(tx, id, in.before(),
                        "It could not be ended; its last run says why."));
        var namespace = TrainJobs.namespace(training);
        var name = Training.objectName(id);
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        steps.await("management cluster", () -> objects.answers(steps.grant(), training));
        steps.run("train job",
                () -> kube(steps, training).delete(TrainJobs.KIND, namespace, name));
        steps.await("gone", () -> objects.isGone(steps.grant(), training));
        steps.run("environment",
                () -> kube(steps, training).delete(Kind.SECRET, namespace, name));
        if (!training.work().secretsRef().isEmpty()) {
            steps.run("secret files", () -> kube(steps, training).delete(
                    Kind.SECRET, namespace, SecretFiles.secretName(training)));
        }
        steps.tx("ended", tx -> lifecycle.cancelled(tx, id, in.overdue()));
    }

    private Kube kube(Steps steps, Training training) {
        return clients.writer(
                regions.target(steps.grant(), training.region()), steps.fence());
    }
}
