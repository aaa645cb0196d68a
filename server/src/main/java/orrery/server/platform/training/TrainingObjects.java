package orrery.server.platform.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.Regions;

/// What is read of training jobs in the management clusters of regions.
@Singleton
final class TrainingObjects {
    private final Regions regions;
    private final KubeClients clients;

    TrainingObjects(Regions regions, KubeClients clients) {
        this.regions = regions;
        this.clients = clients;
    }

    KubeView view(Grant grant, String region) {
        return clients.view(regions.target(grant, region));
    }

    /// Whether the management cluster answers. Everything waits until it does.
    boolean answers(Grant grant, Training training) {
        return !view(grant, training.region()).version().isEmpty();
    }

    Optional<ObjectNode> job(Grant grant, Training training) {
        return view(grant, training.region()).find(TrainJobs.KIND,
                TrainJobs.namespace(training), Training.objectName(training.id()));
    }

    boolean isGone(Grant grant, Training training) {
        return job(grant, training).isEmpty();
    }
}
