package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/// A label selector of an object (meta/v1 `LabelSelector`, or a plain map).
public record Selector(JsonNode selector) {

    /// Whether the labels satisfy it; an absent or empty selector satisfies nothing here.
    public boolean matches(Map<String, String> labels) {
        if (selector.isEmpty()) {
            return false;
        }
        for (var entry : selector.path("matchLabels").properties()) {
            if (!entry.getValue().asText().equals(labels.get(entry.getKey()))) {
                return false;
            }
        }
        for (var expression : selector.path("matchExpressions")) {
            if (!holds(expression, labels)) {
                return false;
            }
        }
        return true;
    }

    /// One requirement of `matchExpressions`, also as node affinity has it (`Gt`, `Lt`).
    public static boolean holds(JsonNode expression, Map<String, String> labels) {
        var value = labels.get(expression.path("key").asText());
        var values = expression.path("values");
        return switch (expression.path("operator").asText()) {
            case "In" -> value != null && contains(values, value);
            case "NotIn" -> value == null || !contains(values, value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> value != null && number(value) > number(values.path(0).asText());
            case "Lt" -> value != null && number(value) < number(values.path(0).asText());
            default -> false;
        };
    }

    private static boolean contains(JsonNode values, String value) {
        for (var one : values) {
            if (one.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
