package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.server.compute.deploy.Maker.Health;
import org.jspecify.annotations.Nullable;

/// Deletes a deploy: what it consists of one after the other, the last one first.
@Singleton
final class DeleteDeploy implements Saga<DeleteDeploy.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("deploy.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(12))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param deploy its identifier
    /// @param earlier the run that changed it when its deletion was asked for
    record Input(String deploy, @Nullable String earlier) {}

    /// What is to go, in order.
    record Listed(List<Deploy.Resource> all) {}

    private final Lifecycle lifecycle;
    private final Makers makers;
    private final Runs runs;

    DeleteDeploy(Lifecycle lifecycle, Makers makers, Runs runs) {
        this.lifecycle = lifecycle;
        this.makers = makers;
        this.runs = runs;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.deploy();
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        // It may still make some, or take some back.
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        var listed = steps.run("what there is", Listed.class,
                () -> new Listed(lifecycle.placed(steps.grant(), id).reversed().stream()
                        .map(Lifecycle.Placed::resource).toList()));
        for (var one : listed.all()) {
            var name = one.kind() + " " + one.position();
            steps.tx("delete " + name, tx -> makers.delete(tx, one));
            steps.await(name + " is gone", () -> isGone(steps, id, one));
        }
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private boolean isGone(Steps steps, String deploy, Deploy.Resource resource) {
        var part = lifecycle.part(steps.grant(), resource);
        if (part.health() == Health.BROKEN) {
            var why = part.name() + ": " + part.reason();
            lifecycle.note(steps.grant(), deploy, why);
            throw new Problem.Conflict(Deploys.KIND, deploy,
                    "was not deleted, because of " + why).raise();
        }
        if (part.run() != null) {
            steps.progress(part.name(), runs.get(steps.grant(), part.run()));
        }
        return part.health() == Health.GONE;
    }
}
