package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import orrery.sim.type.Json;

/// Defaults and checks of HorizontalPodAutoscaler (autoscaling/v2).
final class ScalerRules {
    private static final int LONGEST_WINDOW = 3600;
    private static final int LONGEST_PERIOD = 1800;

    private ScalerRules() {}

    /// Without metrics, four fifths of the requested processor; a behaviour that was begun is
    /// completed.
    static void defaults(ObjectNode spec) {
        if (spec.path("metrics").isEmpty() && (!spec.has("metrics")
                || spec.path("metrics").isArray() || spec.path("metrics").isNull())) {
            spec.putArray("metrics").addObject().put("type", "Resource").putObject("resource")
                    .put("name", "cpu").putObject("target").put("type", "Utilization")
                    .put("averageUtilization", 80);
        }
        if (spec.get("behavior") instanceof ObjectNode behavior) {
            ObjectNode up = rules(behavior, "scaleUp");
            if (up != null) {
                if (!up.has("stabilizationWindowSeconds")) {
                    up.put("stabilizationWindowSeconds", 0);
                }
                if (!up.has("policies")) {
                    policy(policy(up.putArray("policies"), "Pods", 4), "Percent", 100);
                }
            }
            ObjectNode down = rules(behavior, "scaleDown");
            if (down != null && !down.has("policies")) {
                policy(down.putArray("policies"), "Percent", 100);
            }
        }
    }

    /// Null where something else than rules stands.
    private static ObjectNode rules(ObjectNode behavior, String field) {
        if (behavior.has(field) && !behavior.path(field).isObject()) {
            return null;
        }
        ObjectNode rules = Json.child(behavior, field);
        if (!rules.has("selectPolicy")) {
            rules.put("selectPolicy", "Max");
        }
        return rules;
    }

    private static ArrayNode policy(ArrayNode all, String type, int value) {
        all.addObject().put("type", type).put("value", value).put("periodSeconds", 15);
        return all;
    }

    static void check(JsonNode object, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        long least = spec.path("minReplicas").asLong(1);
        long most = spec.path("maxReplicas").asLong();
        if (least < 1) {
            mistakes.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
        }
        if (most < 1) {
            mistakes.invalid("spec.maxReplicas", most, "must be greater than 0");
        } else if (most < least) {
            mistakes.invalid("spec.maxReplicas", most,
                    "must be greater than or equal to `minReplicas`");
        }
        for (String field : List.of("kind", "name")) {
            if (spec.path("scaleTargetRef").path(field).asText().isEmpty()) {
                mistakes.required("spec.scaleTargetRef." + field, "");
            }
        }
        JsonNode metrics = spec.path("metrics");
        for (int i = 0; i < metrics.size(); i++) {
            metric(metrics.get(i), "spec.metrics[" + i + "]", mistakes);
        }
        for (String way : List.of("scaleUp", "scaleDown")) {
            behavior(spec.path("behavior").path(way), "spec.behavior." + way, mistakes);
        }
    }

    private static void metric(JsonNode metric, String at, Mistakes mistakes) {
        mistakes.oneOf(at + ".type", metric.path("type"),
                "ContainerResource", "External", "Object", "Pods", "Resource");
        JsonNode use = metric.path("resource").path("target").path("averageUtilization");
        if (use.isNumber() && use.asLong() < 1) {
            mistakes.invalid(at + ".resource.target.averageUtilization", use,
                    "must be greater than 0");
        }
    }

    private static void behavior(JsonNode rules, String at, Mistakes mistakes) {
        if (!rules.isObject()) {
            return;
        }
        JsonNode window = rules.path("stabilizationWindowSeconds");
        if (window.asLong() < 0) {
            mistakes.invalid(at + ".stabilizationWindowSeconds", window,
                    "must be greater than or equal to zero");
        } else if (window.asLong() > LONGEST_WINDOW) {
            mistakes.invalid(at + ".stabilizationWindowSeconds", window,
                    "must be less than or equal to " + LONGEST_WINDOW);
        }
        mistakes.oneOf(at + ".selectPolicy", rules.path("selectPolicy"),
                "Disabled", "Max", "Min");
        JsonNode policies = rules.path("policies");
        if (policies.isEmpty()) {
            mistakes.required(at + ".policies", "must specify at least one Policy");
        }
        for (int i = 0; i < policies.size(); i++) {
            String policy = at + ".policies[" + i + "]";
            mistakes.oneOf(policy + ".type", policies.get(i).path("type"), "Percent", "Pods");
            positive(policies.get(i).path("value"), policy + ".value", mistakes);
            JsonNode period = policies.get(i).path("periodSeconds");
            positive(period, policy + ".periodSeconds", mistakes);
            if (period.asLong() > LONGEST_PERIOD) {
                mistakes.invalid(policy + ".periodSeconds", period,
                        "must be less than or equal to " + LONGEST_PERIOD);
            }
        }
    }

    private static void positive(JsonNode number, String at, Mistakes mistakes) {
        if (number.asLong() < 1) {
            mistakes.invalid(at, number, "must be greater than zero");
        }
    }
}
