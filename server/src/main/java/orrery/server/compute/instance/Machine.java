package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import orrery.kit.kube.Kube;
import org.jspecify.annotations.Nullable;

/// What a VirtualMachine says about itself.
///
/// @param text the verdict in a sentence, for progress and reasons
/// @param halted whether it is described as one that is off
/// @param created whether an instance of it was made, so that only its start is left
/// @param since when it last changed, or we last described it; `null` when it does not say
record Machine(Verdict verdict, String text, boolean halted, boolean created,
        @Nullable Instant since) {
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
        return new Machine(verdict, text(verdict, status), isHalted(vm),
                status.path("created").asBoolean(), since(vm));
    }

    private static boolean isHalted(JsonNode vm) {
        return vm.at("/spec/runStrategy").asText().equals("Halted");
    }

    private static Verdict verdict(JsonNode vm, JsonNode status) {
        if (vm.path("metadata").has("deletionTimestamp")) {
            return Verdict.LEAVING;
        }
        var generation = vm.at("/metadata/generation").asLong();
        boolean stale = status.path("observedGeneration").asLong(generation) < generation;
        boolean halted = isHalted(vm);
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

    /// What we described just now nobody has looked at, perhaps, whatever else it says.
    private static @Nullable Instant since(JsonNode vm) {
        var times = new ArrayList<String>();
        vm.at("/status/conditions").forEach(
                condition -> times.add(condition.path("lastTransitionTime").asText()));
        vm.at("/metadata/managedFields").forEach(writer -> {
            if (writer.path("manager").asText().equals(Kube.MANAGER)) {
                times.add(writer.path("time").asText());
            }
        });
        return times.stream().flatMap(text -> time(text).stream())
                .max(Comparator.naturalOrder()).orElse(null);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException none) {
            return Optional.empty();
        }
    }
}
