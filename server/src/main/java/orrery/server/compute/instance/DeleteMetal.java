package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;

/// Wipes an instance's server and gives it back.
@Singleton
final class DeleteMetal implements Saga<DeleteInstance.Input> {
    static final SagaType<DeleteInstance.Input> TYPE =
            new SagaType<>("metal.delete", DeleteInstance.Input.class, CreateMetal.POLICY);

    private final Lifecycle lifecycle;
    private final Metal metal;
    private final Runs runs;

    DeleteMetal(Lifecycle lifecycle, Metal metal, Runs runs) {
        this.lifecycle = lifecycle;
        this.metal = metal;
        this.runs = runs;
    }

    @Override
    public SagaType<DeleteInstance.Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, DeleteInstance.Input in) {
        var id = in.instance();
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.anywhere(steps.grant(), in.earlier()).status().isOver());
        steps.await("given back", () -> metal.isGivenBack(id));
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }
}
