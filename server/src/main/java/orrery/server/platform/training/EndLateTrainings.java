package orrery.server.platform.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.Problem;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import org.jboss.logging.Logger;

/// Ends training jobs that have run for as long as they may.
@Singleton
final class EndLateTrainings implements Loop {
    private static final Logger LOG = Logger.getLogger(EndLateTrainings.class);

    private final TrainingLifecycle lifecycle;
    private final Trainings trainings;

    EndLateTrainings(TrainingLifecycle lifecycle, Trainings trainings) {
        this.lifecycle = lifecycle;
        this.trainings = trainings;
    }

    @Override
    public String name() {
        return "end late trainings";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void round(LoopRound round) {
        for (var id : lifecycle.late(round.grant())) {
            try {
                trainings.end(round.grant(), id);
            } catch (Problem.Failure refused) {
                LOG.infof("%s is not ended: %s", id, refused.getMessage());
            }
        }
    }
}
