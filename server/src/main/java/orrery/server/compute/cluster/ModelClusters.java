package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.kube.KubeTarget;
import orrery.server.platform.inference.ServingClusters;

/// Clusters, for models that are served on them.
@Singleton
public final class ModelClusters implements ServingClusters {
    private final Clusters clusters;

    public ModelClusters(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public String running(Grant grant, String region, String idOrName) {
        var cluster = find(grant, region, idOrName).orElseThrow(
                () -> new Problem.Unprocessable(List.of(new Mistake("clusterId",
                        "is no cluster of this project in region " + region))).raise());
        if (!cluster.state().isUsable()) {
            throw new Problem.IllegalTransition(Clusters.KIND, cluster.id(),
                    ClusterEvents.text(cluster.state()), "serve a model").raise();
        }
        return cluster.id();
    }

    private Optional<Cluster> find(Grant grant, String region, String idOrName) {
        try {
            return Optional.of(clusters.get(grant, region, idOrName));
        } catch (Problem.Failure none) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<KubeTarget> target(Grant grant, String id) {
        return clusters.reach(grant, id);
    }
}
