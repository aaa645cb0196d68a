package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Item;

/// The condition `Ready`, as the sum of all others: what is being deleted is not ready; what
/// failed is not either, unless it may still come right; what is unknown may be on its way.
final class ReadySum {
    /// How long a cluster may take before it counts as failed.
    static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Set<String> SERVICES =
            Set.of("ServicesInReadyState", "ClusterInReadyState");

    private ReadySum() {}

    static void write(ObjectNode status, Item item, Clock clock) {
        var value = "True";
        var reason = "Succeeded";
        var message = "Object is ready";
        for (var one : status.path("conditions")) {
            var type = one.path("type").asText();
            var said = one.path("status").asText();
            boolean deleting = type.equals("Deleting") && said.equals("True");
            boolean counts = !type.equals("Ready") && !type.equals("Deleting");
            int worse = deleting ? 4 : !counts ? 0 : said.equals("Unknown") ? 1
                    : !said.equals("False") ? 0 : passing(one, clock) ? 2 : 3;
            if (worse > rank(value, reason)) {
                value = worse == 1 ? "Unknown" : "False";
                reason = worse == 4 ? "Deleting" : worse == 3 ? "Failed" : "Progressing";
                message = deleting ? one.path("message").asText()
                        : type + ": " + one.path("message").asText();
            }
        }
        Conditions.set(status, "Ready", value, reason, message, clock).put("observedGeneration",
                item.tree().path("metadata").path("generation").asLong());
    }

    private static int rank(String value, String reason) {
        return switch (reason) {
            case "Deleting" -> 4;
            case "Failed" -> 3;
            case "Progressing" -> value.equals("False") ? 2 : 1;
            default -> 0;
        };
    }

    /// Services may come at any time; a cluster has half an hour, unless it said that it failed.
    private static boolean passing(JsonNode condition, Clock clock) {
        var type = condition.path("type").asText();
        var since = Conditions.time(condition.path("lastTransitionTime"));
        return SERVICES.contains(type)
                || type.equals(Step.WORKERS.condition)
                        && !condition.path("reason").asText().equals("Failed")
                        && (since == null || clock.instant().isBefore(since.plus(PATIENCE)));
    }
}
