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
import orrery.kit.kube.KubeTarget;
import orrery.kit.secret.Secret;
import orrery.server.compute.cluster.Clusters;
import org.jspecify.annotations.Nullable;

/// Makes a service account in the cluster, binds it to a role, and asks for its token.
@Singleton
final class IssueKubeconfig implements Saga<IssueKubeconfig.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("kubeconfig.issue", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(5)));

    /// @param kubeconfig its identifier
    record Input(String kubeconfig) {}

    private final Kubeconfigs kubeconfigs;
    private final Clusters clusters;
    private final KubeClients clients;

    IssueKubeconfig(Kubeconfigs kubeconfigs, Clusters clusters, KubeClients clients) {
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
        steps.tx("begin", tx -> kubeconfigs.issuing(tx, id, steps.fence().run()),
                tx -> kubeconfigs.failed(tx, id));
        steps.run("namespace", () -> kube(steps, id).ensure(AccessObjects.namespace()));
        steps.run("service account",
                () -> kube(steps, id).apply(AccessObjects.serviceAccount(get(steps, id))),
                () -> delete(steps, id, Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE));
        steps.run("role binding",
                () -> kube(steps, id).apply(AccessObjects.binding(get(steps, id))),
                () -> delete(steps, id, Kind.CLUSTER_ROLE_BINDING, null));
        var issued = steps.run("token", Issued.class, () -> issue(steps, id));
        steps.tx("active", tx -> kubeconfigs.activated(tx, id, issued));
    }

    private Issued issue(Steps steps, String id) {
        var kubeconfig = get(steps, id);
        var target = target(steps, id);
        var token = clients.writer(target, steps.fence()).token(AccessObjects.NAMESPACE,
                AccessObjects.name(id), Duration.ofSeconds(kubeconfig.ttlSeconds()));
        var cluster = clusters.byId(steps.grant(), kubeconfig.clusterId()).orElseThrow();
        return new Issued(
                Secret.of(target.config().with(token.token()).write(cluster.name())),
                token.expires());
    }

    /// With a cluster goes everything in it.
    private void delete(Steps steps, String id, Kind kind, @Nullable String namespace) {
        clusters.reach(steps.grant(), get(steps, id).clusterId()).ifPresent(target ->
                clients.writer(target, steps.fence())
                        .delete(kind, namespace, AccessObjects.name(id)));
    }

    private Kubeconfig get(Steps steps, String id) {
        return kubeconfigs.byId(steps.grant(), id);
    }

    private KubeTarget target(Steps steps, String id) {
        return clusters.target(steps.grant(), get(steps, id).clusterId());
    }

    private Kube kube(Steps steps, String id) {
        return clients.writer(target(steps, id), steps.fence());
    }
}
