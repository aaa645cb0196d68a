package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// What is read of servers on the management clusters of regions.
@Singleton
final class Hosts {
    private final Regions regions;
    private final KubeClients clients;

    Hosts(Regions regions, KubeClients clients) {
        this.regions = regions;
        this.clients = clients;
    }

    KubeView view(Grant grant, String region) {
        return clients.view(regions.target(grant, region));
    }

    /// What the server's host says; empty when there is none.
    Optional<Host> find(Grant grant, Machine machine) {
        return view(grant, machine.region()).find(BareMetalHosts.HOST,
                ProjectNamespace.name(machine.projectId()),
                BareMetalHosts.name(machine.id())).map(Host::of);
    }

    /// Whether the Secret that lets Metal3 in is there.
    boolean hasLogin(Grant grant, Machine machine) {
        return loginVersion(grant, machine).isPresent();
    }

    /// The version of that Secret, as the management cluster counts; empty when there is none.
    Optional<String> loginVersion(Grant grant, Machine machine) {
        return view(grant, machine.region()).find(Kind.SECRET,
                ProjectNamespace.name(machine.projectId()),
                BareMetalHosts.loginName(machine.id()))
                .map(secret -> secret.at("/metadata/resourceVersion").asText());
    }
}
