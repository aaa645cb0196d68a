package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Nodes;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// Builds a pod's status from the states of its containers.
///
/// @param runs each container's state, by name
record PodStatus(Item pod, Map<String, ContainerRun> runs, String hostAddress, Clock clock) {

    /// Writes the status into `object`.
    ObjectNode into(ObjectNode object) {
        var status = Json.child(object, "status");
        var spec = pod.tree().path("spec");
        var address = Nodes.address(pod.uid() + "pod");
        if (!status.has("startTime")) {
            status.put("startTime", Conditions.now(clock)).put("hostIP", hostAddress)
                    .put("podIP", address).put("qosClass", status.path("qosClass")
                            .asText("BestEffort"));
            status.putArray("podIPs").addObject().put("ip", address);
            status.putArray("hostIPs").addObject().put("ip", hostAddress);
        }
        if (spec.has("initContainers")) {
            list(status, "initContainerStatuses", spec.path("initContainers"));
        }
        list(status, "containerStatuses", spec.path("containers"));
        conditions(status, spec);
        return object;
    }

    private void conditions(ObjectNode status, JsonNode spec) {
        boolean initialized = PodPlan.initialized(spec, runs);
        var phase = phase(spec, initialized);
        boolean ready = phase.equals("Running") && all(spec.path("containers"));
        boolean finished = phase.equals("Succeeded") || phase.equals("Failed");
        status.put("phase", phase);
        var done = phase.equals("Succeeded") ? "PodCompleted"
                : phase.equals("Failed") ? "PodFailed" : "ContainersNotReady";
        Conditions.set(status, "PodReadyToStartContainers", !finished, "", "", clock);
        Conditions.set(status, "Initialized", initialized,
                initialized ? "" : "ContainersNotInitialized", "", clock);
        Conditions.set(status, "Ready", ready, ready ? "" : done, "", clock);
        Conditions.set(status, "ContainersReady", ready, ready ? "" : done, "", clock);
        Conditions.set(status, "PodScheduled", true, "", "", clock);
    }

    private String phase(JsonNode spec, boolean initialized) {
        boolean restarts = PodPlan.policy(spec).equals("Always");
        int running = 0;
        int failed = 0;
        int ended = 0;
        for (var container : spec.path("containers")) {
            switch (run(container).state) {
                case ContainerRun.State.Running r -> running++;
                case ContainerRun.State.Waiting w -> running += run(container).last == null ? 0 : 1;
                case ContainerRun.State.Ended e -> {
                    ended++;
                    failed += e.code() == 0 ? 0 : 1;
                }
            }
        }
        if (!initialized) {
            return PodPlan.initFailed(spec, runs) ? "Failed" : "Pending";
        }
        if (ended == spec.path("containers").size() && !restarts) {
            return failed > 0 ? "Failed" : "Succeeded";
        }
        return running + ended > 0 ? "Running" : "Pending";
    }

    private boolean all(JsonNode containers) {
        for (var container : containers) {
            if (!(run(container).state instanceof ContainerRun.State.Running)) {
                return false;
            }
        }
        return true;
    }

    private ContainerRun run(JsonNode container) {
        return runs.getOrDefault(container.path("name").asText(), new ContainerRun());
    }

    private void list(ObjectNode status, String field, JsonNode containers) {
        boolean init = field.startsWith("init");
        var all = status.putArray(field);
        for (var container : containers) {
            var run = run(container);
            var name = container.path("name").asText();
            boolean running = run.state instanceof ContainerRun.State.Running;
            boolean succeeded = run.state instanceof ContainerRun.State.Ended e && e.code() == 0;
            var one = all.addObject().put("name", name)
                    .put("image", container.path("image").asText())
                    .put("imageID", "simulated://" + container.path("image").asText())
                    .put("restartCount", run.restarts)
                    .put("ready", running || init && succeeded)
                    .put("started", running);
            if (!(run.state instanceof ContainerRun.State.Waiting)) {
                one.put("containerID", id(name, run.restarts));
            }
            state(one.putObject("state"), run.state, id(name, run.restarts));
            var last = one.putObject("lastState");
            if (run.last != null) {
                state(last, run.last, id(name, run.restarts - 1));
            }
        }
    }

    private String id(String container, int restarts) {
        return "simulated://" + pod.uid() + "/" + container + "/" + restarts;
    }

    private static void state(ObjectNode node, ContainerRun.State state, String id) {
        switch (state) {
            case ContainerRun.State.Waiting waiting -> {
                var inner = node.putObject("waiting").put("reason", waiting.reason());
                if (!waiting.message().isEmpty()) {
                    inner.put("message", waiting.message());
                }
            }
            case ContainerRun.State.Running running ->
                    node.putObject("running").put("startedAt", text(running.since()));
            case ContainerRun.State.Ended ended -> {
                var inner = node.putObject("terminated").put("exitCode", ended.code())
                        .put("reason", ended.reason())
                        .put("startedAt", text(ended.since())).put("finishedAt", text(ended.at()))
                        .put("containerID", id);
                if (!ended.message().isEmpty()) {
                    inner.put("message", ended.message());
                }
            }
        }
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
