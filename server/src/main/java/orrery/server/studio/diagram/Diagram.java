package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;

/// A diagram as it is kept: what somebody drew, where it shall run, and how that went so far.
///
/// @param cluster the cluster's name, or `name.project` where the bare name is ambiguous
/// @param nodes the wire's array of nodes, kept as it came
/// @param edges the wire's array of edges, kept as it came
/// @param nodeStates by node: how it was seen last on the cluster
/// @param currentVersion number of the last version that was run or saved
/// @param lastRun the run that worked on it last
/// @param version grows with every change of the row
public record Diagram(
        String id,
        String owner,
        String organization,
        String project,
        String name,
        String description,
        String cluster,
        Status status,
        @Jsonb List<String> tags,
        @Jsonb JsonNode nodes,
        @Jsonb JsonNode edges,
        @Jsonb JsonNode nodeStates,
        int currentVersion,
        int runCount,
        int successCount,
        int failureCount,
        @Nullable String lastRun,
        @Nullable Instant lastRunAt,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /// In lower case on the wire. Only a published one runs.
    public enum Status { DRAFT, PUBLISHED, ARCHIVED }

    public Diagram {
        tags = List.copyOf(tags);
    }

    /// What was drawn.
    public Drawing drawing() {
        return Drawing.read(nodes, edges);
    }

    public Scope scope() {
        return Scope.project(organization, project);
    }
}
