package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Locator;
import orrery.server.platform.stack.Stacks;
import orrery.server.tenancy.project.Contents;

/// Where clusters are, and what they were made from, for whoever asks all features.
@Singleton
final class ClusterContents implements Contents, Locator, Stacks.MadeFrom {
    private final ClusterTable table = new ClusterTable();
    private final Clusters clusters;

    ClusterContents(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public Layer layer() {
        return Layer.MACHINES;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return clusters.inProject(tx, project).stream()
                .map(id -> clusters.delete(tx, table.rows.lock(tx, id)).run().id())
                .toList();
    }

    @Override
    public List<String> madeFrom(Tx tx, String stack) {
        return table.ofStack(tx, stack);
    }

    @Override
    public String prefix() {
        return "cls";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }
}
