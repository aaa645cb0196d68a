package orrery.server.platform.training;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.secret.Sealing;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;
import org.jspecify.annotations.Nullable;

/// The steps of a training job's life, as sagas and loops record them: row and event together.
@Singleton
final class TrainingLifecycle {
    private final TrainingTable table = new TrainingTable();
    private final Database database;
    private final Quotas quotas;
    private final TrainingVolumes volumes;
    private final Sealing sealing;
    private final Events events;
    private final Clock clock;

    TrainingLifecycle(Database database, Quotas quotas, TrainingVolumes volumes, Sealing sealing,
            Events events, Clock clock) {
        this.database = database;
        this.quotas = quotas;
        this.volumes = volumes;
        this.sealing = sealing;
        this.events = events;
        this.clock = clock;
    }

    Training get(Grant grant, String id) {
        return database.read(grant, tx -> get(tx, id));
    }

    Optional<Training> find(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    Training get(Tx tx, String id) {
        return table.rows.get(tx, id);
    }

    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    List<Training> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    /// Those that have run for as long as they may.
    List<String> late(Grant grant) {
        return database.read(grant, tx -> table.late(tx, clock.instant()));
    }

    /// What is sealed.
    ///
    /// @param secrets contents of secret files
    record Sealed(Map<String, String> env, Map<String, String> secrets) {
        static final Sealed NONE = new Sealed(Map.of(), Map.of());

        /// Of an older job there are no secrets.
        Sealed {
            env = Map.copyOf(env);
            secrets = secrets == null ? Map.of() : Map.copyOf(secrets);
        }

        boolean isNone() {
            return env.isEmpty() && secrets.isEmpty();
        }

        @Override
        public String toString() {
            return "Sealed[…]";
        }
    }

    Sealed sealed(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.sealed(tx, id, Trainings.SEALED))
                .map(sealed -> Json.read(sealing.open(sealed, Trainings.SEALED.at(id)),
                        Sealed.class))
                .orElse(Sealed.NONE);
    }

    byte @Nullable [] seal(String id, Sealed what) {
        return what.isNone() ? null
                : sealing.seal(Json.write(what), Trainings.SEALED.at(id));
    }

    /// A job has its volumes from now on. They come before the quota, always: so nobody waits for
    /// each other.
    ///
    /// @param id of the job
    /// @throws Problem.Failure [Problem.Unprocessable] for each that it cannot have
    Work take(Tx tx, Scope project, String region, String id, Work work) {
        var mistakes = new ArrayList<Mistake>();
        var checkpoint = work.checkpoint() == null ? null : take(
                tx, project, region, id, work.checkpoint(), "checkpoint.volumeId", mistakes);
        var datasets = new ArrayList<Work.Folder>();
        for (int i = 0; i < work.datasets().size(); i++) {
            datasets.add(take(tx, project, region, id, work.datasets().get(i),
                    "datasets[" + i + "].volumeId", mistakes));
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        return work.having(checkpoint, datasets);
    }

    private Work.Folder take(Tx tx, Scope project, String region, String id, Work.Folder folder,
            String field, List<Mistake> mistakes) {
        return volumes.take(tx, project, region, id, folder.volumeId(), field, mistakes)
                .map(taken -> new Work.Folder(taken.id(), folder.path(), taken.claim()))
                .orElse(folder);
    }

    void reserve(Tx tx, Training training) {
        quotas.reserve(tx, training.place(), Trainings.subject(training.id()),
                new Amounts(training.work().gpus(), 0, 0, 0, 0, 0));
    }

    /// A run begins to make its objects.
    void making(Tx tx, String id, String run) {
        var training = lock(tx, id);
        if (training.state() != State.QUEUED && training.state() != State.FAILED) {
            throw illegal(training, "create");
        }
        changing(tx, training, run);
        // What a failure gave back is asked for again.
        take(tx, training.place(), training.region(), id, training.work());
        reserve(tx, training);
        if (training.state() == State.FAILED) {
            mark(tx, training, State.QUEUED, "");
        }
    }

    /// It could not be made. A cancellation that was asked for meanwhile goes on.
    void failed(Tx tx, String id, String reason) {
        var training = lock(tx, id);
        if (training.state().isAlive()) {
            ended(tx, training, State.FAILED, reason);
        }
    }

    private static Problem.Failure illegal(Training training, String action) {
        return new Problem.IllegalTransition(Trainings.KIND, training.id(),
                TrainingEvents.text(training.state()), action).raise();
    }

    /// A run begins to change it: it is the one that whoever ends it must stop.
    Training changing(Tx tx, String id, String run) {
        var training = lock(tx, id);
        if (!training.state().isAlive()) {
            throw illegal(training, "update");
        }
        changing(tx, training, run);
        return training;
    }

    /// A run begins to end it, unless it was asked for so.
    Training cancelling(Tx tx, String id, String run) {
        var training = lock(tx, id);
        if (training.state().isAlive()) {
            cancelling(tx, training, run, "");
        } else if (training.state() != State.CANCELLING) {
            throw illegal(training, "cancel");
        }
        return training;
    }

    /// A run begins to delete it, unless it was asked for so.
    Training deleting(Tx tx, String id, String run) {
        var training = lock(tx, id);
        if (training.state().isTerminal()) {
            deleting(tx, training, run);
        } else if (training.state() != State.DELETING) {
            throw illegal(training, "delete");
        }
        return training;
    }

    /// A run changes it.
    void changing(Tx tx, Training training, String run) {
        if (!run.equals(training.runId())) {
            table.begin(tx, training.id(), run, clock.instant());
        }
    }

    /// Its object says from now on what it shall: whether it runs, and who goes first.
    void wanted(Tx tx, String id, Training to, Seen seen) {
        var training = lock(tx, id);
        if (!training.state().isAlive()) {
            return;
        }
        table.want(tx, id, to.desired(), to.priority());
        // Whether a failure is the end is for the settling to say.
        if (seen.verdict() != Seen.Verdict.FAILED) {
            settled(tx, get(tx, id), seen);
        }
    }

    /// It queues for another try.
    void triedAgain(Tx tx, String id, int attempt) {
        var training = lock(tx, id);
        if (training.state().isAlive()) {
            table.tryAgain(tx, id, attempt);
            mark(tx, get(tx, id), State.QUEUED, "");
        }
    }

    void cancelling(Tx tx, Training training, String run, String reason) {
        table.begin(tx, training.id(), run, clock.instant());
        mark(tx, training, State.CANCELLING, reason);
    }

    void deleting(Tx tx, Training training, String run) {
        table.begin(tx, training.id(), run, clock.instant());
        mark(tx, training, State.DELETING, "");
    }

    /// What was asked for could not be done: it is as it was.
    void unchanged(Tx tx, String id, State before, String reason) {
        var training = lock(tx, id);
        if (training.state() == State.CANCELLING || training.state() == State.DELETING) {
            mark(tx, training, before, reason);
        }
    }

    /// Its objects are gone.
    ///
    /// @param overdue why it was ended, if nobody asked for it
    void cancelled(Tx tx, String id, @Nullable String overdue) {
        ended(tx, lock(tx, id), overdue == null ? State.CANCELLED : State.FAILED,
                overdue == null ? "" : overdue);
    }

    void deleted(Tx tx, String id) {
        var training = lock(tx, id);
        volumes.free(tx, id);
        quotas.release(tx, Trainings.subject(id));
        table.delete(tx, id, clock.instant());
        events.append(tx, TrainingEvents.of("deleted", training));
    }

    /// It queues again, or shall: somebody else needed the room.
    void preempted(Tx tx, Training training) {
        if (training.state() != State.QUEUED && training.state() != State.PREEMPTED) {
            mark(tx, training, State.PREEMPTED, "It made room for others, and queues again.");
        }
    }

    /// What the management cluster says of one that no run changes.
    void settled(Tx tx, Training training, Seen seen) {
        switch (seen.verdict()) {
            case QUEUED -> settled(tx, training, State.QUEUED);
            case STARTING -> settled(tx, training, State.STARTING);
            case RUNNING -> settled(tx, training, State.RUNNING);
            case SUSPENDED -> settled(tx, training,
                    training.desired() == Desired.SUSPENDED ? State.SUSPENDED : State.QUEUED);
            case SUCCEEDED -> ended(tx, training, State.SUCCEEDED, "");
            case FAILED -> ended(tx, training, State.FAILED, seen.text());
            case SUSPENDING, DELETING -> { }
        }
    }

    private void settled(Tx tx, Training training, State state) {
        if (training.state() != state) {
            mark(tx, training, state, "");
        }
    }

    private void ended(Tx tx, Training training, State state, String reason) {
        volumes.free(tx, training.id());
        quotas.release(tx, Trainings.subject(training.id()));
        mark(tx, training, state, reason);
    }

    /// As it is now, and nobody else changes it until the transaction ends.
    Training lock(Tx tx, String id) {
        return table.rows.lock(tx, id);
    }

    private void mark(Tx tx, Training training, State state, String reason) {
        table.mark(tx, training.id(), state, reason.isEmpty() ? null : reason,
                runsUntil(training, state), clock.instant());
        events.append(tx, TrainingEvents.of(TrainingEvents.text(state), training, reason));
    }

    /// The clock begins when all nodes are there, and anew after each pause.
    private @Nullable Instant runsUntil(Training training, State state) {
        var longest = training.work().maxRuntimeSeconds();
        if (state != State.RUNNING && state != State.STARTING || longest == null) {
            return null;
        }
        return training.runsUntil() != null ? training.runsUntil()
                : state == State.RUNNING ? clock.instant().plusSeconds(longest) : null;
    }
}
