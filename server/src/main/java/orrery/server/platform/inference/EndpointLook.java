package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.Regions;

/// What is seen of endpoints where they run: in the management clusters of regions, or on clusters
/// of their projects.
@Singleton
final class EndpointLook {
    /// A failure younger than this may be one that the controllers get over by themselves: a
    /// runtime is on its way.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Regions regions;
    private final ServingClusters clusters;
    private final KubeClients clients;
    private final EndpointLifecycle lifecycle;
    private final Clock clock;

    EndpointLook(Regions regions, ServingClusters clusters, KubeClients clients,
            EndpointLifecycle lifecycle, Clock clock) {
        this.regions = regions;
        this.clusters = clusters;
        this.clients = clients;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    /// Where it runs.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when that is gone
    KubeTarget target(Grant grant, Endpoint endpoint) {
        var cluster = endpoint.clusterId();
        return cluster == null ? regions.target(grant, endpoint.region())
                : clusters.target(grant, cluster).orElseThrow(
                        () -> conflict(endpoint.id(), endpoint.where() + " is gone"));
    }

    KubeView view(Grant grant, Endpoint endpoint) {
        return clients.view(target(grant, endpoint));
    }

    /// Whether its cluster is gone, and it with it.
    boolean isLost(Grant grant, Endpoint endpoint) {
        return endpoint.clusterId() != null
                && clusters.target(grant, endpoint.clusterId()).isEmpty();
    }

    /// Whether the cluster answers that it runs on. Everything waits until it does.
    boolean answers(Grant grant, Endpoint endpoint) {
        return !view(grant, endpoint).version().isEmpty();
    }

    Optional<ObjectNode> service(Grant grant, Endpoint endpoint) {
        return view(grant, endpoint).find(InferenceServices.KIND,
                InferenceServices.namespace(endpoint), Endpoint.objectName(endpoint.id()));
    }

    boolean isGone(Grant grant, Endpoint endpoint) {
        return isLost(grant, endpoint) || service(grant, endpoint).isEmpty();
    }

    /// The service once all of `serving` is there, told to people as progress.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it cannot become so
    Optional<Seen> done(Steps steps, String id, Serving serving) {
        var grant = steps.grant();
        var endpoint = lifecycle.get(grant, id);
        var seen = service(grant, endpoint).map(Seen::of).orElseThrow(
                () -> conflict(id, "somebody deleted its InferenceService"));
        switch (seen.verdict()) {
            case DELETING -> throw conflict(id, "somebody deletes its InferenceService");
            case FAILED -> {
                if (seen.since() == null
                        || seen.since().plus(PATIENCE).isBefore(clock.instant())) {
                    throw conflict(id, seen.text());
                }
            }
            case LOADING -> lifecycle.loading(grant, id);
            case READY, IDLE, PROGRESSING, UNREACHABLE -> { }
        }
        steps.progress(seen.text());
        return seen.isDone(serving) ? Optional.of(seen) : Optional.empty();
    }

    private static Problem.Failure conflict(String id, String cause) {
        return new Problem.Conflict(Endpoints.KIND, id, cause).raise();
    }
}
