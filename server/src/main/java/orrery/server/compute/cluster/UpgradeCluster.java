package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.region.Regions;

/// Brings a cluster to another version of Kubernetes, which is another ClusterTemplate.
///
/// KCM lets nobody go back: once the deployment has the new template it keeps it, whatever becomes
/// of the run, and our record says what the deployment has.
@Singleton
final class UpgradeCluster implements Saga<UpgradeCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.upgrade", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(60))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    record Input(String cluster, Upgrade to) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final Database database;
    private final KubeClients clients;
    private final Clock clock;

    UpgradeCluster(Lifecycle lifecycle, Management management, Regions regions,
            Database database, KubeClients clients, Clock clock) {
        this.lifecycle = lifecycle;
        this.management = management;
        this.regions = regions;
        this.database = database;
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
        steps.tx("begin", tx -> lifecycle.changing(
                        tx, id, Cluster.State.UPGRADING, steps.fence().run()),
                tx -> unfinished(tx, in));
        steps.await("management cluster", look::answers);
        steps.run("cluster deployment", () -> change(steps, look.cluster(), in.to()),
                () -> record(steps, look.cluster(), in.to()));
        steps.tx("template chosen", tx -> lifecycle.chose(tx, id, in.to().asTemplate()));
        var seen = steps.await("ready", Observation.class, look::ready);
        steps.tx("running", tx -> {
            lifecycle.observed(tx, id, seen);
            lifecycle.running(tx, id, Pools.allReady(lifecycle.get(tx, id).nodePools()));
        });
    }

    private void unfinished(Tx tx, Input in) {
        boolean begun = in.to().template().equals(lifecycle.get(tx, in.cluster()).template());
        lifecycle.ended(tx, in.cluster(), begun ? Cluster.State.DEGRADED : Cluster.State.RUNNING,
                begun ? "Its upgrade did not come to its end; its last run says why."
                        : "It could not be upgraded; its last run says why.");
    }

    private void change(Steps steps, Cluster cluster, Upgrade to) {
        var grant = steps.grant();
        var upgraded = cluster.upgraded(to.template());
        clients.writer(regions.target(grant, cluster.region()), steps.fence())
                .change(ClusterDeployments.of(upgraded, management.template(grant, upgraded),
                        management.credential(grant, cluster), steps.fence().run()));
    }

    /// Whatever the deployment has now is what the cluster is made from.
    private void record(Steps steps, Cluster cluster, Upgrade to) {
        boolean has = management.deployment(steps.grant(), cluster)
                .filter(it -> it.at("/spec/template").asText().equals(to.template())).isPresent();
        if (has) {
            database.write(steps.grant(),
                    tx -> lifecycle.chose(tx, cluster.id(), to.asTemplate()));
        }
    }
}
