package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.compute.storage.Volume;
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

    /// What the machine's VirtualMachine says; empty when there is none.
    Optional<ObjectNode> machine(Grant grant, Instance instance) {
        return view(grant, instance.region()).find(VirtualMachines.VIRTUAL_MACHINE,
                VirtualMachines.namespace(instance), instance.objectName());
    }

    /// What the VirtualMachineInstance says that runs for the machine; empty while it is off.
    Optional<ObjectNode> running(Grant grant, Instance instance) {
        return view(grant, instance.region()).find(VirtualMachines.RUNNING,
                VirtualMachines.namespace(instance), instance.objectName());
    }

    /// Whether a volume that the machine gets is still there: its claim is not even on its way
    /// out.
    boolean hasClaim(Grant grant, Instance instance, String volume) {
        return view(grant, instance.region()).find(Kind.PERSISTENT_VOLUME_CLAIM,
                VirtualMachines.namespace(instance), Volume.claim(volume))
                .filter(it -> !it.path("metadata").has("deletionTimestamp")).isPresent();
    }

    /// Whether a region has several zones.
    boolean hasManyZones(Grant grant, String region) {
        return regions.get(grant, region).zones().size() > 1;
    }
}
