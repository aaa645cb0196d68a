package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import orrery.sim.container.Containers;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Item;

/// What is to happen to a pod's containers, read from the pod alone.
final class PodPlan {
    private PodPlan() {}

    /// @param containers knows whether a command can be run here; asked only when there is one
    static Behaviour behaviour(Item pod, JsonNode container, Containers containers) {
        return switch (intended(pod, container)) {
            case Behaviour.Run run when !containers.allowed() ->
                    new Behaviour.NotRun(run.line(), run.ends());
            case Behaviour other -> other;
        };
    }

    private static Behaviour intended(Item pod, JsonNode container) {
        var tree = pod.tree();
        boolean job = false;
        for (var owner : tree.path("metadata").path("ownerReferences")) {
            job |= owner.path("kind").asText().equals("Job");
        }
        return Behaviour.of(container, tree.path("metadata").path("labels"),
                job || isInit(pod, container));
    }

    /// Whether it is an init container that must end (one with `restartPolicy: Always` is a
    /// sidecar, which starts in its turn and stays).
    static boolean isInit(Item pod, JsonNode container) {
        for (var init : pod.tree().path("spec").path("initContainers")) {
            if (init.path("name").equals(container.path("name"))) {
                return !sidecar(init);
            }
        }
        return false;
    }

    static boolean sidecar(JsonNode init) {
        return init.path("restartPolicy").asText().equals("Always");
    }

    /// What the pod's status says of one container; missing when it says nothing yet.
    static JsonNode status(Item pod, String container) {
        for (var list : new String[] {"containerStatuses", "initContainerStatuses"}) {
            for (var status : pod.tree().path("status").path(list)) {
                if (status.path("name").asText().equals(container)) {
                    return status;
                }
            }
        }
        return MissingNode.getInstance();
    }

    static String policy(JsonNode spec) {
        return spec.path("restartPolicy").asText("Always");
    }

    /// Whether nothing in the pod ever changes by itself: then its status is all there is of it.
    static boolean rests(Item pod, Containers containers) {
        var spec = pod.tree().path("spec");
        for (var container : spec.path("containers")) {
            if (!behaviour(pod, container, containers).rests()) {
                return false;
            }
        }
        return spec.path("initContainers").isEmpty();
    }

    static boolean initialized(JsonNode spec, Map<String, ContainerRun> runs) {
        for (var init : spec.path("initContainers")) {
            var run = runs.get(init.path("name").asText());
            boolean done = run != null && (sidecar(init)
                    ? run.state instanceof ContainerRun.State.Running
                    : run.state instanceof ContainerRun.State.Ended e && e.code() == 0);
            if (!done) {
                return false;
            }
        }
        return true;
    }

    /// Whether an init container failed for good.
    static boolean initFailed(JsonNode spec, Map<String, ContainerRun> runs) {
        if (!policy(spec).equals("Never")) {
            return false;
        }
        for (var init : spec.path("initContainers")) {
            var run = runs.get(init.path("name").asText());
            if (run != null && run.state instanceof ContainerRun.State.Ended e && e.code() != 0) {
                return true;
            }
        }
        return false;
    }

    /// The states of a pod that rests, once it has started.
    static Map<String, ContainerRun> resting(Item pod, Instant now) {
        var runs = new HashMap<String, ContainerRun>();
        for (var container : pod.tree().path("spec").path("containers")) {
            var run = new ContainerRun();
            run.state = new ContainerRun.State.Running(now, null, null, 0);
            runs.put(container.path("name").asText(), run);
        }
        return runs;
    }

    /// The states that a pod's status tells, after a restart of this process: what ran then has
    /// ended, and counts as one more restart.
    static void recall(Item pod, Map<String, ContainerRun> runs, Instant now) {
        for (var list : new String[] {"initContainerStatuses", "containerStatuses"}) {
            for (var status : pod.tree().path("status").path(list)) {
                var run = new ContainerRun();
                run.restarts = status.path("restartCount").asInt();
                var state = status.path("state");
                if (state.has("running")) {
                    var since = Conditions.time(state.path("running").path("startedAt"));
                    run.state = new ContainerRun.State.Ended(since == null ? now : since, now, 255,
                            "Unknown", "the simulated region was restarted");
                } else if (state.has("terminated")) {
                    var old = state.path("terminated");
                    run.state = new ContainerRun.State.Ended(
                            Conditions.time(old.path("startedAt")),
                            Conditions.time(old.path("finishedAt")),
                            old.path("exitCode").asInt(), old.path("reason").asText(),
                            old.path("message").asText());
                }
                runs.put(status.path("name").asText(), run);
            }
        }
    }
}
