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
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Puts a training job into its region's queue. What becomes of it there is settled, not awaited:
/// it may take weeks.
@Singleton
final class CreateTraining implements Saga<CreateTraining.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("training.create", Input.class,
            Policy.DEFAULT.withAttempts(30, Duration.ofMillis(500)));

    /// @param training its identifier
    record Input(String training) {}

    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Regions regions;
    private final KubeClients clients;

    CreateTraining(TrainingLifecycle lifecycle, TrainingObjects objects, Regions regions,
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
        var training = steps.tx("begin", Training.class, tx -> {
            lifecycle.making(tx, id, steps.fence().run());
            return lifecycle.get(tx, id);
        }, tx -> lifecycle.failed(tx, id, "It could not be made; its last run says why."));
        var namespace = TrainJobs.namespace(training);
        var name = Training.objectName(id);
        steps.await("management cluster", () -> objects.answers(steps.grant(), training));
        steps.run("project namespace", () -> kube(steps, training).ensure(
                ProjectNamespace.object(training.projectId(), training.organizationId())));
        steps.await("no earlier job", () -> objects.isGone(steps.grant(), training));
        steps.run("environment", () -> kube(steps, training).apply(
                        TrainJobs.secret(training, lifecycle.sealed(steps.grant(), id).env())),
                () -> kube(steps, training).delete(Kind.SECRET, namespace, name));
        if (!training.work().secretsRef().isEmpty()) {
            steps.run("secret files", () -> kube(steps, training).apply(TrainJobs.files(
                            training, lifecycle.sealed(steps.grant(), id).secrets())),
                    () -> kube(steps, training).delete(Kind.SECRET, namespace,
                            SecretFiles.secretName(training)));
        }
        steps.run("train job",
                () -> kube(steps, training).apply(TrainJobs.of(training)),
                () -> kube(steps, training).delete(TrainJobs.KIND, namespace, name));
    }

    private Kube kube(Steps steps, Training training) {
        return clients.writer(
                regions.target(steps.grant(), training.region()), steps.fence());
    }
}
