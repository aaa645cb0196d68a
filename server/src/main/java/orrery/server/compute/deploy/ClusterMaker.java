package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;
import orrery.server.compute.cluster.NewCluster;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import org.jspecify.annotations.Nullable;

/// Clusters of deploys. They keep the plan that they were made by.
@Singleton
final class ClusterMaker implements Maker {
    private final Clusters clusters;

    ClusterMaker(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public Stack.Kind kind() {
        return Stack.Kind.CLUSTER;
    }

    @Override
    public String resource() {
        return "cluster";
    }

    @Override
    public Map<String, Part> parts(Tx tx, Collection<String> ids) {
        var parts = new HashMap<String, Part>();
        clusters.byIds(tx, ids).forEach((id, it) -> parts.put(id, new Part(id, it.name(),
                it.state().name().toLowerCase(Locale.ROOT), it.stateReason(), it.runId(),
                health(it.state()), it.plan())));
        return parts;
    }

    private static Health health(Cluster.State state) {
        return switch (state) {
            case RUNNING, DEGRADED -> Health.WELL;
            case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, DELETING -> Health.CHANGING;
            case FAILED, DELETE_FAILED -> Health.BROKEN;
            case DELETED -> Health.GONE;
        };
    }

    /// What a template takes, its region says.
    @Override
    public List<Mistake> mistakes(Plan plan) {
        return List.of();
    }

    @Override
    public @Nullable String obstacle(Plan from, Plan to) {
        return null;
    }

    @Override
    public Made make(Tx tx, Deploy deploy, Wanted wanted, Plan plan, String name) {
        var made = clusters.create(tx, deploy.region(), new NewCluster(name, null, null,
                deploy.labels(), null, List.of(), wanted.stack(), wanted.parameters()));
        return new Made(made.cluster().id(), made.cluster().name(),
                made.run() == null ? null : made.run().id());
    }

    @Override
    public @Nullable String change(Tx tx, String id, Plan to) {
        return clusters.replan(tx, id, to);
    }

    @Override
    public boolean restore(Tx tx, String id, Plan before) {
        return clusters.restore(tx, id, before);
    }

    @Override
    public void delete(Tx tx, String id) {
        clusters.delete(tx, id);
    }
}
