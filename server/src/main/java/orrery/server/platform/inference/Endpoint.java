package orrery.server.platform.inference;

import java.time.Instant;
import java.util.Map;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.kube.ObjectName;
import org.jspecify.annotations.Nullable;

/// A model of a project that a region serves.
///
/// @param clusterId the cluster that it runs on; `null` for the region's own
/// @param stateReason why it is in this state, where that is not plain
/// @param endpointUrl where it answers; `null` until known
/// @param runId the last run that changed it
public record Endpoint(
        String id,
        String organizationId,
        String projectId,
        String region,
        @Nullable String clusterId,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        State state,
        @Nullable String stateReason,
        @Jsonb Serving serving,
        int readyReplicas,
        @Nullable String endpointUrl,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Endpoint {
        labels = Map.copyOf(labels);
    }

    /// Where it is in its life.
    public enum State {
        PENDING, PROVISIONING, LOADING, READY, SCALING,
        /// There is no replica: nobody asks for it, or it was stopped.
        IDLE,
        DEGRADED, UPDATING, FAILED, DELETING, DELETED;

        /// Whether nothing is changing it, so that a change may begin.
        boolean isSettled() {
            return switch (this) {
                case READY, IDLE, DEGRADED -> true;
                case PENDING, PROVISIONING, LOADING, SCALING, UPDATING, FAILED, DELETING,
                        DELETED -> false;
            };
        }
    }

    Scope place() {
        return Scope.project(organizationId, projectId);
    }

    /// Where it runs, for people.
    String where() {
        return clusterId == null ? "region " + region : "cluster " + clusterId;
    }

    /// Name of the objects in the management cluster that stand for it.
    static String objectName(String id) {
        return ObjectName.of("inf", id);
    }

    @Override
    public String toString() {
        return "inference endpoint " + name + " (" + id + ")";
    }
}
