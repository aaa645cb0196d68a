package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;

/// The one word that `kubectl get pods` shows for a pod.
final class PodStatus {
    private PodStatus() {}

    static String of(JsonNode pod) {
        JsonNode status = pod.path("status");
        String word = status.path("reason").asText(status.path("phase").asText("Unknown"));
        int done = 0;
        for (JsonNode init : status.path("initContainerStatuses")) {
            JsonNode ended = init.path("state").path("terminated");
            if (!ended.isMissingNode() && ended.path("exitCode").asInt() == 0) {
                done++;
                continue;
            }
            String reason = reason(init);
            word = reason.isEmpty() || reason.equals("PodInitializing")
                    ? "Init:%d/%d".formatted(done, pod.at("/spec/initContainers").size())
                    : "Init:" + reason;
            return going(pod, word);
        }
        for (JsonNode container : status.path("containerStatuses")) {
            String reason = reason(container);
            if (!reason.isEmpty()) {
                word = reason;
            }
        }
        return going(pod, word);
    }

    private static String reason(JsonNode container) {
        JsonNode state = container.path("state");
        String waiting = state.path("waiting").path("reason").asText();
        if (!waiting.isEmpty()) {
            return waiting;
        }
        JsonNode ended = state.path("terminated");
        if (ended.isMissingNode()) {
            return "";
        }
        return ended.path("reason").asText("ExitCode:" + ended.path("exitCode").asInt());
    }

    private static String going(JsonNode pod, String word) {
        return pod.path("metadata").has("deletionTimestamp") ? "Terminating" : word;
    }
}
