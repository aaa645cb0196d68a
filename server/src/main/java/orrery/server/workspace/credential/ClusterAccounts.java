package orrery.server.workspace.credential;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;

/// Tokens of service accounts on clusters (TokenRequest), for an hour.
///
/// We ask as the cluster's administrator, so only who administers it may name an account: the same
/// people who may get an administrator's kubeconfig. It is asked at each token, not only once.
@Singleton
final class ClusterAccounts {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Permission ISSUE = new Permission("compute.kubeconfigs.create");
    private static final Permission MANAGE = new Permission("iam.policies.create");
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private final Clusters clusters;
    private final KubeClients clients;
    private final Access access;

    ClusterAccounts(Clusters clusters, KubeClients clients, Access access) {
        this.clusters = clusters;
        this.clients = clients;
        this.access = access;
    }

    private record Place(Cluster cluster, String namespace) {}

    /// @param scope `cluster/namespace`; the cluster by name, or `name.project`
    /// @throws Problem.Failure [Problem.Invalid], [Problem.NotFound], [Problem.Forbidden]
    void check(Grant grant, String scope, String account) {
        place(grant, scope, account);
    }

    /// As [#check].
    ///
    /// @throws Problem.Failure also [Problem.Unavailable] when the cluster does not answer
    Kube.Issued token(Grant grant, String scope, String account) {
        var place = place(grant, scope, account);
        try {
            return clients.view(clusters.target(grant, place.cluster().id()))
                    .token(place.namespace(), account, LIFE);
        } catch (KubeFailure failure) {
            if (failure.status() == 404) {
                throw new Problem.NotFound("service account", place.namespace() + "/" + account)
                        .raise();
            }
            throw new Problem.Unavailable("the cluster " + place.cluster().name(),
                    Duration.ofSeconds(5)).raise();
        }
    }

    private Place place(Grant grant, String scope, String account) {
        int slash = scope.indexOf('/');
        if (slash < 1 || !NAME.matcher(scope.substring(slash + 1)).matches()
                || !NAME.matcher(account).matches()) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("scope",
                    "must be cluster/namespace, and subject a service account there"))).raise();
        }
        var cluster = clusters.named(grant, scope.substring(0, slash));
        var where = Scope.project(cluster.organizationId(), cluster.projectId())
                .resource(cluster.id());
        access.require(grant.call(), ISSUE, where);
        access.require(grant.call(), MANAGE, where);
        return new Place(cluster, scope.substring(slash + 1));
    }
}
