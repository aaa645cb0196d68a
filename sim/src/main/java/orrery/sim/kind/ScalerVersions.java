package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// HorizontalPodAutoscaler as autoscaling/v1 knows it: one target for the processor. What else
/// the stored autoscaling/v2 has travels in annotations, so that it comes back as it went.
public final class ScalerVersions {
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";

    /// Annotation of each field that v1 lacks, within `spec` and `status`.
    private static final Map<String, String> SPEC =
            Map.of("metrics", PREFIX + "metrics", "behavior", PREFIX + "behavior");
    private static final Map<String, String> STATUS = Map.of(
            "conditions", PREFIX + "conditions", "currentMetrics", PREFIX + "current-metrics");
    private static final String TARGET = "targetCPUUtilizationPercentage";
    private static final String CURRENT = "currentCPUUtilizationPercentage";

    private ScalerVersions() {}

    /// Whether objects of this type are stored in another form than they are served in.
    public static boolean differs(ResourceType type) {
        return !type.storage() && !type.custom();
    }

    /// As v1 shows it; the given object becomes that.
    public static ObjectNode served(ObjectNode object) {
        object.put("apiVersion", "autoscaling/v1");
        if (object.get("spec") instanceof ObjectNode spec) {
            JsonNode target = take(spec.path("metrics"), "resource", "target");
            if (target != null) {
                spec.set(TARGET, target);
            }
            store(object, spec, SPEC);
        }
        if (object.get("status") instanceof ObjectNode status) {
            JsonNode current = take(status.path("currentMetrics"), "resource", "current");
            if (current != null) {
                status.set(CURRENT, current);
            }
            store(object, status, STATUS);
        }
        return object;
    }

    /// As it is stored; the given object becomes that.
    ///
    /// @throws Refusal 400 for an annotation that is not JSON
    public static ObjectNode stored(ObjectNode object) {
        object.put("apiVersion", "autoscaling/v2");
        if (object.get("spec") instanceof ObjectNode spec) {
            restore(object, spec, SPEC);
            put(spec, spec.remove(TARGET), "metrics", "target");
        }
        if (object.get("status") instanceof ObjectNode status) {
            restore(object, status, STATUS);
            put(status, status.remove(CURRENT), "currentMetrics", "current");
        }
        if (object.path("metadata").path("annotations").isEmpty()
                && object.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove("annotations");
        }
        return object;
    }

    /// The use of the processor out of a list of metrics; null when it has none.
    private static JsonNode take(JsonNode metrics, String source, String value) {
        for (int i = 0; i < metrics.size(); i++) {
            JsonNode metric = metrics.get(i);
            JsonNode use = metric.path(source).path(value).path("averageUtilization");
            if (metric.path("type").asText().equals("Resource") && use.isNumber()
                    && metric.path(source).path("name").asText().equals("cpu")) {
                ((ArrayNode) metrics).remove(i);
                return use;
            }
        }
        return null;
    }

    private static void put(ObjectNode part, JsonNode use, String list, String value) {
        if (use == null || use.isNull()) {
            return;
        }
        ArrayNode metrics = Json.mapper().createArrayNode();
        ObjectNode metric = metrics.addObject().put("type", "Resource").putObject("resource")
                .put("name", "cpu").putObject(value);
        if (value.equals("target")) {
            metric.put("type", "Utilization");
        }
        metric.set("averageUtilization", use);
        part.path(list).forEach(metrics::add);
        part.set(list, metrics);
    }

    private static void store(ObjectNode object, ObjectNode part, Map<String, String> fields) {
        fields.forEach((field, annotation) -> {
            JsonNode value = part.remove(field);
            if (value != null && !value.isEmpty()) {
                Json.child(Json.child(object, "metadata"), "annotations")
                        .put(annotation, value.toString());
            }
        });
    }

    private static void restore(ObjectNode object, ObjectNode part, Map<String, String> fields) {
        if (!(object.path("metadata").get("annotations") instanceof ObjectNode annotations)) {
            return;
        }
        fields.forEach((field, annotation) -> {
            JsonNode text = annotations.remove(annotation);
            if (text != null && !text.isNull()) {
                try {
                    part.set(field, Json.read(text.asText()
                            .getBytes(StandardCharsets.UTF_8)));
                } catch (Refusal unreadable) {
                    throw Refusal.badRequest("metadata.annotations[" + annotation + "]: "
                            + unreadable.getMessage());
                }
            }
        });
    }
}
