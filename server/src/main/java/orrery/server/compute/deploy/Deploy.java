package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// What somebody asked for by a stack: as many clusters, machines or endpoints as it says.
///
/// @param stackId identifier of the stack
/// @param parameters as they were given, without the stack's defaults
/// @param replicas how many there shall be
/// @param stateReason why it is in this state, where that is not plain
/// @param runId the last run that changed it
public record Deploy(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        String stackId,
        @Jsonb ObjectNode parameters,
        int replicas,
        State state,
        @Nullable String stateReason,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Deploy {
        labels = Map.copyOf(labels);
    }

    /// Where it is in its life.
    public enum State {
        PENDING, VALIDATING, DEPLOYING, RUNNING, UPDATING, FAILED, DELETING, DELETED;

        /// Whether nothing is changing it, so that a change may begin.
        boolean isSettled() {
            return switch (this) {
                case RUNNING, FAILED -> true;
                case PENDING, VALIDATING, DEPLOYING, UPDATING, DELETING, DELETED -> false;
            };
        }
    }

    /// What was made for it.
    ///
    /// @param position 1 for the first
    /// @param kind `cluster`, `instance` or `inference`
    record Resource(int position, String kind, String resourceId) {}

    /// What stands at a position is called so.
    String nameOf(int position) {
        return name + "-" + position;
    }

    @Override
    public String toString() {
        return "deploy " + name + " (" + id + ")";
    }
}
