package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeTarget;
import org.jboss.logging.Logger;

/// Has [SettleEndpoints] look after the endpoints that run on clusters of projects: regions are
/// watched, and clusters asked in turn, once for all endpoints that they have.
@Singleton
final class SettleOnClusters implements Loop {
    private static final Logger LOG = Logger.getLogger(SettleOnClusters.class);

    private final ServingClusters clusters;
    private final KubeClients clients;
    private final EndpointLifecycle lifecycle;
    private final SettleEndpoints settling;

    SettleOnClusters(ServingClusters clusters, KubeClients clients, EndpointLifecycle lifecycle,
            SettleEndpoints settling) {
        this.clusters = clusters;
        this.clients = clients;
        this.lifecycle = lifecycle;
        this.settling = settling;
    }

    @Override
    public String name() {
        return "settle endpoints on clusters";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(10);
    }

    /// Beside each other: a cluster that answers slowly holds up no other.
    @Override
    public void round(LoopRound round) {
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            lifecycle.onClusters(round.grant()).forEach((cluster, ids) -> each.execute(
                    () -> settle(round.grant(), cluster, ids)));
        }
    }

    private void settle(Grant grant, String cluster, List<String> ids) {
        try {
            var found = clusters.target(grant, cluster).map(this::services).orElseGet(Map::of);
            var news = new LinkedHashSet<>(ids);
            news.removeAll(found.keySet());
            var ours = new HashMap<>(found);
            ours.keySet().retainAll(ids);
            news.addAll(settling.news(grant, ours));
            news.forEach(id -> settling.look(grant, id));
        } catch (KubeFailure | Problem.Failure failure) {
            LOG.warnf("endpoints on cluster %s: %s", cluster, failure.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(e, "endpoints on cluster %s are not settled", cluster);
        }
    }

    /// All of ours that a cluster has, by our identifier.
    private Map<String, ObjectNode> services(KubeTarget target) {
        var all = new HashMap<String, ObjectNode>();
        try {
            clients.view(target).each(InferenceServices.KIND, null, InferenceServices.ENDPOINT,
                    service -> all.put(service.path("metadata").path("labels")
                            .path(InferenceServices.ENDPOINT).asText(), service));
        } catch (KubeFailure failure) {
            // It does not even know the kind any more.
            if (failure.status() != 404) {
                throw failure;
            }
        }
        return all;
    }
}
