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
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.Regions;

/// What is seen of endpoints in the management clusters of regions.
@Singleton
final class EndpointLook {
    /// A failure younger than this may be one that the controllers get over by themselves: a
    /// runtime is on its way.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Regions regions;
    private final KubeClients clients;
    private final EndpointLifecycle lifecycle;
    private final Clock clock;

    EndpointLook(Regions regions, KubeClients clients, EndpointLifecycle lifecycle, Clock clock) {
        this.regions = regions;
        this.clients = clients;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    KubeView view(Grant grant, String region) {
        return clients.view(regions.target(grant, region));
    }

    /// Whether the management cluster answers. Everything waits until it does.
    boolean answers(Grant grant, Endpoint endpoint) {
        return !view(grant, endpoint.region()).version().isEmpty();
    }

    Optional<ObjectNode> service(Grant grant, Endpoint endpoint) {
        return view(grant, endpoint.region()).find(InferenceServices.KIND,
                InferenceServices.namespace(endpoint), Endpoint.objectName(endpoint.id()));
    }

    boolean isGone(Grant grant, Endpoint endpoint) {
        return service(grant, endpoint).isEmpty();
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
