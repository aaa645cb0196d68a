package orrery.server.compute.storage;

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
import orrery.server.compute.storage.Volume.State;
import orrery.server.infrastructure.storage.Backends;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;

/// The steps of a volume's life, as use cases, sagas and the settling loop record them: row, event
/// and what it takes together, and never one that its state does not allow.
@Singleton
final class Lifecycle {
    private final VolumeTable table = new VolumeTable();
    private final Database database;
    private final Backends backends;
    private final Quotas quotas;
    private final Events events;
    private final Runs runs;
    private final Clock clock;

    Lifecycle(Database database, Backends backends, Quotas quotas, Events events, Runs runs,
            Clock clock) {
        this.database = database;
        this.backends = backends;
        this.quotas = quotas;
        this.events = events;
        this.runs = runs;
        this.clock = clock;
    }

    Volume get(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.get(tx, id));
    }

    /// Identifiers of those in a region that the management cluster should know.
    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    /// Those of these identifiers that there are, deleted ones too.
    List<Volume> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    /// A run begins to make it.
    void creating(Tx tx, String id, String run) {
        var volume = lock(tx, id);
        if (volume.state() != State.CREATING) {
            begin(tx, volume, State.CREATING, run);
            // What a failure gave back is asked for again.
            take(tx, volume, volume.sizeGb());
        }
    }

    /// It could not be made. A deletion that was asked for meanwhile goes on.
    void failed(Tx tx, String id, String reason) {
        var volume = lock(tx, id);
        if (volume.state() == State.CREATING) {
            lost(tx, volume, reason);
        }
    }

    void created(Tx tx, String id) {
        var volume = lock(tx, id);
        if (volume.state() == State.CREATING) {
            move(tx, volume, State.AVAILABLE, "");
        }
    }

    /// A run begins to make it larger. It takes what it will have from now on.
    void resizing(Tx tx, String id, int sizeGb, String run) {
        var volume = lock(tx, id);
        if (volume.state() == State.RESIZING && run.equals(volume.runId())) {
            return;
        }
        verify(volume, State.RESIZING);
        verifySettled(tx, volume);
        if (sizeGb < volume.sizeGb()) {
            throw new Problem.Conflict(Volumes.KIND, id,
                    "it has " + volume.sizeGb() + " GB by now, and does not shrink").raise();
        }
        begin(tx, volume, State.RESIZING, run);
        take(tx, volume, sizeGb);
    }

    /// Its claim asks for this size: that cannot be taken back, whatever becomes of the run.
    void asked(Grant grant, String id, int sizeGb) {
        database.write(grant, tx -> table.resize(tx, id, sizeGb, clock.instant()));
    }

    void resized(Tx tx, String id, int sizeGb) {
        var volume = lock(tx, id);
        table.resize(tx, id, sizeGb, clock.instant());
        if (volume.state() == State.RESIZING) {
            move(tx, volume, volume.rest(), "");
        }
    }

    /// Nothing more comes of it: it takes what its claim asks for.
    void resizeFailed(Tx tx, String id) {
        var volume = lock(tx, id);
        if (volume.state() == State.RESIZING) {
            take(tx, volume, volume.sizeGb());
            move(tx, volume, volume.rest(), "It was not made larger; its last run says why.");
        }
    }

    /// A run gives it to a machine.
    void attach(Tx tx, Volume volume, String instance, String run) {
        if (volume.state() != State.AVAILABLE) {
            throw new Problem.IllegalTransition(Volumes.KIND, volume.id(),
                    volume.state().text(), "be attached").raise();
        }
        verifySettled(tx, volume);
        table.give(tx, volume.id(), instance);
        begin(tx, volume, State.INUSE, run);
    }

    /// A training job has it from now on.
    void lent(Tx tx, Volume volume, String training) {
        verifySettled(tx, volume);
        table.lend(tx, volume.id(), training);
        move(tx, volume, State.INUSE, "");
    }

    /// Its training job has ended.
    void returned(Tx tx, String id) {
        var volume = lock(tx, id);
        table.lend(tx, id, null);
        if (volume.state() == State.INUSE) {
            move(tx, volume, State.AVAILABLE, "");
        }
    }

    /// A run begins to take it from its machine.
    void detaching(Tx tx, Volume volume, String run) {
        boolean isHeld = volume.instanceId() != null
                && (volume.state() == State.INUSE || volume.state() == State.FAILED);
        if (!isHeld) {
            throw new Problem.IllegalTransition(Volumes.KIND, volume.id(),
                    volume.state().text(), "be detached").raise();
        }
        verifySettled(tx, volume);
        table.begin(tx, volume.id(), run);
    }

    /// A machine has it no more.
    void left(Tx tx, String id, String instance) {
        var volume = lock(tx, id);
        if (instance.equals(volume.instanceId())) {
            table.give(tx, id, null);
            if (volume.state() == State.INUSE) {
                move(tx, volume, State.AVAILABLE, "");
            }
        }
    }

    /// A run begins to delete it.
    void deleting(Tx tx, String id, String run) {
        var volume = lock(tx, id);
        if (volume.state() != State.DELETING) {
            Volumes.verifyFree(volume);
            begin(tx, volume, State.DELETING, run);
        }
    }

    void deleteFailed(Tx tx, String id) {
        move(tx, lock(tx, id), State.FAILED,
                "The deletion failed; its last run says why. Delete it again to go on.");
    }

    void deleted(Tx tx, String id) {
        var volume = lock(tx, id);
        verify(volume, State.DELETED);
        giveBack(tx, id);
        table.delete(tx, id, clock.instant());
        events.append(tx, VolumeEvents.of("volume.deleted", volume));
    }

    /// What it was is gone, as the settling loop found, unless it has changed since that looked.
    ///
    /// @param seen as it was then
    /// @return false when it has
    boolean settled(Tx tx, Volume seen, String reason) {
        var volume = lock(tx, seen.id());
        if (volume.version() != seen.version() || !isSettled(tx, volume)) {
            return false;
        }
        lost(tx, volume, reason);
        return true;
    }

    private void lost(Tx tx, Volume volume, String reason) {
        move(tx, volume, State.FAILED, reason);
        giveBack(tx, volume.id());
    }

    /// Storage first, always: so nobody waits for each other.
    private void take(Tx tx, Volume volume, int sizeGb) {
        backends.resize(tx, volume.backendId(), subject(volume.id()), sizeGb);
        quotas.reserve(tx, volume.project(), subject(volume.id()), Amounts.storage(sizeGb));
    }

    private void giveBack(Tx tx, String id) {
        backends.release(tx, subject(id));
        quotas.release(tx, subject(id));
    }

    /// Whether it should stand on the management cluster, and no run changes it just now.
    boolean isSettled(Tx tx, Volume volume) {
        return (volume.state() == State.AVAILABLE || volume.state() == State.INUSE)
                && isIdle(tx, volume);
    }

    private boolean isIdle(Tx tx, Volume volume) {
        return volume.runId() == null || runs.get(tx, volume.runId()).status().isOver();
    }

    /// @throws Problem.Failure [Problem.Conflict]
    void verifySettled(Tx tx, Volume volume) {
        if (!isIdle(tx, volume)) {
            throw new Problem.Conflict(Volumes.KIND, volume.id(),
                    "run " + volume.runId() + " changes it; wait for its end").raise();
        }
    }

    /// Begins a change by a run, in the transaction that records the wish.
    void begin(Tx tx, Volume volume, State to, String run) {
        table.begin(tx, volume.id(), run);
        move(tx, volume, to, "");
    }

    private Volume lock(Tx tx, String id) {
        return table.rows.lock(tx, id);
    }

    private void move(Tx tx, Volume volume, State to, String reason) {
        verify(volume, to);
        table.mark(tx, volume.id(), to, reason, clock.instant());
        events.append(tx, VolumeEvents.of("volume." + to.text(), volume, reason));
    }

    static void verify(Volume volume, State to) {
        if (!volume.state().next().contains(to)) {
            throw new Problem.IllegalTransition(Volumes.KIND, volume.id(),
                    volume.state().text(), "become " + to.text()).raise();
        }
    }

    static Subject subject(String id) {
        return new Subject(Volumes.KIND, id);
    }
}
