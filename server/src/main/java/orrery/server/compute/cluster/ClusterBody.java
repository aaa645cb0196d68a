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

    /// An add-on, as a POST or PATCH asks for it.
    record Added(
            String name,
            @Nullable String namespace,
            String template,
            @Nullable String values) {
        Service input() {
            return new Service(
                    name, namespace == null ? Service.NAMESPACE : namespace, template, values);
        }

        static List<Service> all(@Nullable List<Added> services) {
            return services == null ? List.of() : services.stream().map(Added::input).toList();
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
            @Nullable ObjectNode parameters,
            @Nullable ObjectNode config,
            @Nullable String credential,
            @Nullable IpFamily ipFamily,
            @Nullable List<Added> services,
            @Nullable Boolean dryRun) {
        New {
            labels = labels == null ? Map.of() : labels;
            nodePools = nodePools == null ? List.of() : nodePools;
            input(name, displayName, description, labels, kubernetesVersion, nodePools, stackId,
                    parameters, setup(config, credential, ipFamily, services), dryRun);
        }

        NewCluster input() {
            return input(name, displayName, description, labels, kubernetesVersion, nodePools,
                    stackId, parameters, setup(config, credential, ipFamily, services), dryRun);
        }

        private static Setup setup(@Nullable ObjectNode config, @Nullable String credential,
                @Nullable IpFamily ipFamily, @Nullable List<Added> services) {
            return new Setup(config == null ? Setup.PLAIN.config() : config, credential,
                    ipFamily, Added.all(services));
        }

        private static NewCluster input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable String kubernetesVersion, @Nullable List<Pool> pools,
                @Nullable String stackId, @Nullable ObjectNode parameters, Setup setup,
                @Nullable Boolean dryRun) {
            return new NewCluster(name, displayName, description,
                    labels == null ? Map.of() : labels, kubernetesVersion,
                    pools == null ? List.of() : pools.stream().map(Pool::input).toList(),
                    stackId, parameters, setup, dryRun != null && dryRun);
        }
    }

    /// How many nodes a pool shall have, as a PATCH says it.
    ///
    /// @param name of the pool; `null` when its role says which
    record Scale(@Nullable String name, NodePool.Role role, int nodeCount) {}

    /// The body of a PATCH. What is absent stays; values are merged as RFC 7396 has it.
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            @Nullable List<Scale> nodePools,
            @Nullable String kubernetesVersion,
            Patch<ObjectNode> config,
            @Nullable List<Added> services) {
        Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent() && nodePools == null && kubernetesVersion == null
                    && config.isAbsent() && services == null), "body",
                    "must change displayName, description, labels, nodePools, kubernetesVersion,"
                            + " config or services").orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null), nodePools,
                    kubernetesVersion, setup(Setup.PLAIN, config, services));
        }

        Clusters.Change of(Cluster old) {
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), nodePools, kubernetesVersion,
                    setup(old.setup(), config, services));
        }

        private static @Nullable Setup setup(
                Setup old, Patch<ObjectNode> config, @Nullable List<Added> services) {
            if (config.isAbsent() && services == null) {
                return null;
            }
            var values = config.or(null);
            return old.with(config.isAbsent() ? old.config()
                            : values == null ? Setup.PLAIN.config() : merged(old.config(), values),
                    services == null ? old.services() : Added.all(services));
        }

        private static ObjectNode merged(ObjectNode into, ObjectNode patch) {
            for (var part : patch.properties()) {
                if (part.getValue().isNull()) {
                    into.remove(part.getKey());
                } else if (part.getValue() instanceof ObjectNode object) {
                    into.set(part.getKey(), merged(
                            into.get(part.getKey()) instanceof ObjectNode old ? old
                                    : into.objectNode(), object));
                } else {
                    into.set(part.getKey(), part.getValue());
                }
            }
            return into;
        }

        private static Clusters.Change change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable List<Scale> pools, @Nullable String version, @Nullable Setup setup) {
            return new Clusters.Change(displayName, description,
                    labels == null ? Map.of() : labels,
                    pools == null ? List.of() : pools.stream()
                            .map(s -> new Clusters.Scale(s.name(), s.role(), s.nodeCount()))
                            .toList(), version, setup);
        }
    }
}
