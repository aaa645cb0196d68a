package orrery.sim.kcm;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.InstanceType;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Nodes;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;

/// Installs what a management cluster starts with: its nodes, of which some have GPUs for what is
/// served and trained on it, the definitions of KCM's resources, and the templates and the
/// credential of the simulated provider.
///
/// What a user deleted comes back at the next start, as with any installation that is repeated.
final class Installation implements Operator {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int GPU_NODES = 2;

    private final String management;
    private final Nodes nodes;
    private final Manifests manifests;

    /// @param more what else is installed there
    Installation(String management, Nodes nodes, Manifests more) {
        this.management = management;
        this.nodes = nodes;
        this.manifests = Manifests.read(Installation.class, "crds.yaml", "referenced.yaml",
                "objects.yaml").and(more);
    }

    @Override
    public String name() {
        return "kcm-installation";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (cluster.name().equals(management) && change.created()
                && change.item().key().equals(new Key("namespaces", "", "default"))) {
            look.accept(change.item().key());
        }
    }

    /// @throws orrery.sim.type.Refusal when a definition is not served yet; it is tried again
    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        if (cluster.list("nodes", "").isEmpty()) {
            nodes.put(cluster, new Nodes.Wanted(management + "-0",
                    InstanceType.named("sim.large"), "v1.36.3", true, false));
            for (int i = 0; i < GPU_NODES; i++) {
                nodes.put(cluster, new Nodes.Wanted(management + "-gpu-" + i,
                        InstanceType.named("sim.gpu"), "v1.36.3", false, false));
            }
        }
        return manifests.install(cluster, name()) ? Optional.empty() : Optional.of(SOON);
    }
}
