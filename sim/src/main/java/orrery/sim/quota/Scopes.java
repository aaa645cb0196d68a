package orrery.sim.quota;

import com.fasterxml.jackson.databind.JsonNode;

/// Which pods a quota with scopes speaks of.
final class Scopes {
    private Scopes() {}

    static boolean match(JsonNode quotaSpec, JsonNode pod) {
        for (JsonNode scope : quotaSpec.path("scopes")) {
            if (!holds(scope.asText(), "Exists", null, pod)) {
                return false;
            }
        }
        for (JsonNode one : quotaSpec.path("scopeSelector").path("matchExpressions")) {
            if (!holds(one.path("scopeName").asText(), one.path("operator").asText(),
                    one.path("values"), pod)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(String scope, String operator, JsonNode values, JsonNode pod) {
        JsonNode spec = pod.path("spec");
        boolean bestEffort = pod.path("status").path("qosClass").asText().equals("BestEffort");
        boolean terminating = spec.path("activeDeadlineSeconds").asLong(-1) >= 0;
        return switch (scope) {
            case "BestEffort" -> bestEffort;
            case "NotBestEffort" -> !bestEffort;
            case "Terminating" -> terminating;
            case "NotTerminating" -> !terminating;
            case "PriorityClass" ->
                    among(spec.path("priorityClassName").asText(), operator, values);
            default -> true;
        };
    }

    private static boolean among(String value, String operator, JsonNode values) {
        boolean found = false;
        if (values != null) {
            for (JsonNode one : values) {
                found |= one.asText().equals(value);
            }
        }
        return switch (operator) {
            case "In" -> found;
            case "NotIn" -> !found;
            case "DoesNotExist" -> value.isEmpty();
            default -> !value.isEmpty();
        };
    }
}
