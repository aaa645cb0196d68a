package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.HeldMachines;
import orrery.server.infrastructure.machine.Machine.Image;
import orrery.server.infrastructure.machine.Size;
import orrery.server.infrastructure.pool.Pools;
import org.jspecify.annotations.Nullable;

/// The servers that instances of bare metal are.
@Singleton
final class Metal {
    private final HeldMachines servers;
    private final Pools pools;

    Metal(HeldMachines servers, Pools pools) {
        this.servers = servers;
        this.pools = pools;
    }

    /// A server that an instance was given.
    ///
    /// @param allocation that it was taken from; `null` for none
    record Given(String zone, String server, @Nullable String allocation) {}

    /// Gives an instance a server that is of its type: the one that it asks for, else one that its
    /// project has from a pool, else one that nobody has.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a server or an allocation that the
    ///     project does not have, [Problem.PoolExhausted] when none is left
    Given give(Tx tx, Scope project, String region, Offers.Choice choice, NewInstance asked,
            String instance) {
        var mine = pools.active(tx, project.requireProject());
        var mistakes = new ArrayList<Mistake>();
        if (asked.allocationId() != null && !mine.contains(asked.allocationId())) {
            mistakes.add(new Mistake("allocationId", "is no allocation that this project has"));
        }
        if (asked.serverId() != null && !servers.isOf(tx, asked.serverId(), mine)) {
            mistakes.add(new Mistake("serverId", "is no server that this project has"));
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        var type = choice.type();
        var size = new Size(region, type.code(), choice.zones(), type.cpuCores(), type.ramGb(),
                type.gpuType(), type.gpuCount());
        return give(tx, size, asked.allocationId() == null ? mine : List.of(asked.allocationId()),
                asked.serverId(), asked.allocationId() == null && asked.serverId() == null,
                instance);
    }

    /// Gives one that lost its server another, of any allocation.
    Given again(Tx tx, Instance it) {
        var gpu = it.gpus().isEmpty() ? null : it.gpus().getFirst();
        var size = new Size(it.region(), it.type(), List.of(it.zone()), it.cpuCores(), it.ramGb(),
                gpu == null ? null : gpu.type(), gpu == null ? 0 : gpu.count());
        return give(tx, size, pools.active(tx, it.projectId()), null, true, it.id());
    }

    private Given give(Tx tx, Size size, List<String> allocations, @Nullable String server,
            boolean free, String instance) {
        return servers.take(tx, size, allocations, server, free, instance)
                .map(it -> new Given(it.zone(), it.id(), it.allocationId()))
                .orElseThrow(() -> new Problem.PoolExhausted("region " + size.region(),
                        "free " + (server == null ? "server" : "server " + server) + " of type "
                                + size.code()).raise());
    }

    /// Whether its image is installed. Where it is not, that begins.
    boolean isInstalled(Instance it) {
        var boot = it.disks().getFirst();
        var url = String.valueOf(boot.url());
        return servers.isInstalled(it.id(),
                boot.checksum() == null ? new Image(url, url + ".sha256sum", "sha256", null, true)
                        : new Image(url, boot.checksum(), "auto", null, true),
                Secret.of(CloudInit.userData(it)));
    }

    /// Whether it is on or off. Where it is not, it is switched.
    boolean isPowered(String instance, boolean on) {
        return servers.isPowered(instance, on);
    }

    /// Whether its server is wiped and given back. Where it is not, that begins.
    boolean isGivenBack(String instance) {
        return servers.isGivenBack(instance);
    }

    /// As [#isGivenBack], where nothing was begun on it, as part of something larger.
    boolean isDropped(Tx tx, String instance) {
        return servers.drop(tx, instance);
    }
}
