package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.InstanceType;
import orrery.sim.operator.Nodes;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Yaml;

/// Installs what a management cluster starts with: a node, the definitions of KCM's resources,
/// and the templates and the credential of the simulated provider.
///
/// What a user deleted comes back at the next start, as with any installation that is repeated.
final class Installation implements Operator {
    private final String management;
    private final Nodes nodes;
    private final List<ObjectNode> objects = new ArrayList<>();

    Installation(String management, Nodes nodes) {
        this.management = management;
        this.nodes = nodes;
        read("crds.yaml");
        read("objects.yaml");
    }

    private void read(String file) {
        try (var in = Installation.class.getResourceAsStream(file)) {
            Yaml.readAll(in.readAllBytes()).forEach(one -> objects.add((ObjectNode) one));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
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
        }
        for (var object : objects) {
            var metadata = object.path("metadata");
            var type = cluster.types().kind(object.path("apiVersion").asText(),
                    object.path("kind").asText());
            if (type.isEmpty()) {
                return Optional.of(Duration.ofMillis(100));
            }
            var place = metadata.path("namespace").asText();
            if (cluster.get(type.get().key(), place, metadata.path("name").asText()).isEmpty()) {
                cluster.create(type.get().key(), object.deepCopy(), Write.by(name()));
            }
        }
        return Optional.empty();
    }
}
