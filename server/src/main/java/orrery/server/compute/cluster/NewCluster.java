package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.tenancy.project.Labels;

/// A cluster that somebody asks for. It holds nothing that could not be made.
///
/// @param name `null` for one of ours
/// @param kubernetesVersion `null` for the newest that the region offers
/// @param stackId identifier or name of the stack to make it from; `null` for none
/// @param parameters of the stack; `null` for its defaults
/// @param dryRun whether it is only to be found out whether it could be made
public record NewCluster(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        @Nullable String kubernetesVersion,
        List<Pool> nodePools,
        @Nullable String stackId,
        @Nullable ObjectNode parameters,
        Setup setup,
        boolean dryRun) {

    private static final int MOST_WORKERS = 1000;
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,62}");

    /// Nodes that somebody asks for. Its rules are the cluster's, which knows its place in the
    /// list.
    public record Pool(
            @Nullable String name,
            Role role,
            int nodeCount,
            @Nullable String instanceType,
            @Nullable String network,
            @Nullable String subnet) {}

    public NewCluster {
        labels = Map.copyOf(labels);
        // Which pools there are is the stack's word.
        nodePools = stackId != null ? List.copyOf(nodePools)
                : nodePools.isEmpty() ? standard() : withControlPlane(nodePools);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description)
                .check("kubernetesVersion", kubernetesVersion, KubernetesVersion::isOne,
                        "must look like v1.34.1");
        Labels.check(mistakes, "labels", labels);
        for (int i = 0; i < nodePools.size(); i++) {
            check(mistakes, "nodePools[" + i + "].", nodePools.get(i));
        }
        mistakes.unless(stackId != null || parameters == null, "parameters",
                "are a stack's: say stackId, too");
        setup.check(mistakes);
        if (stackId != null) {
            mistakes.unless(setup.config().isEmpty(), "config",
                            "is the stack's word: say parameters")
                    .unless(setup.ipFamily() == null, "ipFamily",
                            "is the stack's word: say parameters");
        }
        mistakes.orRefuse();
    }

    /// One without a stack.
    public NewCluster(@Nullable String name, @Nullable String displayName,
            @Nullable String description, Map<String, String> labels,
            @Nullable String kubernetesVersion, List<Pool> nodePools) {
        this(name, displayName, description, labels, kubernetesVersion, nodePools, null, null);
    }

    /// One with nodes, as a stack may have it.
    public NewCluster(@Nullable String name, @Nullable String displayName,
            @Nullable String description, Map<String, String> labels,
            @Nullable String kubernetesVersion, List<Pool> nodePools, @Nullable String stackId,
            @Nullable ObjectNode parameters) {
        this(name, displayName, description, labels, kubernetesVersion, nodePools, stackId,
                parameters, Setup.PLAIN, false);
    }

    private static List<Pool> standard() {
        return List.of(new Pool(null, Role.CONTROL_PLANE, 1, null, null, null),
                new Pool(null, Role.WORKER, 1, null, null, null));
    }

    private static List<Pool> withControlPlane(List<Pool> pools) {
        boolean said = pools.stream().anyMatch(pool -> pool.role() == Role.CONTROL_PLANE);
        return said ? List.copyOf(pools) : Stream.concat(
                pools.stream(),
                Stream.of(
                        new Pool(null, Role.CONTROL_PLANE, 1, null, null, null))).toList();
    }

    static void check(Mistakes mistakes, String path, Pool pool) {
        Slug.check(mistakes, path + "name", pool.name())
                .check(path + "instanceType", pool.instanceType(),
                        it -> CODE.matcher(it).matches(), "must be the code of an instance type")
                .unless(pool.subnet() == null || pool.network() != null,
                        path + "network", "is required beside a subnet");
        checkCount(mistakes, path + "nodeCount", pool.role(), pool.nodeCount());
    }

    static void checkCount(String field, Role role, int count) {
        var mistakes = new Mistakes();
        checkCount(mistakes, field, role, count);
        mistakes.orRefuse();
    }

    static void checkCount(Mistakes mistakes, String field, @Nullable Role role, int count) {
        switch (role) {
            case null -> { }
            case CONTROL_PLANE -> mistakes.unless(count == 1 || count == 3 || count == 5, field,
                    "must be 1, 3 or 5 for a control plane");
            case WORKER -> mistakes.unless(count >= 0 && count <= MOST_WORKERS, field,
                    "must be 0 to " + MOST_WORKERS);
        }
    }
}
