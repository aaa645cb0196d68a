package orrery.server;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.net.Outbound;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.SettleRegions;
import orrery.server.tenancy.region.Settles;

/// The doors to other people's machines, and the regions that the server is told of at its start.
@ApplicationScoped
class RegionWiring {
    private static final int EARLY = 1_000;

    @Produces
    @Singleton
    Connecting connecting(Configuration settings) {
        return settings.get(Connecting.class);
    }

    @Produces
    @Singleton
    Outbound outbound(Connecting connecting, Listening listening) {
        return new Outbound(new Outbound.Rules(
                connecting.privateNetworks(), Set.of(listening.port())));
    }

    @Produces
    @Singleton
    KubeClients clients(Outbound outbound) {
        return new KubeClients(outbound, KubeLimits.DEFAULT);
    }

    void close(@Disposes KubeClients clients) {
        clients.close();
    }

    @Produces
    @Singleton
    SettleRegions settling(Regions regions, KubeClients clients, @Any Instance<Settles> kinds,
            Clock clock) {
        return new SettleRegions(regions, clients, kinds.stream().toList(), clock);
    }

    void close(@Disposes SettleRegions settling) {
        settling.close();
    }

    void register(@Observes @Priority(EARLY) StartupEvent start, Connecting connecting,
            Regions regions, Access access) {
        var grant = access.system("start");
        if (connecting.simKubeconfig() != null) {
            regions.register(grant, new NewRegion("sim1", "Simulated region",
                    read(connecting.simKubeconfig()), null, List.of("simulated")));
        }
        if (connecting.kubeconfig() != null) {
            var code = connecting.kubeconfigRegion();
            regions.register(grant, new NewRegion(
                    code, code, read(connecting.kubeconfig()), connecting.context(), List.of()));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the kubeconfig " + file, e);
        }
    }
}
