package orrery.server.compute.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// Nodes of one kind in a cluster.
///
/// @param nodeCount how many there shall be
/// @param readyCount how many of them are ready
/// @param instanceType as the region's catalogue calls it; `null` for the template's own
/// @param network identifier of the network its nodes are in; `null` for the template's own
/// @param subnet identifier of a subnet of that network; `null` for any
public record NodePool(
        String id,
        String name,
        Role role,
        int nodeCount,
        int readyCount,
        @Nullable String instanceType,
        @Nullable String network,
        @Nullable String subnet) {

    /// What its nodes are for.
    public enum Role {
        @JsonProperty("control-plane") CONTROL_PLANE,
        @JsonProperty("worker") WORKER;

        /// What the pool of this role is called when nobody says.
        String standardName() {
            return switch (this) {
                case CONTROL_PLANE -> "control-plane";
                case WORKER -> "workers";
            };
        }
    }

    NodePool scaledTo(int count) {
        return new NodePool(
                id, name, role, count, readyCount, instanceType, network, subnet);
    }

    NodePool ready(int count) {
        return new NodePool(id, name, role, nodeCount, count, instanceType, network, subnet);
    }
}
