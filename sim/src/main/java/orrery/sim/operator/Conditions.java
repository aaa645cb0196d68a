package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Conditions in a status (meta/v1 `Condition` and the older ones of pods and workloads).
public final class Conditions {
    private Conditions() {}

    /// Sets one condition; `lastTransitionTime` moves only when its status does.
    ///
    /// @param status `True`, `False` or `Unknown`
    /// @return the condition, for fields that only some kinds have
    public static ObjectNode set(ObjectNode parent, String type, String status, String reason,
            String message, Clock clock) {
        var found = entry(parent, type);
        if (!status.equals(found.path("status").asText())) {
            found.put("status", status).put("lastTransitionTime", now(clock));
        }
        put(found, "reason", reason);
        put(found, "message", message);
        return found;
    }

    public static ObjectNode set(ObjectNode parent, String type, boolean status, String reason,
            String message, Clock clock) {
        return set(parent, type, status ? "True" : "False", reason, message, clock);
    }

    /// Takes a condition away, if it is there.
    public static void drop(ObjectNode parent, String type) {
        if (parent.get("conditions") instanceof ArrayNode conditions) {
            conditions.removeIf(one -> one.path("type").asText().equals(type));
        }
    }

    /// Whether an object's status says that a condition is `True`.
    public static boolean isTrue(JsonNode object, String type) {
        return get(object.path("status"), type).path("status").asText().equals("True");
    }

    /// The condition of that type; missing when there is none.
    public static JsonNode get(JsonNode status, String type) {
        for (var condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return status.path("conditions").path(Integer.MAX_VALUE);
    }

    /// The time as API objects write it: whole seconds of UTC.
    public static String now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// A time that an object states; null when it states none.
    public static Instant time(JsonNode node) {
        return node.asText().isEmpty() ? null : Instant.parse(node.asText());
    }

    private static ObjectNode entry(ObjectNode parent, String type) {
        for (var condition : parent.withArray("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return (ObjectNode) condition;
            }
        }
        return parent.withArray("conditions").addObject().put("type", type);
    }

    private static void put(ObjectNode node, String field, String value) {
        if (value.isEmpty()) {
            node.remove(field);
        } else {
            node.put(field, value);
        }
    }
}
