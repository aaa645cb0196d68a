package orrery.server.platform.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.region.Regions;

/// Forgets a training job that has ended, with what is left of it in its region.
@Singleton
final class DeleteTraining implements Saga<DeleteTraining.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("training.delete", Input.class,
            Policy.DEFAULT.withAttempts(30, Duration.ofMillis(500)));

    /// @param training its identifier
    /// @param before the state that it comes back to where this fails
    record Input(String training, State before) {}

    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Regions regions;
    private final KubeClients clients;

    DeleteTraining(TrainingLifecycle lifecycle, TrainingObjects objects, Regions regions,
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
                tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.unchanged(tx, id, in.before(),
                        "It could not be deleted; its last run says why."));
        var namespace = TrainJobs.namespace(training);
        var name = Training.objectName(id);
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
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private Kube kube(Steps steps, Training training) {
        return clients.writer(
                regions.target(steps.grant(), training.region()), steps.fence());
    }
}
