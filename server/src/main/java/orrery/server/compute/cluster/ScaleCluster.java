package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Gives a cluster's node pools other sizes.
@Singleton
final class ScaleCluster implements Saga<ScaleCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.scale", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(60))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    /// @param pools all of its pools, as they shall be
    record Input(String cluster, List<NodePool> pools) {}

    /// How it was before.
    record Before(List<NodePool> pools) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    ScaleCluster(Lifecycle lifecycle, Management management, Regions regions,
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
        var before = steps.tx("begin", Before.class,
                tx -> new Before(lifecycle.changing(tx, id, Cluster.State.SCALING,
                        steps.fence().run(), in.pools()).nodePools()),
                tx -> lifecycle.unchanged(tx, id,
                        "It could not be scaled; its last run says why."));
        steps.await("management cluster", look::answers);
        steps.run("cluster deployment",
                () -> change(steps, look.cluster(), in.pools()),
                () -> change(steps, look.cluster(), before.pools()));
        var seen = steps.await("ready", Observation.class, look::ready);
        steps.tx("running", tx -> {
            lifecycle.observed(tx, id, seen);
            lifecycle.running(tx, id, Pools.allReady(in.pools()));
        });
    }

    private void change(Steps steps, Cluster cluster, List<NodePool> pools) {
        var grant = steps.grant();
        var template = management.template(grant, cluster);
        var credential = management.credential(grant, cluster);
        clients.writer(regions.target(grant, cluster.region()), steps.fence())
                .change(ClusterDeployments.of(
                        cluster.sized(pools), template, credential, steps.fence().run()));
    }
}
