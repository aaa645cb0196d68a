package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.platform.stack.Plan;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Makes a cluster as another plan says, with other parameters or of another stack; or gives it
/// other services, or its template other values.
///
/// KCM lets nobody go back to an earlier template: once the deployment has another one it keeps
/// it, whatever becomes of the run, and our record says what the deployment has.
@Singleton
final class UpdateCluster implements Saga<UpdateCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.update", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(60))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    /// @param pools all of its pools, as they shall be
    /// @param setup as it shall be beside its nodes
    record Input(String cluster, @Nullable Plan plan, List<NodePool> pools, Setup setup) {
        /// The same cluster with another setup.
        static Input of(Cluster cluster, Setup setup) {
            return new Input(cluster.id(), cluster.plan(), cluster.nodePools(), setup);
        }

        Cluster on(Cluster cluster) {
            return cluster.planned(plan, pools).with(setup);
        }
    }

    /// How it was before.
    record Before(Input was, Template template) {
        Template template(@Nullable Plan to) {
            return to == null || was.plan() != null
                    && was.plan().template().equals(to.template())
                            ? template : new Template(to.template(), "", null);
        }
    }

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final Database database;
    private final KubeClients clients;
    private final Clock clock;

    UpdateCluster(Lifecycle lifecycle, Management management, Regions regions,
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
        steps.tx("begin", tx -> lifecycle.changing(tx, id, Cluster.State.UPDATING,
                        steps.fence().run(), in.pools()),
                tx -> lifecycle.unchanged(tx, id,
                        "It could not be updated; its last run says why."));
        steps.await("management cluster", look::answers);
        var before = steps.run("as it was", Before.class, () -> {
            var cluster = look.cluster();
            return new Before(Input.of(cluster, cluster.setup()),
                    management.template(steps.grant(), cluster));
        });
        var template = before.template(in.plan());
        steps.run("cluster deployment",
                () -> change(steps, in.on(look.cluster()), template),
                () -> takeBack(steps, look.cluster(), in, before, template));
        var seen = steps.await("ready", Observation.class, look::ready);
        steps.tx("running", tx -> {
            record(tx, in, template);
            lifecycle.observed(tx, id, seen);
            lifecycle.running(tx, id, Pools.allReady(in.pools()));
        });
    }

    private void record(Tx tx, Input in, Template template) {
        if (in.plan() != null) {
            lifecycle.planned(tx, in.cluster(), in.plan());
        }
        lifecycle.setUp(tx, in.cluster(), in.setup());
        lifecycle.chose(tx, in.cluster(), template);
    }

    private void takeBack(
            Steps steps, Cluster cluster, Input in, Before before, Template template) {
        boolean isKept = !template.name().equals(before.template().name())
                && management.deployment(steps.grant(), cluster).filter(it -> it
                        .at("/spec/template").asText().equals(template.name())).isPresent();
        if (!isKept) {
            change(steps, before.was().on(cluster), before.template());
            return;
        }
        database.write(steps.grant(), tx -> {
            record(tx, in, template);
            lifecycle.sized(tx, cluster.id(), in.pools());
            lifecycle.ended(tx, cluster.id(), Cluster.State.DEGRADED,
                    "Its update did not come to its end; its last run says why.");
        });
    }

    private void change(Steps steps, Cluster cluster, Template template) {
        var grant = steps.grant();
        var credential = management.credential(grant, cluster);
        clients.writer(regions.target(grant, cluster.region()), steps.fence())
                .change(ClusterDeployments.of(
                        cluster, template, credential, steps.fence().run()));
    }
}
