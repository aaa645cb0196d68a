package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/// What an InferenceService says about itself.
///
/// @param text its verdict in a sentence, for progress and reasons
/// @param url where it answers; `null` until known
/// @param isServing whether something answers, be it an older model
/// @param since when it became ready, or ceased to be; `null` when it does not say
record Seen(Verdict verdict, String text, int readyReplicas, @Nullable String url,
        boolean isServing, @Nullable Instant since) {

    enum Verdict {
        /// It serves what is described.
        READY,
        /// It is as described, and has no replica.
        IDLE,
        /// Its pods run and load the model.
        LOADING,
        /// It is getting there, or nobody has looked at the description yet.
        PROGRESSING,
        /// It served and does not any more.
        UNREACHABLE,
        /// It cannot get there without somebody's help.
        FAILED,
        /// Somebody deletes it.
        DELETING
    }

    static Seen of(JsonNode service) {
        var status = service.path("status");
        var ready = condition(status, "Ready");
        var verdict = verdict(service, ready);
        var copies = status.at("/modelStatus/copies");
        var url = status.path("url").asText();
        return new Seen(verdict, text(verdict, status, ready),
                Math.max(0, copies.path("totalCopies").asInt()
                        - copies.path("failedCopies").asInt()),
                url.isEmpty() ? null : url, isTrue(ready),
                time(ready.path("lastTransitionTime").asText()));
    }

    private static Verdict verdict(JsonNode service, JsonNode ready) {
        var status = service.path("status");
        if (service.path("metadata").has("deletionTimestamp")) {
            return Verdict.DELETING;
        }
        if (status.path("observedGeneration").asLong()
                < service.at("/metadata/generation").asLong() || ready.isMissingNode()) {
            return Verdict.PROGRESSING;
        }
        if (isTrue(condition(status, "Stopped"))
                || ready.path("reason").asText().equals("Stopped")) {
            return Verdict.IDLE;
        }
        var target = status.at("/modelStatus/states/targetModelState").asText();
        return switch (status.at("/modelStatus/transitionStatus").asText()) {
            case "BlockedByFailedLoad", "InvalidSpec" -> Verdict.FAILED;
            case "InProgress" -> target.startsWith("Load") ? Verdict.LOADING : Verdict.PROGRESSING;
            default -> !isTrue(ready) ? Verdict.UNREACHABLE
                    : target.equals("Standby") ? Verdict.IDLE : Verdict.READY;
        };
    }

    private static String text(Verdict verdict, JsonNode status, JsonNode ready) {
        return switch (verdict) {
            case READY -> "ready";
            case IDLE -> "idle";
            case LOADING -> "the model is being loaded";
            case DELETING -> "being deleted";
            case FAILED -> said(status.at("/modelStatus/lastFailureInfo"), "it failed");
            case UNREACHABLE -> said(ready, "it does not answer");
            case PROGRESSING -> said(ready, "waiting for the management cluster to begin");
        };
    }

    private static String said(JsonNode by, String otherwise) {
        var message = by.path("message").asText();
        var reason = by.path("reason").asText();
        return !message.isEmpty() ? message : !reason.isEmpty() ? reason : otherwise;
    }

    /// Whether all replicas are there that a serving begins with.
    boolean isDone(Serving serving) {
        return switch (verdict) {
            case READY -> !serving.isStopped() && readyReplicas >= serving.replicas().min();
            case IDLE -> serving.isStopped() || serving.replicas().min() == 0;
            case LOADING, PROGRESSING, UNREACHABLE, FAILED, DELETING -> false;
        };
    }

    /// What our record shall say of one that no run changes.
    Endpoint.State state() {
        return switch (verdict) {
            case READY -> Endpoint.State.READY;
            case IDLE -> Endpoint.State.IDLE;
            // An older one goes on serving while it rolls.
            case LOADING, PROGRESSING -> isServing
                    ? Endpoint.State.READY : Endpoint.State.DEGRADED;
            case UNREACHABLE, FAILED, DELETING -> Endpoint.State.DEGRADED;
        };
    }

    private static JsonNode condition(JsonNode status, String type) {
        for (var condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean isTrue(JsonNode condition) {
        return condition.path("status").asText().equals("True");
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException notOne) {
            return null;
        }
    }
}
