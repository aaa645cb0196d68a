package orrery.server.studio.diagram;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import orrery.kit.durable.Status;
import org.jspecify.annotations.Nullable;

/// A diagram as the studio family shows it, where it is called a workflow.
///
/// @param clusterId the cluster's name
/// @param nodes with `data._status` where something is known of the node on the cluster
/// @param message said once, after it was created
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DiagramView(
        String id,
        String name,
        String description,
        @JsonProperty("cluster_id") String clusterId,
        String status,
        List<String> tags,
        JsonNode nodes,
        JsonNode edges,
        List<Object> versions,
        @JsonProperty("current_version") int currentVersion,
        @JsonProperty("owner_id") String ownerId,
        @JsonProperty("team_id") String teamId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("last_run_at") @Nullable Instant lastRunAt,
        @JsonProperty("run_count") int runCount,
        @JsonProperty("success_count") int successCount,
        @JsonProperty("failure_count") int failureCount) {

    public static DiagramView of(Diagram d) {
        return new DiagramView(d.id(), d.name(), d.description(), d.cluster(),
                d.status().name().toLowerCase(Locale.ROOT), d.tags(), withStatus(d), d.edges(),
                List.of(), d.currentVersion(), d.owner(), "", d.createdAt(), d.updatedAt(),
                d.lastRunAt(), d.runCount(), d.successCount(), d.failureCount());
    }

    /// How this family calls what becomes of a run: it knows four words.
    public static String word(Status status) {
        return switch (status) {
            case PENDING, RUNNING -> "running";
            case COMPLETED -> "completed";
            case FAILED, ATTENTION -> "failed";
            case CANCELLED -> "cancelled";
        };
    }

    private static JsonNode withStatus(Diagram diagram) {
        var nodes = diagram.nodes().deepCopy();
        for (var node : nodes) {
            var status = diagram.nodeStates().get(node.path("id").asText());
            if (status != null && node instanceof ObjectNode object) {
                object.withObjectProperty("data").set(Drawing.STATUS, status);
            }
        }
        return nodes;
    }
}
