package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.server.compute.instance.Instance.State;
import orrery.server.infrastructure.machine.HeldMachines;
import orrery.server.infrastructure.machine.Machine;
import org.jspecify.annotations.Nullable;

/// Brings what we say of instances of bare metal and what their servers are together: a server that
/// failed, that an operator maintains, or that was turned on or off, and not by us.
@Singleton
final class SettleMetal implements Loop {
    private static final int PAGE = 500;

    private final Database database;
    private final Lifecycle lifecycle;
    private final HeldMachines servers;

    SettleMetal(Database database, Lifecycle lifecycle, HeldMachines servers) {
        this.database = database;
        this.lifecycle = lifecycle;
        this.servers = servers;
    }

    private record Saying(State state, String reason) {}

    @Override
    public String name() {
        return "settle bare metal";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void round(LoopRound round) {
        for (var page = page(round.grant(), ""); !page.isEmpty();
                page = page(round.grant(), page.getLast().id())) {
            settle(round.grant(), page);
        }
    }

    private List<Instance> page(Grant grant, String after) {
        return lifecycle.metal(grant, after, PAGE);
    }

    private void settle(Grant grant, List<Instance> page) {
        var held = database.read(grant, tx -> servers.all(
                        tx, page.stream().map(Instance::id).toList())).stream()
                .collect(Collectors.toMap(Machine::instanceId, Function.identity()));
        for (var instance : page) {
            saying(instance, held.get(instance.id()))
                    .filter(it -> Lifecycle.isNews(instance, it.state(), it.reason()))
                    .ifPresent(it -> database.tx(grant, tx ->
                            lifecycle.settled(tx, instance, it.state(), it.reason())));
        }
    }

    /// Why a server failed its operators hear; empty while it is on its way to another state.
    private static Optional<Saying> saying(Instance instance, @Nullable Machine server) {
        if (server == null) {
            return Optional.of(new Saying(State.FAILED,
                    "Its server was taken away; delete it and make another."));
        }
        return switch (server.state()) {
            case READY -> powered(instance, !Boolean.FALSE.equals(server.poweredOn()));
            case FAILED -> Optional.of(new Saying(State.REPAIRING,
                    "Its server failed; the operators of the region look after it."));
            case MAINTENANCE -> Optional.of(new Saying(State.REPAIRING,
                    "Its server is being maintained by the operators of the region."));
            case REGISTERING, REGISTERED, INSPECTING, AVAILABLE, ALLOCATED, PROVISIONING,
                    DEPROVISIONING, DECOMMISSIONING, DECOMMISSIONED -> Optional.empty();
        };
    }

    /// What we did has its own reason, or none.
    private static Optional<Saying> powered(Instance instance, boolean on) {
        var state = on ? State.RUNNING : State.TERMINATED;
        return instance.state() == state ? Optional.empty()
                : Optional.of(new Saying(state, on ? "" : "It was stopped, and not by us."));
    }
}
