package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Finds out whether a cluster could be made: KCM looks at its description and makes nothing of it.
/// The run says what came of it; of the cluster nothing stays, whatever that was.
@Singleton
final class TryCluster implements Saga<TryCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.try", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(10))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    record Input(String cluster) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    TryCluster(Lifecycle lifecycle, Management management, Regions regions,
            KubeClients clients, Clock clock) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.clients = clients;
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
        steps.tx("begin", tx -> lifecycle.provisioning(tx, id),
                tx -> lifecycle.tried(tx, id));
        steps.await("management cluster", look::answers);
        steps.run("project namespace", () -> kube(steps, look.cluster())
                .ensure(ProjectNamespace.object(
                        look.cluster().projectId(), look.cluster().organizationId())));
        var template = steps.await("template", Template.class, look::template);
        var credential = steps.run("credential", String.class,
                () -> management.credential(steps.grant(), look.cluster()));
        steps.run("cluster deployment",
                () -> kube(steps, look.cluster()).apply(ClusterDeployments.of(
                        look.cluster(), template, credential, steps.fence().run(), true)),
                () -> delete(steps, look.cluster()));
        steps.await("tried", Observation.class, look::tried);
        steps.run("deployment deleted", () -> delete(steps, look.cluster()));
        steps.await("gone", look::gone);
        steps.tx("deleted", tx -> lifecycle.tried(tx, id));
    }

    private Kube kube(Steps steps, Cluster cluster) {
        return clients.writer(regions.target(steps.grant(), cluster.region()), steps.fence());
    }

    private void delete(Steps steps, Cluster cluster) {
        kube(steps, cluster).delete(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ProjectNamespace.name(cluster.projectId()), Cluster.objectName(cluster.id()));
    }
}
