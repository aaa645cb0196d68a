package orrery.server.compute.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import orrery.kit.db.Jsonb;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.tenancy.quota.Amounts;
import org.jspecify.annotations.Nullable;

/// Nodes of one kind in a cluster.
///
/// @param nodeCount how many there shall be
/// @param readyCount how many of them are ready
/// @param instanceType as the region's catalogue calls it; `null` for the template's own
/// @param network identifier of the network its nodes are in; `null` for the template's own
/// @param subnet identifier of a subnet of that network; `null` for any
/// @param size of each node, for quotas: as the catalogue had the type when the pool was made, so
///     that an operator who changes it changes no cluster; `null` when it had no such type
public record NodePool(
        String id,
        String name,
        Role role,
        int nodeCount,
        int readyCount,
        @Nullable String instanceType,
        @Nullable String network,
        @Nullable String subnet,
        @Nullable @Jsonb Size size) {

    /// What one node has.
    ///
    /// @param ramGb 2³⁰ bytes
    public record Size(int cpuCores, int ramGb, int gpuCount) {
        static Size of(InstanceType type) {
            return new Size(type.cpuCores(), type.ramGb(), type.gpuCount());
        }
    }

    /// One of nodes whose size nobody knows.
    NodePool(String id, String name, Role role, int nodeCount, int readyCount,
            @Nullable String instanceType, @Nullable String network, @Nullable String subnet) {
        this(id, name, role, nodeCount, readyCount, instanceType, network, subnet, null);
    }

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
                id, name, role, count, readyCount, instanceType, network, subnet, size);
    }

    NodePool ready(int count) {
        return new NodePool(
                id, name, role, nodeCount, count, instanceType, network, subnet, size);
    }

    /// What its nodes take of a quota.
    Amounts amounts() {
        long nodes = nodeCount;
        return size == null ? Amounts.NONE : new Amounts(nodes * size.gpuCount(),
                nodes * size.cpuCores(), nodes * size.ramGb(), 0, 0, 0);
    }
}
