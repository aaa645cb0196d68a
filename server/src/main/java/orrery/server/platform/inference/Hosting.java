package orrery.server.platform.inference;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;

/// Chooses the cluster that an endpoint runs on.
@Singleton
final class Hosting {
    /// Who serves something on a cluster must be one that may know it.
    private static final Permission GET = new Permission("compute.clusters.get");

    private final ServingClusters clusters;
    private final KubeClients clients;
    private final Access access;

    Hosting(ServingClusters clusters, KubeClients clients, Access access) {
        this.clusters = clusters;
        this.clients = clients;
        this.access = access;
    }

    /// The identifier of a cluster that KServe runs on.
    ///
    /// @throws Problem.Failure [Problem.Forbidden], [Problem.Unprocessable],
    ///     [Problem.IllegalTransition], or [Problem.Unavailable] where it does not answer
    String choose(Grant grant, String region, String idOrName) {
        access.require(grant.call(), GET, grant.scope());
        var id = clusters.running(grant, region, idOrName);
        try {
            var kind = clusters.target(grant, id).map(clients::view).flatMap(view -> view.kind(
                    InferenceServices.KIND.apiVersion(), InferenceServices.KIND.kind()));
            if (kind.isEmpty()) {
                throw new Problem.Unprocessable(List.of(new Mistake("clusterId", "has no KServe;"
                        + " add a service to the cluster whose template installs it, wait until"
                        + " the cluster runs again, then ask again"))).raise();
            }
            return id;
        } catch (KubeFailure failure) {
            throw failure.problem("cluster " + id).raise();
        }
    }
}
