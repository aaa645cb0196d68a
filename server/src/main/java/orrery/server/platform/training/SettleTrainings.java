package orrery.server.platform.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.kube.Kind;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.region.Settles;

/// Says of training jobs what their TrainJobs say: that they begin, run, end. One that failed is
/// tried again as often as it may be; one that had to make room queues again.
@Singleton
final class SettleTrainings implements Settles {
    private final TrainingObjects objects;
    private final TrainingLifecycle lifecycle;
    private final Database database;
    private final Runs runs;

    SettleTrainings(TrainingObjects objects, TrainingLifecycle lifecycle, Database database,
            Runs runs) {
        this.objects = objects;
        this.lifecycle = lifecycle;
        this.database = database;
        this.runs = runs;
    }

    @Override
    public Kind kind() {
        return TrainJobs.KIND;
    }

    @Override
    public String label() {
        return TrainJobs.TRAINING;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return lifecycle.all(grant, objects.keySet()).stream()
                .filter(training -> !isKnown(training, Seen.of(objects.get(training.id()))))
                .map(Training::id).toList();
    }

    private static boolean isKnown(Training training, Seen seen) {
        return switch (seen.verdict()) {
            case QUEUED -> training.state() == State.QUEUED;
            case STARTING -> training.state() == State.STARTING;
            case RUNNING -> training.state() == State.RUNNING;
            case SUSPENDED -> training.state() == State.SUSPENDED;
            case SUSPENDING, SUCCEEDED, FAILED -> false;
            case DELETING -> true;
        };
    }

    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return lifecycle.all(grant, ids).stream()
                .filter(it -> it.deletedAt() != null && it.region().equals(region))
                .collect(Collectors.toMap(Training::id, Training::deletedAt));
    }

    @Override
    public boolean look(Grant grant, String id) {
        var found = lifecycle.find(grant, id);
        // What bears a label of ours need not be ours.
        if (found.isEmpty() || !found.get().state().isAlive()) {
            return true;
        }
        var training = found.get();
        if (isChanging(grant, training)) {
            return false;
        }
        var seen = objects.job(grant, training).map(Seen::of);
        return database.tx(grant, tx -> {
            var now = lifecycle.lock(tx, id);
            if (now.version() != training.version()) {
                return false;
            }
            if (seen.isEmpty()) {
                lifecycle.failed(tx, id, "Its TrainJob is gone from region " + now.region() + ".");
            } else {
                settle(tx, now, seen.get());
            }
            return true;
        });
    }

    private boolean isChanging(Grant grant, Training training) {
        return training.runId() != null
                && !runs.get(grant, training.runId()).status().isOver();
    }

    private void settle(Tx tx, Training training, Seen seen) {
        boolean isHeld = seen.verdict() == Seen.Verdict.SUSPENDED
                || seen.verdict() == Seen.Verdict.SUSPENDING;
        if (seen.verdict() == Seen.Verdict.FAILED
                && training.attempt() <= training.work().retries()) {
            start(tx, training, RetryTraining.TYPE,
                    new RetryTraining.Input(training.id(), training.attempt() + 1));
        } else if (isHeld && training.desired() == Desired.RUNNING) {
            lifecycle.preempted(tx, training);
            if (!seen.isQueued()) {
                // Nobody else lets it go on.
                want(tx, training);
            } else if (seen.verdict() == Seen.Verdict.SUSPENDED) {
                lifecycle.settled(tx, training, seen);
            }
        } else if (!isHeld && training.desired() == Desired.SUSPENDED && isUnder(seen)) {
            want(tx, training);
        } else {
            lifecycle.settled(tx, training, seen);
        }
    }

    private static boolean isUnder(Seen seen) {
        return switch (seen.verdict()) {
            case QUEUED, STARTING, RUNNING -> true;
            case SUSPENDED, SUSPENDING, SUCCEEDED, FAILED, DELETING -> false;
        };
    }

    private void want(Tx tx, Training training) {
        start(tx, training, UpdateTraining.TYPE, new UpdateTraining.Input(
                training.id(), training.desired(), training.priority()));
    }

    private <I extends Record> void start(Tx tx, Training training, SagaType<I> type, I input) {
        lifecycle.changing(tx, training, runs.start(tx, type, input,
                Trainings.subject(training.id()), training.place()));
    }
}
