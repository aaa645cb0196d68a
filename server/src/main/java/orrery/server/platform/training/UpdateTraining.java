package orrery.server.platform.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.tenancy.region.Regions;

/// Holds a training job back, lets it go on, or has it go before others; also puts back what
/// somebody else said of that.
@Singleton
final class UpdateTraining implements Saga<UpdateTraining.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("training.update", Input.class,
            Policy.DEFAULT.withAttempts(30, Duration.ofMillis(500)));

    /// @param training its identifier
    record Input(String training, Desired desired, Priority priority) {}

    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Regions regions;
    private final KubeClients clients;

    UpdateTraining(TrainingLifecycle lifecycle, TrainingObjects objects, Regions regions,
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
        var before = steps.tx("begin", Training.class,
                tx -> lifecycle.changing(tx, id, steps.fence().run()));
        var to = before.wanted(in.desired(), in.priority());
        steps.await("management cluster", () -> objects.answers(steps.grant(), before));
        boolean isQueued = steps.run("is there", Seen.class, () -> look(steps, before)).isQueued();
        steps.run("train job", () -> kube(steps, before).change(TrainJobs.of(to, isQueued)),
                () -> kube(steps, before).change(TrainJobs.of(before, isQueued)));
        var seen = steps.await("taken", Seen.class, () -> Optional.of(look(steps, before))
                .filter(it -> it.verdict() != Seen.Verdict.SUSPENDING));
        steps.tx("wanted", tx -> lifecycle.wanted(tx, id, to, seen));
    }

    private Seen look(Steps steps, Training training) {
        return objects.job(steps.grant(), training).map(Seen::of).orElseThrow(
                () -> new Problem.Conflict(Trainings.KIND, training.id(),
                        "somebody deleted its TrainJob").raise());
    }

    private Kube kube(Steps steps, Training training) {
        return clients.writer(
                regions.target(steps.grant(), training.region()), steps.fence());
    }
}
