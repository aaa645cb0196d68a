package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.secret.Secret;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Makes a cluster through its region's management cluster.
@Singleton
final class CreateCluster implements Saga<CreateCluster.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("cluster.create", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(60))
                    .withAttempts(30, Duration.ofMillis(500)));

    /// @param cluster its identifier
    record Input(String cluster) {}

    private final Lifecycle lifecycle;
    private final Management management;
    private final Regions regions;
    private final KubeClients clients;
    private final Clock clock;

    CreateCluster(Lifecycle lifecycle, Management management, Regions regions,
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
                tx -> lifecycle.failed(tx, id, "It could not be made; its last run says why."));
        steps.await("management cluster", look::answers);
        steps.run("project namespace",
                () -> kube(steps, id).ensure(ProjectNamespace.object(
                        look.cluster().projectId(), look.cluster().organizationId())));
        var template = steps.await("template", Template.class, look::template);
        steps.tx("template chosen", tx -> lifecycle.chose(tx, id, template));
        var credential = steps.run("credential", String.class,
                () -> management.credential(steps.grant(), look.cluster()));
        steps.await("no earlier deployment", look::noneLeaving);
        steps.run("cluster deployment",
                () -> kube(steps, id).apply(ClusterDeployments.of(
                        look.cluster(), template, credential, steps.fence().run())),
                () -> delete(steps, id));
        var seen = steps.await("ready", Observation.class, look::ready);
        var way = steps.await("kubeconfig", WayIn.class, () -> wayIn(steps, id));
        steps.await("answers", () -> answers(steps, id, way));
        steps.tx("running", tx -> {
            lifecycle.observed(tx, id, seen);
            lifecycle.connected(tx, id, way);
            lifecycle.running(tx, id, Pools.allReady(lifecycle.get(tx, id).nodePools()));
        });
    }

    private Kube kube(Steps steps, String id) {
        var region = lifecycle.get(steps.grant(), id).region();
        return clients.writer(regions.target(steps.grant(), region), steps.fence());
    }

    private void delete(Steps steps, String id) {
        var cluster = lifecycle.get(steps.grant(), id);
        kube(steps, id).delete(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ProjectNamespace.name(cluster.projectId()), Cluster.objectName(id));
    }

    private Optional<WayIn> wayIn(Steps steps, String id) {
        return management.kubeconfig(steps.grant(), lifecycle.get(steps.grant(), id))
                .map(encoded -> new String(
                        Base64.getMimeDecoder().decode(encoded.asText()), StandardCharsets.UTF_8))
                .map(text -> {
                    var config = Kubeconfig.read(text, null);
                    return new WayIn(config.server().toString(), config.ca(), Secret.of(text));
                });
    }

    /// Whether the new cluster's own API server answers us: a region whose clusters cannot be
    /// reached from here is found out now and not at first use.
    private boolean answers(Steps steps, String id, WayIn way) {
        var region = lifecycle.get(steps.grant(), id).region();
        var target = new KubeTarget(id + "#new " + steps.fence().run(),
                Kubeconfig.read(way.kubeconfig().reveal(), null),
                Set.of(regions.get(steps.grant(), region).host()));
        try {
            boolean answered = !clients.view(target).version().isEmpty();
            clients.forget(target.key());
            return answered;
        } catch (KubeFailure notYet) {
            return false;
        }
    }
}
