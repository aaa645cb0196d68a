package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.server.platform.stack.Stacks;

/// Makes what a deploy consists of.
@Singleton
final class CreateDeploy implements Saga<Wanted> {
    static final SagaType<Wanted> TYPE = new SagaType<>("deploy.create", Wanted.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(2))
                    .withAttempts(30, Duration.ofMillis(500)));

    private final Database database;
    private final Lifecycle lifecycle;
    private final Makers makers;
    private final Stacks stacks;
    private final Runs runs;

    CreateDeploy(Database database, Lifecycle lifecycle, Makers makers, Stacks stacks,
            Runs runs) {
        this.database = database;
        this.lifecycle = lifecycle;
        this.makers = makers;
        this.stacks = stacks;
        this.runs = runs;
    }

    @Override
    public SagaType<Wanted> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Wanted wanted) {
        var id = wanted.deploy();
        steps.tx("begin", tx -> lifecycle.begin(tx, id, Deploy.State.VALIDATING),
                tx -> lifecycle.failed(tx, id));
        new Bringing(steps, database, lifecycle, makers, stacks, runs).to(wanted);
    }
}
