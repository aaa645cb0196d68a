package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.server.compute.instance.Instance.State;

/// Installs an instance on the server that it was given.
@Singleton
final class CreateMetal implements Saga<CreateInstance.Input> {
    /// Firmware takes its time, and an undo waits for it, too: four hours in steps of 15 seconds.
    static final Policy POLICY = new Policy(Duration.ofHours(4), 500, Duration.ofMillis(500),
            Duration.ofSeconds(15), Policy.DEFAULT.poll());

    static final SagaType<CreateInstance.Input> TYPE =
            new SagaType<>("metal.create", CreateInstance.Input.class, POLICY);

    private final Lifecycle lifecycle;
    private final Metal metal;

    CreateMetal(Lifecycle lifecycle, Metal metal) {
        this.lifecycle = lifecycle;
        this.metal = metal;
    }

    @Override
    public SagaType<CreateInstance.Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, CreateInstance.Input in) {
        var id = in.instance();
        steps.tx("begin", tx -> lifecycle.provisioning(tx, id, steps.fence().run()),
                tx -> lifecycle.failed(tx, id, "It could not be made; its last run says why."));
        // Its undo waits, which that of a transaction cannot.
        steps.run("server can be given back", () -> { }, () -> giveBack(id));
        steps.tx("server", tx -> lifecycle.placed(tx, id));
        steps.await("installed", () -> metal.isInstalled(lifecycle.get(steps.grant(), id)));
        steps.tx("staging", tx -> lifecycle.came(tx, id, State.STAGING));
        steps.tx("running", tx -> lifecycle.came(tx, id, State.RUNNING));
    }

    private void giveBack(String instance) {
        if (!metal.isGivenBack(instance)) {
            throw new IllegalStateException("its server is still being wiped");
        }
    }
}
