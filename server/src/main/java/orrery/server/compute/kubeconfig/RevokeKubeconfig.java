package orrery.server.compute.kubeconfig;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;

/// Deletes a kubeconfig's service account, and with it every token of it, at once.
@Singleton
final class RevokeKubeconfig implements Saga<RevokeKubeconfig.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("kubeconfig.revoke", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofDays(30))
                    .withAttempts(10_000, Duration.ofMillis(500)));

    /// @param kubeconfig its identifier
    /// @param end what it shall be then
    record Input(String kubeconfig, Kubeconfig.State end) {}

    private final Kubeconfigs kubeconfigs;
    private final Clusters clusters;
    private final KubeClients clients;

    RevokeKubeconfig(Kubeconfigs kubeconfigs, Clusters clusters, KubeClients clients) {
        this.kubeconfigs = kubeconfigs;
        this.clusters = clusters;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var id = in.kubeconfig();
        var account = AccessObjects.name(id);
        steps.run("service account", () -> {
            if (isThere(steps, id)) {
                kube(steps, id).delete(Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE, account);
            }
        });
        steps.run("role binding", () -> {
            if (isThere(steps, id)) {
                kube(steps, id).delete(Kind.CLUSTER_ROLE_BINDING, null, account);
            }
        });
        steps.tx("over", tx -> kubeconfigs.ended(tx, id, in.end()));
    }

    /// Whether there is a cluster to delete from. With a cluster goes everything in it.
    private boolean isThere(Steps steps, String id) {
        var kubeconfig = kubeconfigs.byId(steps.grant(), id);
        return clusters.byId(steps.grant(), kubeconfig.clusterId())
                .map(Cluster::state).filter(Cluster.State::isUsable).isPresent();
    }

    private Kube kube(Steps steps, String id) {
        var kubeconfig = kubeconfigs.byId(steps.grant(), id);
        return clients.writer(
                clusters.target(steps.grant(), kubeconfig.clusterId()), steps.fence());
    }
}
