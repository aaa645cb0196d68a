package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Deletes a cluster. What was made for it goes with its ClusterDeployment; an attached cluster is
/// only forgotten.
@Singleton
final class DeleteCluster implements Saga<DeleteCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(2))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    /// @param earlier the run that changed it when its deletion was asked for
    record Input(String cluster, @Nullable String earlier) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Runs runs;
    private final Clock clock;

    DeleteCluster(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients, Runs runs, Clock clock) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
        this.runs = runs;
        this.clock = clock;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.cluster();
        var look = new Look(steps, lifecycle, management, clock, id);
        steps.tx("begin", tx -> lifecycle.deleting(tx, id, steps.fence().run()),
                tx -> lifecycle.deleteFailed(tx, id));
        steps.await("earlier run", () -> in.earlier() == null
                || runs.get(steps.grant(), in.earlier()).status().isOver());
        var origin = steps.run("origin", Cluster.Origin.class, () -> look.cluster().origin());
        if (origin == Cluster.Origin.PROVISIONED) {
            steps.await("management cluster", look::answers);
            steps.run("cluster deployment", () -> delete(steps, look.cluster()));
            steps.await("gone", look::gone);
        }
        steps.tx("deleted", tx -> lifecycle.deleted(tx, id));
    }

    private void delete(Steps steps, Cluster cluster) {
        clients.writer(regions.target(steps.grant(), cluster.region()), steps.fence())
                .delete(ClusterDeployments.CLUSTER_DEPLOYMENT,
                        ProjectNamespace.name(cluster.projectId()),
                        Cluster.objectName(cluster.id()));
    }
}
