package orrery.sim.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Write;
import orrery.sim.type.Yaml;

/// Objects that are installed together.
public record Manifests(List<ObjectNode> objects) {
    public Manifests {
        objects = List.copyOf(objects);
    }

    /// @param beside the class whose package has the YAML files
    public static Manifests read(Class<?> beside, String... files) {
        var all = new ArrayList<ObjectNode>();
        for (var file : files) {
            try (var in = beside.getResourceAsStream(file)) {
                Yaml.readAll(in.readAllBytes()).forEach(one -> all.add((ObjectNode) one));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        return new Manifests(all);
    }

    /// These first, then the others.
    public Manifests and(Manifests others) {
        var all = new ArrayList<>(objects);
        all.addAll(others.objects);
        return new Manifests(all);
    }

    /// Creates what is missing, in order.
    ///
    /// @param by the field manager
    /// @return whether all is there; else a definition is not served yet, and it is to be tried
    ///         again
    public boolean install(Cluster cluster, String by) {
        for (var object : objects) {
            var metadata = object.path("metadata");
            var type = cluster.types().kind(object.path("apiVersion").asText(),
                    object.path("kind").asText());
            if (type.isEmpty()) {
                return false;
            }
            var place = metadata.path("namespace").asText();
            if (cluster.get(type.get().key(), place, metadata.path("name").asText()).isEmpty()) {
                cluster.create(type.get().key(), object.deepCopy(), Write.by(by));
            }
        }
        return true;
    }

    /// Deletes what is there, in the opposite order.
    public void remove(Cluster cluster) {
        for (var object : objects.reversed()) {
            var metadata = object.path("metadata");
            cluster.types().kind(object.path("apiVersion").asText(), object.path("kind").asText())
                    .flatMap(type -> cluster.get(type.key(), metadata.path("namespace").asText(),
                            metadata.path("name").asText()))
                    .ifPresent(found -> cluster.delete(found.type(), found.namespace(),
                            found.name(), Deletion.BACKGROUND));
        }
    }
}
