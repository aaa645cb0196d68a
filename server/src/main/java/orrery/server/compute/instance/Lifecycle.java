package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.server.compute.instance.Instance.State;
import orrery.server.compute.storage.Volumes;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.tenancy.quota.Quotas;

/// The steps of a machine's life, as use cases, sagas and the settling loop record them: row and
/// event together, and never one that its state does not allow.
@Singleton
final class Lifecycle {
    private final InstanceTable table = new InstanceTable();
    private final Database database;
    private final Nics nics;
    private final Volumes volumes;
    private final Metal metal;
    private final Quotas quotas;
    private final Events events;
    private final Runs runs;
    private final Clock clock;

    Lifecycle(Database database, Nics nics, Volumes volumes, Metal metal, Quotas quotas,
            Events events, Runs runs, Clock clock) {
        this.database = database;
        this.nics = nics;
        this.volumes = volumes;
        this.metal = metal;
        this.quotas = quotas;
        this.events = events;
        this.runs = runs;
        this.clock = clock;
    }

    Instance get(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.get(tx, id));
    }

    /// Identifiers of those in a region that the management cluster should know.
    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    /// Those of these identifiers that there are, deleted ones too.
    List<Instance> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    /// A run begins to make it.
    void provisioning(Tx tx, String id, String run) {
        var instance = lock(tx, id);
        if (instance.state() != State.PROVISIONING) {
            begin(tx, instance, State.PROVISIONING, run);
            // What a failure gave back is asked for again.
            quotas.reserve(tx, instance.project(), subject(id), instance.amounts());
        }
    }

    /// Those of bare metal that should be at rest, a page in the order of their identifiers.
    List<Instance> metal(Grant grant, String after, int limit) {
        return database.read(grant, tx -> table.metal(tx, after, limit));
    }

    /// It has a server. What a failure gave back is asked for again.
    void placed(Tx tx, String id) {
        var instance = lock(tx, id);
        if (instance.serverId() == null) {
            var given = metal.again(tx, instance);
            table.place(tx, id, given.server(), given.allocation());
        }
    }

    /// A run begins to change its power.
    void powering(Tx tx, String id, Power power, String run) {
        var instance = lock(tx, id);
        if (!run.equals(instance.runId())) {
            verify(instance, power);
            begin(tx, instance, power.through(), run);
        }
    }

    /// @throws Problem.Failure [Problem.IllegalTransition]
    static void verify(Instance instance, Power power) {
        if (instance.kind() == InstanceType.Kind.BAREMETAL && !power.isForMetal()) {
            throw new Problem.IllegalTransition(Instances.KIND, instance.id(),
                    "of bare metal, which only starts, stops and resets,", power.text()).raise();
        }
        if (!power.isFor(instance.state())) {
            throw new Problem.IllegalTransition(Instances.KIND, instance.id(),
                    InstanceEvents.text(instance.state()), power.text()).raise();
        }
    }

    /// A run begins to delete it.
    void deleting(Tx tx, String id, String run) {
        var instance = lock(tx, id);
        if (instance.state() != State.DELETING) {
            begin(tx, instance, State.DELETING, run);
        }
    }

    /// It could not be made. A deletion that was asked for meanwhile goes on.
    void failed(Tx tx, String id, String reason) {
        var instance = lock(tx, id);
        switch (instance.state()) {
            case PROVISIONING, STAGING -> lost(tx, instance, reason);
            case RUNNING, STOPPING, SUSPENDING, SUSPENDED, REPAIRING, TERMINATED, FAILED,
                    DELETING, DELETED -> { }
        }
    }

    private void lost(Tx tx, Instance instance, String reason) {
        move(tx, instance, State.FAILED, reason);
        // The server before the quota, always: so nobody waits for each other.
        if (instance.serverId() != null && metal.isDropped(tx, instance.id())) {
            table.place(tx, instance.id(), null, null);
        }
        quotas.release(tx, subject(instance.id()));
    }

    /// What a run has come to, unless a deletion was asked for meanwhile.
    void came(Tx tx, String id, State to) {
        came(tx, id, to, "");
    }

    /// @param reason a sentence for people; empty when there is nothing to say
    void came(Tx tx, String id, State to, String reason) {
        var instance = lock(tx, id);
        if (instance.state() != State.DELETING && instance.state() != State.DELETED) {
            move(tx, instance, to, reason);
        }
    }

    /// Begins a change by a run, in the transaction that records the wish.
    void begin(Tx tx, Instance instance, State to, String run) {
        table.begin(tx, instance.id(), run);
        move(tx, instance, to, "");
    }

    void deleteFailed(Tx tx, String id) {
        move(tx, lock(tx, id), State.FAILED,
                "The deletion failed; its last run says why. Delete it again to go on.");
    }

    void deleted(Tx tx, String id) {
        var instance = lock(tx, id);
        verify(instance, State.DELETED);
        volumes.freed(tx, id);
        nics.giveBack(tx, id);
        quotas.release(tx, subject(id));
        table.delete(tx, id, clock.instant());
        events.append(tx, InstanceEvents.of("instance.deleted", instance));
    }

    /// What the settling loop found, unless the machine has changed since it looked.
    ///
    /// @param seen as it was then
    /// @param reason empty when all is well
    /// @return false when it has
    boolean settled(Tx tx, Instance seen, State to, String reason) {
        var instance = lock(tx, seen.id());
        if (instance.version() != seen.version() || !isSettled(tx, instance)) {
            return false;
        }
        if (to == State.FAILED) {
            lost(tx, instance, reason);
        } else {
            move(tx, instance, to, reason);
        }
        return true;
    }

    /// Whether no run changes it just now.
    boolean isSettled(Tx tx, Instance instance) {
        return instance.state().isSettled() && (instance.runId() == null
                || runs.get(tx, instance.runId()).status().isOver());
    }

    static boolean isNews(Instance instance, State state, String reason) {
        return instance.state() != state
                || !reason.equals(instance.stateReason() == null ? "" : instance.stateReason());
    }

    private Instance lock(Tx tx, String id) {
        return table.rows.lock(tx, id);
    }

    private void move(Tx tx, Instance instance, State to, String reason) {
        if (instance.state() != to) {
            verify(instance, to);
        }
        table.rows.mark(tx, instance.id(), to, reason, clock.instant());
        events.append(tx, InstanceEvents.of(
                "instance." + InstanceEvents.text(to), instance, reason));
    }

    private static void verify(Instance instance, State to) {
        if (!instance.state().next().contains(to)) {
            throw new Problem.IllegalTransition(Instances.KIND, instance.id(),
                    InstanceEvents.text(instance.state()), "become " + InstanceEvents.text(to))
                    .raise();
        }
    }

    static Subject subject(String id) {
        return new Subject(Instances.KIND, id);
    }
}
