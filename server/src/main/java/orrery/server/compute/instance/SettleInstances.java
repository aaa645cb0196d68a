package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.kube.Kind;
import orrery.server.compute.instance.Instance.State;
import orrery.server.tenancy.region.Settles;

/// Brings what we say of machines and what their VirtualMachines say together: one that crashed,
/// that its guest or somebody else shut down, started or paused, or that is gone.
@Singleton
final class SettleInstances implements Settles {
    private final Management management;
    private final Lifecycle lifecycle;
    private final Database database;

    SettleInstances(Management management, Lifecycle lifecycle, Database database) {
        this.management = management;
        this.lifecycle = lifecycle;
        this.database = database;
    }

    /// What to say of a machine.
    private record Saying(State state, String reason) {}

    @Override
    public Kind kind() {
        return VirtualMachines.VIRTUAL_MACHINE;
    }

    @Override
    public String label() {
        return VirtualMachines.INSTANCE;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return lifecycle.all(grant, objects.keySet()).stream()
                .filter(it -> saying(it, Machine.of(objects.get(it.id())))
                        .filter(said -> Lifecycle.isNews(it, said.state(), said.reason()))
                        .isPresent())
                .map(Instance::id).toList();
    }

    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return lifecycle.all(grant, ids).stream()
                .filter(it -> it.deletedAt() != null && it.region().equals(region))
                .collect(Collectors.toMap(Instance::id, Instance::deletedAt));
    }

    /// One that we do not know bears our label: another server shares the region.
    @Override
    public boolean look(Grant grant, String id) {
        return lifecycle.all(grant, List.of(id)).stream()
                .allMatch(instance -> switch (instance.state()) {
                    case RUNNING, SUSPENDED, REPAIRING, TERMINATED -> settle(grant, instance);
                    case PROVISIONING, STAGING, STOPPING, SUSPENDING -> false;
                    case FAILED, DELETING, DELETED -> true;
                });
    }

    private boolean settle(Grant grant, Instance instance) {
        // Asked first: what a run has just changed is not compared with what was before.
        boolean isSettled = database.read(grant, tx -> lifecycle.isSettled(tx, instance));
        if (!isSettled) {
            return false;
        }
        var machine = management.machine(grant, instance).map(Machine::of);
        var said = machine.isPresent() ? saying(instance, machine.get())
                : Optional.of(new Saying(State.FAILED, "Its VirtualMachine is gone from region "
                        + instance.region() + "; delete it and make another."));
        return said.filter(it -> Lifecycle.isNews(instance, it.state(), it.reason()))
                .map(it -> database.tx(grant, tx ->
                        lifecycle.settled(tx, instance, it.state(), it.reason())))
                .orElse(true);
    }

    /// Empty while it is on its way to another state.
    private static Optional<Saying> saying(Instance instance, Machine machine) {
        return switch (machine.verdict()) {
            case RUNNING -> same(instance, State.RUNNING, "");
            case PAUSED -> same(instance, State.SUSPENDED, "It was paused, and not by us.");
            case STOPPED -> same(instance, State.TERMINATED,
                    "It was shut down by its guest, or stopped, and not by us.");
            case BROKEN -> Optional.of(new Saying(State.REPAIRING, machine.text()));
            case STARTING -> instance.state() == State.TERMINATED ? Optional.empty()
                    : Optional.of(new Saying(State.REPAIRING, machine.text()));
            case STOPPING, LEAVING -> Optional.empty();
        };
    }

    /// What we did has its own reason, or none.
    private static Optional<Saying> same(Instance instance, State state, String otherwise) {
        return instance.state() == state ? Optional.empty()
                : Optional.of(new Saying(state, otherwise));
    }
}
