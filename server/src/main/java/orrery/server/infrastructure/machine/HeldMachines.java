package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.events.Events;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.Machine.State;
import org.jspecify.annotations.Nullable;

/// Servers that instances are: given out, brought where the instance wants them, and taken back.
///
/// Who has an instance has no right to its server. So the runs that change the server are ours and
/// lie where the server does: what they say of it only its operators hear. Whoever asks for a
/// change asks again until it is done.
@Singleton
public final class HeldMachines {
    private final HeldTable table = new HeldTable();
    private final Database database;
    private final Machines machines;
    private final Events events;
    private final Runs runs;
    private final Grant system;
    private final Clock clock;

    public HeldMachines(Database database, Machines machines, Events events, Runs runs,
            Access access, Clock clock) {
        this.database = database;
        this.machines = machines;
        this.events = events;
        this.runs = runs;
        this.system = access.system("servers of instances");
        this.clock = clock;
    }

    /// Gives an instance a server of a size.
    ///
    /// @param allocations from which it may be
    /// @param server the one that it must be; `null` for any
    /// @param free whether it may also be one that nobody has
    /// @return empty when none is left
    public Optional<Machine> take(Tx tx, Size size, Collection<String> allocations,
            @Nullable String server, boolean free, String instance) {
        var taken = table.take(tx, size, allocations, server, free, instance, clock.instant());
        taken.ifPresent(it -> events.append(tx, MachineEvents.of("taken", it, "")));
        return taken;
    }

    /// Whether a server belongs to one of these allocations.
    public boolean isOf(Tx tx, String server, Collection<String> allocations) {
        return table.isOf(tx, server, allocations);
    }

    /// Instances that servers of an allocation are.
    public Set<String> on(Tx tx, String allocation) {
        return table.on(tx, allocation);
    }

    /// The servers of these instances.
    public List<Machine> all(Tx tx, Collection<String> instances) {
        return table.all(tx, instances);
    }

    /// Whether an image is installed on an instance's server. Begins to, where nothing else is
    /// going on.
    ///
    /// @param userData what it boots with
    /// @throws Problem.Failure [Problem.Conflict] when it failed
    public boolean isInstalled(String instance, Machine.Image image, Secret userData) {
        return database.tx(system, tx -> {
            var machine = settled(tx, instance);
            if (machine.isEmpty()) {
                return false;
            }
            var it = machine.get();
            return it.state() == State.READY || (it.state() == State.ALLOCATED
                    ? begin(tx, it, Change.PROVISION, ProvisionMachine.TYPE,
                            new ProvisionMachine.Input(it.id(), image, userData))
                    : isAway(instance, it));
        });
    }

    /// Whether an instance's server shall be, and is, on or off. Begins to switch it, where nothing
    /// else is going on.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it failed
    public boolean isPowered(String instance, boolean on) {
        return database.tx(system, tx -> {
            var machine = settled(tx, instance);
            if (machine.isEmpty()) {
                return false;
            }
            var it = machine.get();
            return it.state() == State.READY
                    ? it.wanted().online() == on
                            || operate(tx, it, on ? Change.POWER_ON : Change.POWER_OFF)
                    : isAway(instance, it);
        });
    }

    /// Whether an instance has no server any more. Begins to wipe the one that it has, where
    /// nothing else is going on. One that failed is given up as it is: its operators are to look at
    /// it, and nobody gets it before they did.
    public boolean isGivenBack(String instance) {
        return database.tx(system, tx -> {
            var held = table.lock(tx, instance);
            if (held.isEmpty() || isChanging(tx, held.get())) {
                return held.isEmpty();
            }
            var state = held.get().state();
            return state == State.READY ? operate(tx, held.get(), Change.DEPROVISION)
                    : (state == State.ALLOCATED || state == State.FAILED)
                            && release(tx, held.get());
        });
    }

    /// Takes a server back on which nothing was begun, as part of something larger.
    ///
    /// @return whether the instance has none any more
    public boolean drop(Tx tx, String instance) {
        var held = table.lock(tx, instance);
        return held.isEmpty() || held.get().state() == State.ALLOCATED
                && release(tx, held.get());
    }

    /// The server of an instance when no run changes it.
    private Optional<Machine> settled(Tx tx, String instance) {
        var held = table.lock(tx, instance);
        if (held.isEmpty()) {
            throw failed(instance, "has no server any more");
        }
        return held.filter(machine -> !isChanging(tx, machine));
    }

    private boolean isChanging(Tx tx, Machine machine) {
        return machine.runId() != null && !runs.get(tx, machine.runId()).status().isOver();
    }

    /// One that is maintained comes back some time; why one failed is for its operators.
    private static boolean isAway(String instance, Machine machine) {
        if (machine.state() == State.FAILED) {
            throw failed(instance, "has a server that failed; the region's operators see why");
        }
        return false;
    }

    private static Problem.Failure failed(String instance, String cause) {
        return new Problem.Conflict("instance", instance, cause).raise();
    }

    private boolean operate(Tx tx, Machine machine, Change change) {
        return begin(tx, machine, change, OperateMachine.TYPE,
                new OperateMachine.Input(machine.id(), change));
    }

    /// @return false: it is not done yet
    private <I extends Record> boolean begin(
            Tx tx, Machine machine, Change change, SagaType<I> type, I input) {
        machines.begin(tx, machine, change.meanwhile(machine.state()), type, input,
                MachineEvents.scope(machine));
        return false;
    }

    /// @return true
    private boolean release(Tx tx, Machine machine) {
        table.release(tx, machine.id(), clock.instant());
        events.append(tx, MachineEvents.of("released", machine, ""));
        return true;
    }
}
