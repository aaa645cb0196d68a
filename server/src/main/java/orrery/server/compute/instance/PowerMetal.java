package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import orrery.kit.Problem;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;

/// Starts, stops or resets an instance's server.
@Singleton
final class PowerMetal implements Saga<PowerInstance.Input> {
    static final SagaType<PowerInstance.Input> TYPE =
            new SagaType<>("metal.power", PowerInstance.Input.class, CreateMetal.POLICY);

    private final Lifecycle lifecycle;
    private final Metal metal;

    PowerMetal(Lifecycle lifecycle, Metal metal) {
        this.lifecycle = lifecycle;
        this.metal = metal;
    }

    @Override
    public SagaType<PowerInstance.Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, PowerInstance.Input in) {
        var id = in.instance();
        steps.tx("begin", tx -> lifecycle.powering(tx, id, in.power(), steps.fence().run()),
                tx -> lifecycle.came(tx, id, in.from(), "It could not " + in.power().text()
                        + "; its last run says why."));
        if (in.power() != Power.START) {
            turn(steps, id, false);
        }
        if (in.power() != Power.STOP) {
            turn(steps, id, true);
        }
        steps.tx("done", tx -> lifecycle.came(tx, id, in.power().to()));
    }

    private void turn(Steps steps, String instance, boolean on) {
        var way = on ? "on" : "off";
        // Its undo waits for the other way round.
        steps.run("can be turned " + (on ? "off" : "on") + " again", () -> { },
                () -> turnBack(instance, !on));
        steps.await(way, () -> metal.isPowered(instance, on));
    }

    private void turnBack(String instance, boolean on) {
        boolean done;
        try {
            done = metal.isPowered(instance, on);
        } catch (Problem.Failure broken) {
            // What failed its operators bring back.
            done = true;
        }
        if (!done) {
            throw new IllegalStateException("its server is still being turned "
                    + (on ? "on" : "off"));
        }
    }
}
