package orrery.sim.kcm;

import orrery.sim.operator.Conditions;
import orrery.sim.store.Item;

/// What is done for a ClusterDeployment, one after the other; every change of the spec goes
/// through all of them again.
enum Step {
    CHART("chart", "HelmChartReady"),
    RELEASE("release", "HelmReleaseReady"),
    WORKERS("workers", "CAPIClusterSummary"),
    SERVICES("services", "ServicesInReadyState"),
    DONE("", "Ready");

    /// Its phase's name in the timing and in faults.
    final String phase;

    /// The condition that is `True`, for the present generation, when the step is done.
    final String condition;

    Step(String phase, String condition) {
        this.phase = phase;
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
