package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import orrery.sim.kubelet.ContainerRun.State;
import orrery.sim.operator.Events;
import orrery.sim.operator.Timing;
import orrery.sim.store.Item;

/// Takes the containers of one pod a step further: the init containers in turn, then all others
/// at once; starts what is due, ends what is over, starts again what may.
final class ContainerSteps {
    private final ContainerStarter starter;
    private final Events events;
    private final Timing timing;
    private final Clock clock;

    ContainerSteps(ContainerStarter starter, Events events, Timing timing, Clock clock) {
        this.starter = starter;
        this.events = events;
        this.timing = timing;
        this.clock = clock;
    }

    /// @param changed run when a process ends
    /// @return when the next step is due
    Optional<Duration> advance(PodRun pod, Item item, Runnable changed) {
        var spec = item.tree().path("spec");
        Instant next = null;
        for (var init : spec.path("initContainers")) {
            var policy = PodPlan.sidecar(init) ? "Always"
                    : PodPlan.policy(spec).equals("Never") ? "Never" : "OnFailure";
            next = earlier(next, step(pod, item, init, policy, changed));
            var state = pod.container(init.path("name").asText()).state;
            boolean passed = PodPlan.sidecar(init) ? state instanceof State.Running
                    : state instanceof State.Ended ended && ended.code() == 0;
            if (!passed) {
                return until(next);
            }
        }
        for (var container : spec.path("containers")) {
            next = earlier(next, step(pod, item, container, PodPlan.policy(spec), changed));
        }
        return until(next);
    }

    private Instant step(PodRun pod, Item item, JsonNode container, String policy,
            Runnable changed) {
        var run = pod.container(container.path("name").asText());
        var now = clock.instant();
        if (run.state instanceof State.Running r && r.until() != null && !r.until().isAfter(now)) {
            run.ended(now, r.code(), "");
        }
        if (run.state instanceof State.Ended ended && again(policy, ended)) {
            run.restart(now, timing.backoff());
            if (run.restarts > 1) {
                events.warning(pod.cluster, item, "kubelet", "BackOff",
                        "Back-off restarting failed container "
                                + container.path("name").asText());
            }
        }
        if (run.state instanceof State.Waiting waiting) {
            if (waiting.until() != null && waiting.until().isAfter(now)) {
                return waiting.until();
            }
            start(pod, item, container, run, changed);
        }
        return switch (run.state) {
            case State.Running running -> running.until();
            case State.Waiting waiting -> waiting.until();
            case State.Ended ended -> null;
        };
    }

    private void start(PodRun pod, Item item, JsonNode container, ContainerRun run,
            Runnable changed) {
        try {
            starter.start(pod, item, container, run, changed);
        } catch (IOException refused) {
            // The host forbids sandboxes, or is full: the container waits and says why.
            run.state = new State.Waiting("CreateContainerError", refused.getMessage(),
                    clock.instant().plusSeconds(30));
            events.warning(pod.cluster, item, "kubelet", "Failed",
                    "Error: " + refused.getMessage());
        }
    }

    private static boolean again(String policy, State.Ended ended) {
        return policy.equals("Always") || policy.equals("OnFailure") && ended.code() != 0;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    private Optional<Duration> until(Instant next) {
        if (next == null) {
            return Optional.empty();
        }
        var left = Duration.between(clock.instant(), next).plusMillis(1);
        return Optional.of(left.isPositive() ? left : Duration.ofMillis(1));
    }
}
