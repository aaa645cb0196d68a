package orrery.sim.kcm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Item;

/// How far a ClusterDeployment has come, read from its conditions, and when the next step is due.
final class Progress {
    /// What is done one after the other; every change of the spec goes through all of them again.
    enum Step {
        CHART("HelmChartReady"),
        RELEASE("HelmReleaseReady"),
        WORKERS("CAPIClusterSummary"),
        DONE("Ready");

        /// The condition that is `True`, for the present generation, when the step is done.
        final String condition;

        Step(String condition) {
            this.condition = condition;
        }

        static Step next(Item item) {
            long generation = item.tree().path("metadata").path("generation").asLong();
            for (var step : values()) {
                var condition = Conditions.get(item.tree().path("status"), step.condition);
                boolean done = condition.path("status").asText().equals("True")
                        && condition.path("observedGeneration").asLong() == generation;
                if (!done && step != DONE) {
                    return step;
                }
            }
            return DONE;
        }
    }

    private final Duration phase;
    private final Clock clock;

    /// Only the waiting time is kept in memory: after a restart a step is due at once.
    private final Map<String, Instant> due = new ConcurrentHashMap<>();

    Progress(Duration phase, Clock clock) {
        this.phase = phase;
        this.clock = clock;
    }

    /// How long the step still takes; empty when it is over.
    Optional<Duration> wait(Item item, Enum<?> step) {
        var id = item.uid() + "/" + step + "/"
                + item.tree().path("metadata").path("generation").asLong();
        var now = clock.instant();
        var end = due.computeIfAbsent(id, absent -> now.plus(phase));
        if (end.isAfter(now)) {
            return Optional.of(Duration.between(now, end).plusMillis(1));
        }
        due.remove(id);
        return Optional.empty();
    }
}
