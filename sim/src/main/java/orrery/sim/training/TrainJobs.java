package orrery.sim.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.Gang;
import orrery.sim.operator.Owners;
import orrery.sim.operator.Pods;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.type.Json;

/// Runs each TrainJob as an indexed Job with one pod for each node, once it has queued and there is
/// room for all of them.
final class TrainJobs extends PhasedOperator {
    private static final String JOBS = "jobs.batch";
    private static final Duration ROOM = Duration.ofMillis(200);

    private final Timing timing;
    private final Events events;
    private final Clock clock;

    TrainJobs(Phases phases, Timing timing, Events events, Clock clock) {
        super(Training.MANAGER, Training.JOBS, phases);
        this.timing = timing;
        this.events = events;
        this.clock = clock;
    }

    @Override
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(JOBS)) {
            Owners.noticed(change, Training.JOBS, "TrainJob", look);
        }
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item training) {
        if (Pods.going(training) || finished(training)) {
            return Optional.empty();
        }
        var job = cluster.get(JOBS, training.namespace(), NodesJob.name(training));
        if (training.tree().at("/spec/suspend").asBoolean()) {
            job.ifPresent(one -> suspend(cluster, one, true));
            status(cluster, training, job, status -> Conditions.set(status, "Suspended", true,
                    "Suspended", "TrainJob is suspended", clock));
            return Optional.empty();
        }
        if (job.isEmpty() || job.get().tree().at("/spec/suspend").asBoolean()) {
            return queue(cluster, training, job);
        }
        return watch(cluster, training, job.get());
    }

    /// Waits for its turn, as an admission by Kueue would.
    private Optional<Duration> queue(Cluster cluster, Item training, Optional<Item> job) {
        return switch (phases.turn(cluster, training, "queued")) {
            case Phases.Going going -> {
                status(cluster, training, job, this::resumed);
                yield going.left();
            }
            case Phases.Failed failed -> {
                fail(cluster, training, job, failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                var runtime = Training.runtime(cluster, training.namespace(), training.tree());
                var made = new NodesJob(training, runtime.map(Item::tree).orElseGet(Json::object),
                        timing.of("training", "running"));
                if (!hasRoom(cluster, made.object().path("spec"))) {
                    yield Optional.of(ROOM);
                }
                if (job.isPresent()) {
                    suspend(cluster, job.get(), false);
                } else {
                    made.create(cluster);
                    events.normal(cluster, training, name(), "JobsCreated",
                            "Succeeded to create Jobs");
                }
                yield Optional.empty();
            }
        };
    }

    /// Whether all nodes may begin together: there is room for them, and those of jobs that were
    /// let in before have theirs.
    private static boolean hasRoom(Cluster cluster, JsonNode spec) {
        for (var job : cluster.list(JOBS, "")) {
            boolean isOurs = Owners.controller(job.tree())
                    .filter(owner -> owner.path("kind").asText().equals("TrainJob")).isPresent();
            if (isOurs && !isPlaced(cluster, job)) {
                return false;
            }
        }
        return Gang.fits(cluster, spec.path("template"), spec.path("parallelism").asInt());
    }

    private static boolean isPlaced(Cluster cluster, Item job) {
        var spec = job.tree().path("spec");
        return spec.path("suspend").asBoolean() || finished(job)
                || Owners.controlled(cluster, job, "pods").stream()
                        .filter(pod -> pod.tree().path("spec").has("nodeName"))
                        .count() >= spec.path("parallelism").asInt();
    }

    /// Follows the Job, which ends by itself unless a fault ends it first.
    private Optional<Duration> watch(Cluster cluster, Item training, Item job) {
        if (Conditions.isTrue(job.tree(), "Complete")) {
            status(cluster, training, Optional.of(job), status -> Conditions.set(status,
                    "Complete", true, "JobsCompleted", "jobset completed successfully", clock));
            return Optional.empty();
        }
        if (Conditions.isTrue(job.tree(), "Failed")) {
            fail(cluster, training, Optional.of(job), "Job " + job.name() + " failed: "
                    + Conditions.get(job.tree().path("status"), "Failed").path("message").asText());
            return Optional.empty();
        }
        status(cluster, training, Optional.of(job), this::resumed);
        return switch (phases.turn(cluster, training, "running")) {
            case Phases.Going going -> going.left();
            case Phases.Over over -> Optional.empty();
            case Phases.Failed failed -> {
                suspend(cluster, job, true);
                fail(cluster, training, Optional.of(job), failed.message());
                yield Optional.empty();
            }
        };
    }

    private void fail(Cluster cluster, Item training, Optional<Item> job, String message) {
        status(cluster, training, job, status -> Conditions.set(status, "Failed", true,
                "JobsFailed", message, clock));
        events.warning(cluster, training, name(), "JobsFailed", message);
    }

    private void resumed(ObjectNode status) {
        if (!Conditions.get(status, "Suspended").isMissingNode()) {
            Conditions.set(status, "Suspended", false, "Resumed", "TrainJob is resumed", clock);
        }
    }

    private void suspend(Cluster cluster, Item job, boolean suspend) {
        change(cluster, job, object -> Json.child(object, "spec").put("suspend", suspend));
    }

    private static boolean finished(Item training) {
        return Conditions.isTrue(training.tree(), "Complete")
                || Conditions.isTrue(training.tree(), "Failed");
    }

    private void status(Cluster cluster, Item training, Optional<Item> job,
            Consumer<ObjectNode> edit) {
        status(cluster, training, status -> {
            job.ifPresent(one -> jobs(status, one));
            edit.accept(status);
        });
    }

    /// As JobSet has it: each of its pods is ready, or has succeeded.
    private static boolean isReady(Item job) {
        var said = job.tree().path("status");
        return said.path("ready").asInt() + said.path("succeeded").asInt()
                >= job.tree().at("/spec/parallelism").asInt();
    }

    private static void jobs(ObjectNode status, Item job) {
        boolean suspended = job.tree().at("/spec/suspend").asBoolean();
        boolean complete = Conditions.isTrue(job.tree(), "Complete");
        boolean failed = Conditions.isTrue(job.tree(), "Failed");
        status.putArray("jobsStatus").addObject().put("name", NodesJob.NODE)
                .put("ready", isReady(job) ? 1 : 0)
                .put("succeeded", complete ? 1 : 0).put("failed", failed ? 1 : 0)
                .put("active", !suspended && !complete && !failed ? 1 : 0)
                .put("suspended", suspended ? 1 : 0);
    }
}
