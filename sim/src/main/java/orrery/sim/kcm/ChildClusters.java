package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import orrery.sim.fault.Outages;
import orrery.sim.operator.InstanceType;
import orrery.sim.operator.Nodes;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Region;

/// The simulated clusters behind ClusterDeployments.
final class ChildClusters {
    /// Annotation of a ClusterDeployment: the name of its cluster in this region.
    static final String NAME = Outages.CHILD;

    /// Annotation of a ClusterDeployment: the chart that its cluster was made with.
    static final String CHART = "orrery.dev/simulated-chart";

    private static final Pattern SERVER =
            Pattern.compile("server:\\s*\"?https://[^/\\s]+/clusters/([-a-z0-9]{1,63})\\b");
    private static final int MAX_NODES = 1000;
    private static final int MAX_NAME = 63;
    private static final String DEFAULT_VERSION = "v1.36.3";

    private final Region region;
    private final Function<Cluster, String> kubeconfig;
    private final Nodes nodes;

    ChildClusters(Region region, Function<Cluster, String> kubeconfig, Clock clock) {
        this.region = region;
        this.kubeconfig = kubeconfig;
        this.nodes = new Nodes(clock);
    }

    /// Its own name, or with the namespace in front and its uid's start behind when that is taken.
    String nameFor(Item deployment) {
        var own = deployment.name().replace('.', '-');
        if (own.length() <= MAX_NAME && region.find(own).isEmpty()) {
            return own;
        }
        var full = deployment.namespace() + "-" + own;
        return full.substring(0, Math.min(full.length(), MAX_NAME - 9)) + "-"
                + deployment.uid().substring(0, 8);
    }

    static String name(Item deployment) {
        return deployment.tree().path("metadata").path("annotations").path(NAME).asText();
    }

    /// The cluster of a deployment, once it is made.
    Optional<Cluster> find(Item deployment) {
        return region.find(name(deployment));
    }

    /// The cluster of this region that a kubeconfig speaks of.
    Optional<Cluster> named(String kubeconfig) {
        var server = SERVER.matcher(kubeconfig);
        return server.find() ? region.find(server.group(1)) : Optional.empty();
    }

    private Cluster create(Item deployment) {
        var name = name(deployment);
        return region.find(name).orElseGet(() -> region.create(name));
    }

    String kubeconfig(Cluster child) {
        return kubeconfig.apply(child);
    }

    /// Brings the control plane's nodes, or the workers, to the wanted number, type and version.
    Cluster nodes(Item deployment, Item template, boolean controlPlane) {
        var child = create(deployment);
        var config = deployment.tree().path("spec").path("config");
        var machines = config.path("machines");
        int workers = machines.isArray() && !machines.isEmpty()
                ? Math.min(machines.size(), MAX_NODES) : count(config.path("workersNumber"), 1);
        int wanted = !controlPlane ? workers : Charts.hosted(template) ? 0
                : Math.max(1, count(config.path("controlPlaneNumber"), 1));
        var prefix = deployment.name() + (controlPlane ? "-cp-" : "-md-");
        var type = type(config.path(controlPlane ? "controlPlane" : "worker"));
        var kept = new HashSet<String>();
        for (int i = 0; i < wanted; i++) {
            nodes.put(child, new Nodes.Wanted(prefix + i, type, version(deployment, template),
                    controlPlane, controlPlane && workers > 0));
            kept.add(prefix + i);
        }
        removeOthers(child, prefix, kept);
        return child;
    }

    /// Takes all its nodes away.
    void clear(Item deployment) {
        find(deployment).ifPresent(child -> removeOthers(child, deployment.name() + "-", Set.of()));
    }

    private static void removeOthers(Cluster child, String prefix, Set<String> kept) {
        for (var node : child.list("nodes", "")) {
            if (node.name().startsWith(prefix) && !kept.contains(node.name())) {
                child.delete("nodes", "", node.name(), Deletion.BACKGROUND);
            }
        }
    }

    void delete(Item deployment) {
        region.delete(name(deployment));
    }

    /// The version that the template declares, else the one of the values.
    static String version(Item deployment, Item template) {
        var declared = template.tree().path("status").path("k8sVersion").asText();
        var value = deployment.tree().path("spec").path("config").path("k0s").path("version")
                .asText();
        return !declared.isEmpty() ? declared
                : value.isEmpty() ? DEFAULT_VERSION : value.split("\\+")[0];
    }

    private static InstanceType type(JsonNode pool) {
        for (var field : new String[] {"instanceType", "flavor", "vmSize"}) {
            if (pool.path(field).isTextual()) {
                return InstanceType.named(pool.path(field).asText());
            }
        }
        return InstanceType.named("sim.medium");
    }

    private static int count(JsonNode number, int absent) {
        return Math.clamp(number.asInt(absent), 0, MAX_NODES);
    }
}
