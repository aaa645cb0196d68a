package orrery.server.compute.kubeconfig;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A user's way into a cluster. Its content is stored sealed and is no part of this record.
///
/// @param issuedFor identifier of the user it speaks for
/// @param ttlSeconds how long it was asked to last
/// @param expiresAt `null` until issued
/// @param runId the last run that changed it
public record Kubeconfig(
        String id,
        String clusterId,
        String organizationId,
        String projectId,
        String name,
        String issuedFor,
        Role role,
        State state,
        int ttlSeconds,
        @Nullable Instant expiresAt,
        @Nullable Instant lastDownloadedAt,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// What it may do in the cluster, in the words of projects. Each may do what the next may.
    public enum Role {
        ADMIN("cluster-admin"),
        MEMBER("edit"),
        VIEWER("view");

        private final String clusterRole;

        Role(String clusterRole) {
            this.clusterRole = clusterRole;
        }

        /// The ClusterRole that every cluster has for it.
        String clusterRole() {
            return clusterRole;
        }

        boolean isAbove(Role other) {
            return ordinal() < other.ordinal();
        }
    }

    /// Where it is in its life.
    public enum State {
        ISSUING, ACTIVE, REVOKING, EXPIRED, REVOKED, FAILED;

        /// Whether nothing of it is left in the cluster.
        boolean isOver() {
            return switch (this) {
                case EXPIRED, REVOKED, FAILED -> true;
                case ISSUING, ACTIVE, REVOKING -> false;
            };
        }
    }
}
