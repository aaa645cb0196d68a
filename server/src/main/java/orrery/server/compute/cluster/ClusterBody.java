package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.http.Patch;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about clusters.
final class ClusterBody {
    private ClusterBody() {}

    /// Nodes, as a POST asks for them. A count that is not said is 1.
    record Pool(
            @Nullable String name,
            NodePool.Role role,
            @Nullable Integer nodeCount,
            @Nullable String instanceType,
            @Nullable String network,
            @Nullable String subnet) {
        NewCluster.Pool input() {
            return new NewCluster.Pool(name, role, nodeCount == null ? 1 : nodeCount,
                    instanceType, network, subnet);
        }
    }

    /// The body of a POST.
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            @Nullable String kubernetesVersion,
            @Nullable List<Pool> nodePools,
            @Nullable String stackId,
            @Nullable ObjectNode parameters) {
        New {
            labels = labels == null ? Map.of() : labels;
            nodePools = nodePools == null ? List.of() : nodePools;
            input(name, displayName, description, labels, kubernetesVersion, nodePools, stackId,
                    parameters);
        }

        NewCluster input() {
            return input(name, displayName, description, labels, kubernetesVersion, nodePools,
                    stackId, parameters);
        }

        private static NewCluster input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable String kubernetesVersion, @Nullable List<Pool> pools,
                @Nullable String stackId, @Nullable ObjectNode parameters) {
            return new NewCluster(name, displayName, description,
                    labels == null ? Map.of() : labels, kubernetesVersion,
                    pools == null ? List.of() : pools.stream().map(Pool::input).toList(),
                    stackId, parameters);
        }
    }

    /// How many nodes a pool shall have, as a PATCH says it.
    ///
    /// @param name of the pool; `null` when its role says which
    record Scale(@Nullable String name, NodePool.Role role, int nodeCount) {}

    /// The body of a PATCH. What is absent stays.
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            @Nullable List<Scale> nodePools) {
        Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent() && nodePools == null), "body",
                    "must change displayName, description, labels or nodePools").orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null), nodePools);
        }

        Clusters.Change of(Cluster old) {
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), nodePools);
        }

        private static Clusters.Change change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable List<Scale> pools) {
            return new Clusters.Change(displayName, description,
                    labels == null ? Map.of() : labels,
                    pools == null ? List.of() : pools.stream()
                            .map(s -> new Clusters.Scale(s.name(), s.role(), s.nodeCount()))
                            .toList());
        }
    }
}
