package orrery.server.compute.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Jsonb;
import orrery.kit.kube.ObjectName;
import orrery.server.platform.stack.Plan;
import org.jspecify.annotations.Nullable;

/// A Kubernetes cluster of a project.
///
/// @param region code of the region that made it; `global` for an attached one
/// @param stateReason why it is in this state, where that is not plain
/// @param kubernetesVersion `v1.34.1`; `null` until known
/// @param template name of the ClusterTemplate it was made from; `null` for an attached one
/// @param plan what its stack says of it; `null` when it was made without one
/// @param availableUpgrades versions it can be brought to
/// @param endpointUrl of its API server; `null` until known
/// @param caCertificate PEM; `null` until known
/// @param connection grows with its stored credentials; 0 while there are none
/// @param runId the last run that changed it
public record Cluster(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        Origin origin,
        State state,
        @Nullable String stateReason,
        @Nullable String kubernetesVersion,
        @Nullable String template,
        @Nullable @Jsonb Plan plan,
        @Jsonb List<NodePool> nodePools,
        @Jsonb List<Condition> conditions,
        @Jsonb List<String> availableUpgrades,
        @Nullable String endpointUrl,
        @Nullable String caCertificate,
        long connection,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Cluster {
        labels = Map.copyOf(labels);
        nodePools = List.copyOf(nodePools);
        conditions = List.copyOf(conditions);
        availableUpgrades = List.copyOf(availableUpgrades);
    }

    /// Who made it.
    public enum Origin { PROVISIONED, ATTACHED }

    /// Where it is in its life.
    public enum State {
        PENDING, PROVISIONING, RUNNING, SCALING, UPGRADING, UPDATING, DEGRADED, FAILED, DELETING,
        DELETE_FAILED, DELETED;

        /// Whether its API server can be expected to answer.
        public boolean isUsable() {
            return switch (this) {
                case RUNNING, DEGRADED, SCALING, UPGRADING, UPDATING -> true;
                case PENDING, PROVISIONING, FAILED, DELETING, DELETE_FAILED, DELETED -> false;
            };
        }

        /// Whether nothing is changing it, so that a change may begin.
        boolean isSettled() {
            return switch (this) {
                case RUNNING, DEGRADED -> true;
                case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, FAILED, DELETING,
                        DELETE_FAILED, DELETED -> false;
            };
        }
    }

    /// Nodes of a role that there shall be.
    int nodes(NodePool.Role role) {
        return nodePools.stream().filter(pool -> pool.role() == role)
                .mapToInt(NodePool::nodeCount).sum();
    }

    /// All nodes that there shall be.
    int nodeCount() {
        return nodePools.stream().mapToInt(NodePool::nodeCount).sum();
    }

    Cluster sized(List<NodePool> pools) {
        return planned(plan, pools);
    }

    Cluster planned(@Nullable Plan plan, List<NodePool> pools) {
        return new Cluster(id, organizationId, projectId, region, name, displayName, description,
                labels, origin, state, stateReason, kubernetesVersion, template, plan, pools,
                conditions, availableUpgrades, endpointUrl, caCertificate, connection, runId,
                version, createdBy, createdAt, updatedAt, deletedAt);
    }

    /// Name of the objects in the management cluster that stand for it. Names there are lower case,
    /// and suffixes are added to them, so it is a short digest and not the identifier.
    static String objectName(String id) {
        return ObjectName.of("cls", id);
    }

    @Override
    public String toString() {
        return "cluster " + name + " (" + id + ")";
    }
}
