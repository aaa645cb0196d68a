package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a VirtualMachine says about itself.
///
/// @param text the verdict in a sentence, for progress and reasons
/// @param created whether an instance of it was made, so that only its start is left
/// @param since when anything of it last changed; `null` when it does not say
record Machine(Verdict verdict, String text, boolean created, @Nullable Instant since) {
    enum Verdict {
        RUNNING, PAUSED, STOPPED,
        /// It is on its way up.
        STARTING,
        /// It is on its way down.
        STOPPING,
        /// It cannot get up without somebody's help, or not for long.
        BROKEN,
        /// It is being deleted.
        LEAVING
    }

    static Machine of(JsonNode vm) {
        var status = vm.path("status");
        var verdict = verdict(vm, status);
        return new Machine(verdict, text(verdict, status), status.path("created").asBoolean(),
                since(status));
    }

    private static Verdict verdict(JsonNode vm, JsonNode status) {
        if (vm.path("metadata").has("deletionTimestamp")) {
            return Verdict.LEAVING;
        }
        var generation = vm.at("/metadata/generation").asLong();
        boolean stale = status.path("observedGeneration").asLong(generation) < generation;
        boolean halted = vm.at("/spec/runStrategy").asText().equals("Halted");
        var printed = status.path("printableStatus").asText();
        if (stale || printed.isEmpty()) {
            return halted ? Verdict.STOPPING : Verdict.STARTING;
        }
        return switch (printed) {
            case "Running", "Migrating" -> halted ? Verdict.STOPPING
                    : isTrue(status, "Ready") ? Verdict.RUNNING : Verdict.BROKEN;
            case "Paused" -> halted ? Verdict.STOPPING : Verdict.PAUSED;
            case "Stopped" -> Verdict.STOPPED;
            case "Stopping", "Terminating" -> Verdict.STOPPING;
            // A place may become free.
            case "Starting", "Provisioning", "WaitingForVolumeBinding", "ErrorUnschedulable" ->
                    Verdict.STARTING;
            default -> Verdict.BROKEN;
        };
    }

    private static boolean isTrue(JsonNode status, String type) {
        return find(status, type).filter(c -> c.path("status").asText().equals("True"))
                .isPresent();
    }

    private static Optional<JsonNode> find(JsonNode status, String type) {
        for (var condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }

    private static String text(Verdict verdict, JsonNode status) {
        var printed = status.path("printableStatus").asText();
        return switch (verdict) {
            case RUNNING -> "running";
            case PAUSED -> "paused";
            case STOPPED -> "stopped";
            case LEAVING -> "being deleted";
            case STOPPING -> "stopping";
            case STARTING, BROKEN -> find(status, "Failure").or(() -> find(status, "Ready"))
                    .map(c -> c.path("message").asText()).filter(text -> !text.isEmpty())
                    .map(text -> printed + ": " + text)
                    .orElse(printed.isEmpty() ? "waiting for the region to begin" : printed);
        };
    }

    private static @Nullable Instant since(JsonNode status) {
        var times = new ArrayList<Instant>();
        for (var condition : status.path("conditions")) {
            try {
                times.add(Instant.parse(condition.path("lastTransitionTime").asText()));
            } catch (DateTimeParseException none) {
                // It does not say.
            }
        }
        return times.stream().max(Comparator.naturalOrder()).orElse(null);
    }
}
