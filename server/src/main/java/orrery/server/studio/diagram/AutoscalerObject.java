package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// HorizontalPodAutoscaler (autoscaling/v2).
final class AutoscalerObject {
    private AutoscalerObject() {}

    static ObjectNode of(Part part) {
        Fields fields = part.fields();
        ObjectNode autoscaler = part.object();
        ObjectNode spec = autoscaler.putObject("spec");
        target(part, spec);
        long least = fields.whole("minReplicas", 1, 1, Integer.MAX_VALUE);
        long most = fields.whole("maxReplicas", 10, 1, Integer.MAX_VALUE);
        if (least > most) {
            fields.wrong("minReplicas", "is %d, more than maxReplicas %d".formatted(least, most));
        }
        spec.put("minReplicas", least).put("maxReplicas", most);
        ArrayNode metrics = spec.putArray("metrics");
        metric(fields, metrics, "cpu", "targetCPUUtilization");
        metric(fields, metrics, "memory", "targetMemoryUtilization");
        if (metrics.isEmpty()) {
            fields.wrong("targetCPUUtilization",
                    "give targetCPUUtilization or targetMemoryUtilization, from 1 to 100");
        }
        behaviour(fields, spec);
        return autoscaler;
    }

    private static void target(Part part, ObjectNode spec) {
        Fields fields = part.fields();
        Optional<Node> linked = part.wiring()
                .first(part.node(), k -> k == Kind.DEPLOYMENT || k == Kind.STATEFULSET);
        String name = fields.text("scaleTargetName", linked.map(Node::name).orElse(""));
        String otherwise = linked.filter(n -> n.name().equals(name)).flatMap(Kind::of)
                .map(Kind::kubernetes).orElse("Deployment");
        String kind = fields.oneOf("scaleTargetKind", otherwise, "Deployment", "StatefulSet");
        if (name.isEmpty()) {
            fields.wrong("scaleTargetName", "is missing; name a deployment or stateful set, or"
                    + " draw an edge to one");
        }
        spec.putObject("scaleTargetRef").put("apiVersion", "apps/v1")
                .put("kind", kind).put("name", name);
    }

    private static void metric(Fields fields, ArrayNode metrics, String resource, String field) {
        if (fields.has(field)) {
            ObjectNode metric = metrics.addObject().put("type", "Resource");
            metric.putObject("resource").put("name", resource).putObject("target")
                    .put("type", "Utilization")
                    .put("averageUtilization", fields.whole(field, 80, 1, 100));
        }
    }

    private static void behaviour(Fields fields, ObjectNode spec) {
        ObjectNode behaviour = spec.objectNode();
        if (fields.has("scaleDownStabilization")) {
            ObjectNode down = behaviour.putObject("scaleDown").put("stabilizationWindowSeconds",
                    fields.whole("scaleDownStabilization", 300, 0, 3600));
            policy(down.putArray("policies"), "Percent", 100);
        }
        if (fields.has("scaleUpStabilization")) {
            ObjectNode up = behaviour.putObject("scaleUp").put("stabilizationWindowSeconds",
                    fields.whole("scaleUpStabilization", 0, 0, 3600)).put("selectPolicy", "Max");
            ArrayNode policies = up.putArray("policies");
            policy(policies, "Percent", 100);
            policy(policies, "Pods", 4);
        }
        if (!behaviour.isEmpty()) {
            spec.set("behavior", behaviour);
        }
    }

    private static void policy(ArrayNode policies, String type, int value) {
        policies.addObject().put("type", type).put("value", value).put("periodSeconds", 15);
    }
}
