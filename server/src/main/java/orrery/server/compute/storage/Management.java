package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.Regions;

/// What is read in the management clusters of regions.
@Singleton
final class Management {
    private final Regions regions;
    private final KubeClients clients;

    Management(Regions regions, KubeClients clients) {
        this.regions = regions;
        this.clients = clients;
    }

    KubeView view(Grant grant, String region) {
        return clients.view(regions.target(grant, region));
    }

    /// What the volume's claim says; empty when there is none.
    Optional<Claim> claim(Grant grant, Volume volume) {
        return view(grant, volume.region()).find(VolumeClaims.CLAIM,
                VolumeClaims.namespace(volume), Volume.claim(volume.id())).map(Claim::of);
    }

    /// When storage of the volume's class is made: `Immediate`, or `WaitForFirstConsumer`; empty
    /// when the region has no such class.
    Optional<String> binding(Grant grant, Volume volume) {
        return view(grant, volume.region()).find(Kind.STORAGE_CLASS, null, volume.type())
                .map(it -> it.path("volumeBindingMode").asText());
    }
}
