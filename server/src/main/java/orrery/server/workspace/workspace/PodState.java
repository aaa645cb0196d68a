package orrery.server.workspace.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import orrery.server.workspace.workspace.Workspace.Status;
import org.jspecify.annotations.Nullable;

/// What a workspace's pod says about the workspace: the status shown to people, why, and whether
/// there is hope. The first rule that fits decides.
record PodState(Status status, String message, int restarts) {

    /// The container cannot start with what it was given; waiting does not help.
    private static final Set<String> FATAL = Set.of(
            "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError",
            "CreateContainerError", "RunContainerError", "OOMKilled", "CrashLoopBackOff");
    private static final Duration PULL_NOTICED = Duration.ofSeconds(8);

    /// @param pod the live object; `null` when there is none
    /// @param events the pod's events, oldest first
    static PodState of(@Nullable JsonNode pod, List<JsonNode> events, Instant now) {
        if (pod == null || pod.isMissingNode()) {
            return new PodState(Status.Stopped, "Workspace pod is stopped", 0);
        }
        int restarts = container(pod).path("restartCount").asInt();
        if (pod.path("metadata").has("deletionTimestamp")) {
            return new PodState(Status.Stopping, "Workspace is stopping", restarts);
        }
        return switch (pod.path("status").path("phase").asText("")) {
            case "Succeeded" -> new PodState(Status.Stopped, "Workspace pod has ended", restarts);
            case "Failed" -> new PodState(Status.Failing, reason(pod, "Workspace pod failed"),
                    restarts);
            default -> alive(pod, events, now, restarts);
        };
    }

    private static PodState alive(
            JsonNode pod, List<JsonNode> events, Instant now, int restarts) {
        var waiting = container(pod).path("state").path("waiting");
        if (FATAL.contains(waiting.path("reason").asText())) {
            return new PodState(Status.Failing, waiting.path("reason").asText() + ": "
                    + waiting.path("message").asText("the container cannot start"), restarts);
        }
        if (pod.path("spec").path("nodeName").asText().isEmpty()) {
            var failed = last(events, "FailedScheduling");
            return failed == null
                    ? new PodState(Status.Starting, "Waiting for node assignment", restarts)
                    : new PodState(Status.Warning, failed.path("message").asText(), restarts);
        }
        if (isReady(pod)) {
            return new PodState(Status.Running, "Workspace is ready", restarts);
        }
        if (isPulling(events, now)) {
            return new PodState(Status.Pulling, "Pulling the image", restarts);
        }
        var trouble = last(events, "FailedMount");
        return trouble == null
                ? new PodState(Status.Starting, "Starting the container", restarts)
                : new PodState(Status.Warning, trouble.path("message").asText(), restarts);
    }

    private static boolean isPulling(List<JsonNode> events, Instant now) {
        var pulling = last(events, "Pulling");
        return pulling != null && last(events, "Pulled") == null
                && Duration.between(time(pulling, now), now).compareTo(PULL_NOTICED) >= 0;
    }

    private static Instant time(JsonNode event, Instant otherwise) {
        var text = event.path("lastTimestamp").asText(event.path("eventTime").asText());
        return text.isEmpty() ? otherwise : Instant.parse(text);
    }

    private static boolean isReady(JsonNode pod) {
        for (var condition : pod.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static JsonNode container(JsonNode pod) {
        return pod.path("status").path("containerStatuses").path(0);
    }

    private static String reason(JsonNode pod, String otherwise) {
        var ended = container(pod).path("state").path("terminated");
        var text = ended.path("message").asText(ended.path("reason").asText());
        var own = pod.path("status").path("message").asText();
        return !text.isEmpty() ? text : !own.isEmpty() ? own : otherwise;
    }

    private static @Nullable JsonNode last(List<JsonNode> events, String reason) {
        JsonNode found = null;
        for (var event : events) {
            found = event.path("reason").asText().equals(reason) ? event : found;
        }
        return found;
    }
}
