package orrery.server.compute.kubeconfig;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.cluster.Clusters;
import org.jspecify.annotations.Nullable;

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
        steps.run("service account",
                () -> delete(steps, id, Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE));
        steps.run("role binding", () -> delete(steps, id, Kind.CLUSTER_ROLE_BINDING, null));
        steps.tx("over", tx -> kubeconfigs.ended(tx, id, in.end()));
    }

    /// With a cluster goes everything in it.
    private void delete(Steps steps, String id, Kind kind, @Nullable String namespace) {
        var kubeconfig = kubeconfigs.byId(steps.grant(), id);
        clusters.reach(steps.grant(), kubeconfig.clusterId()).ifPresent(target ->
                clients.writer(target, steps.fence())
                        .delete(kind, namespace, AccessObjects.name(id)));
    }
}
