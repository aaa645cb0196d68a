package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// The Helm charts of ClusterTemplates, as far as they are played: what values they take.
final class Charts {
    private static final Set<String> MANAGED =
            Set.of("aws-eks", "azure-aks", "gcp-gke", "docker-hosted-cp");

    private Charts() {}

    /// The name of a template's chart; empty when it is named elsewhere.
    static String of(Item template) {
        var helm = template.tree().path("spec").path("helm");
        var own = helm.path("chartSpec").path("chart").asText();
        return own.isEmpty() ? helm.path("chartRef").path("name").asText() : own;
    }

    /// Whether the control plane runs elsewhere, so that the cluster has workers only.
    static boolean hosted(Item template) {
        var chart = of(template);
        return chart.endsWith("-hosted-cp") || MANAGED.contains(chart);
    }

    /// The values of a chart that nobody changed.
    static ObjectNode defaults(Item template) {
        var values = Json.object();
        if (!hosted(template)) {
            values.put("controlPlaneNumber", 1);
            values.putObject("controlPlane");
        }
        values.put("workersNumber", 1).putObject("worker");
        return values;
    }

    /// The JSON Schema of a chart's values.
    static ObjectNode schema() {
        var schema = Json.object().put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("type", "object");
        var fields = schema.putObject("properties");
        fields.putObject("controlPlaneNumber").put("type", "integer").put("minimum", 1);
        fields.putObject("workersNumber").put("type", "integer").put("minimum", 0);
        for (var object : List.of("controlPlane", "worker", "clusterLabels",
                "clusterAnnotations", "clusterNetwork", "clusterIdentity")) {
            fields.putObject(object).put("type", "object");
        }
        return schema;
    }

    /// What Helm says of values that are not as the chart's schema asks; empty for good ones.
    static Optional<String> mistake(Item template, JsonNode values) {
        var mistakes = new ArrayList<String>();
        for (var field : schema().path("properties").properties()) {
            var value = values.path(field.getKey());
            var wanted = field.getValue().path("type").asText();
            var type = type(value);
            if (!type.isEmpty() && !type.equals(wanted)) {
                mistakes.add("- at '/%s': got %s, want %s".formatted(
                        field.getKey(), type, wanted));
            } else if (value.isNumber()
                    && value.asLong() < field.getValue().path("minimum").asLong()) {
                mistakes.add("- at '/%s': minimum: got %s, want %s".formatted(
                        field.getKey(), value, field.getValue().path("minimum")));
            }
        }
        return mistakes.isEmpty() ? Optional.empty()
                : Optional.of("values don't meet the specifications of the schema(s) in the"
                        + " following chart(s):\n" + of(template) + ":\n"
                        + String.join("\n", mistakes));
    }

    /// As JSON Schema names it; empty for what is not there.
    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING, NULL -> "";
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case STRING, BINARY -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
        };
    }
}
