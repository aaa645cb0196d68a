package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Runs a Job's pods until enough have succeeded or too many have failed.
final class Jobs implements Operator {
    static final String TYPE = "jobs.batch";
    private static final String INDEX = "batch.kubernetes.io/job-completion-index";

    private final Clock clock;
    private final Events events;

    Jobs(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "job-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) || change.type().equals("pods")) {
            Owners.noticed(change, TYPE, "Job", look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())) {
            return Optional.empty();
        }
        var job = found.get();
        if (finished(job)) {
            return expire(cluster, job);
        }
        var spec = job.tree().path("spec");
        var pods = Owners.controlled(cluster, job, "pods");
        var active = pods.stream().filter(Pods::active).toList();
        var outcome = outcome(job, pods);
        boolean suspended = spec.path("suspend").asBoolean();
        if (outcome.isPresent() || suspended) {
            active.forEach(pod -> cluster.delete("pods", pod.namespace(), pod.name(),
                    Deletion.BACKGROUND));
        } else {
            start(cluster, job, pods, active);
        }
        report(cluster, job, outcome, suspended);
        return remaining(job);
    }

    private void start(Cluster cluster, Item job, List<Item> pods, List<Item> active) {
        var spec = job.tree().path("spec");
        int parallelism = spec.path("parallelism").asInt(1);
        int completions = spec.path("completions").asInt(parallelism);
        long succeeded = count(pods, "Succeeded");
        boolean indexed = spec.path("completionMode").asText().equals("Indexed");
        var free = new TreeSet<Integer>();
        for (int i = 0; i < completions; i++) {
            free.add(i);
        }
        pods.stream().filter(p -> Pods.active(p) || Pods.phase(p).equals("Succeeded"))
                .map(p -> p.labels().getOrDefault(INDEX, "-1"))
                .forEach(i -> free.remove(Integer.parseInt(i)));
        long missing = Math.min(parallelism, completions - succeeded) - active.size();
        for (long i = 0; i < missing; i++) {
            var pod = Pods.of(job, spec.path("template"));
            var index = indexed ? free.pollFirst() : null;
            Json.child(pod, "metadata").put("generateName",
                    job.name() + (index == null ? "-" : "-" + index + "-"));
            label(pod, job, index);
            var made = cluster.create("pods", pod, Write.by(name()));
            events.normal(cluster, job, name(), "SuccessfulCreate", "Created pod: " + made.name());
        }
    }

    private static void label(ObjectNode pod, Item job, Integer index) {
        var metadata = Json.child(pod, "metadata");
        var labels = Json.child(metadata, "labels")
                .put("batch.kubernetes.io/controller-uid", job.uid())
                .put("batch.kubernetes.io/job-name", job.name())
                .put("controller-uid", job.uid()).put("job-name", job.name());
        if (index == null) {
            return;
        }
        labels.put(INDEX, index.toString());
        Json.child(metadata, "annotations").put(INDEX, index.toString());
        for (var container : pod.path("spec").path("containers")) {
            ((ObjectNode) container).withArray("env").addObject()
                    .put("name", "JOB_COMPLETION_INDEX").put("value", index.toString());
        }
    }

    /// How it ended: `Complete`, or the reason of its failure.
    private Optional<String> outcome(Item job, List<Item> pods) {
        var spec = job.tree().path("spec");
        int completions = spec.path("completions").asInt(spec.path("parallelism").asInt(1));
        if (count(pods, "Succeeded") >= completions) {
            return Optional.of("Complete");
        }
        if (count(pods, "Failed") > spec.path("backoffLimit").asInt(6)
                || restarts(pods) > spec.path("backoffLimit").asInt(6)) {
            return Optional.of("BackoffLimitExceeded");
        }
        return remaining(job).filter(Duration::isZero).map(d -> "DeadlineExceeded");
    }

    private static long restarts(List<Item> pods) {
        long sum = 0;
        for (var pod : pods) {
            for (var status : pod.tree().path("status").path("containerStatuses")) {
                sum += status.path("restartCount").asLong();
            }
        }
        return sum;
    }

    private Optional<Duration> remaining(Item job) {
        var deadline = job.tree().path("spec").path("activeDeadlineSeconds");
        var start = Conditions.time(job.tree().path("status").path("startTime"));
        if (deadline.isMissingNode() || start == null) {
            return Optional.empty();
        }
        var left = Duration.between(clock.instant(), start.plusSeconds(deadline.asLong()));
        return Optional.of(left.isNegative() ? Duration.ZERO : left);
    }

    private void report(Cluster cluster, Item job, Optional<String> outcome, boolean suspended) {
        var pods = Owners.controlled(cluster, job, "pods");
        long active = outcome.isPresent() ? 0 : pods.stream().filter(Pods::active).count();
        cluster.change(TYPE, job.namespace(), job.name(), Write.by(name()).onStatus(), object -> {
            var status = Json.child(object, "status");
            if (!status.has("startTime") && !suspended) {
                status.put("startTime", Conditions.now(clock));
            }
            put(status, "active", active);
            put(status, "ready", pods.stream().filter(Pods::ready).count());
            put(status, "succeeded", count(pods, "Succeeded"));
            put(status, "failed", count(pods, "Failed"));
            status.putObject("uncountedTerminatedPods");
            indexes(job, pods, status);
            outcome.ifPresent(how -> finish(status, how));
            if (suspended || !Conditions.get(status, "Suspended").isMissingNode()) {
                Conditions.set(status, "Suspended", suspended, suspended ? "JobSuspended"
                        : "JobResumed", "", clock);
            }
            return object;
        });
        outcome.ifPresent(how -> events.normal(cluster, job, name(),
                how.equals("Complete") ? "Completed" : how,
                how.equals("Complete") ? "Job completed" : "Job has failed: " + how));
    }

    private void finish(ObjectNode status, String how) {
        if (how.equals("Complete")) {
            Conditions.set(status, "SuccessCriteriaMet", true, "CompletionsReached",
                    "Reached expected number of succeeded pods", clock);
            Conditions.set(status, "Complete", true, "CompletionsReached",
                    "Reached expected number of succeeded pods", clock);
            status.put("completionTime", Conditions.now(clock));
        } else {
            var message = how.equals("DeadlineExceeded")
                    ? "Job was active longer than specified deadline"
                    : "Job has reached the specified backoff limit";
            Conditions.set(status, "FailureTarget", true, how, message, clock);
            Conditions.set(status, "Failed", true, how, message, clock);
        }
    }

    private static void indexes(Item job, List<Item> pods, ObjectNode status) {
        if (job.tree().path("spec").path("completionMode").asText().equals("Indexed")) {
            status.put("completedIndexes", pods.stream()
                    .filter(p -> Pods.phase(p).equals("Succeeded"))
                    .map(p -> p.labels().getOrDefault(INDEX, "")).sorted().distinct()
                    .collect(Collectors.joining(",")));
        }
    }

    /// Removes a finished Job when its time to live is over.
    private Optional<Duration> expire(Cluster cluster, Item job) {
        JsonNode ttl = job.tree().path("spec").path("ttlSecondsAfterFinished");
        if (ttl.isMissingNode()) {
            return Optional.empty();
        }
        var status = job.tree().path("status");
        var ended = Conditions.time(status.has("completionTime") ? status.path("completionTime")
                : Conditions.get(status, "Failed").path("lastTransitionTime"));
        var left = Duration.between(clock.instant(), ended.plusSeconds(ttl.asLong()));
        if (left.isPositive()) {
            return Optional.of(left);
        }
        cluster.delete(TYPE, job.namespace(), job.name(), Deletion.BACKGROUND);
        return Optional.empty();
    }

    static boolean finished(Item job) {
        return Conditions.isTrue(job.tree(), "Complete") || Conditions.isTrue(job.tree(), "Failed");
    }

    private static long count(List<Item> pods, String phase) {
        return pods.stream().filter(pod -> Pods.phase(pod).equals(phase)).count();
    }

    private static void put(ObjectNode status, String field, long value) {
        if (value == 0 && !field.equals("ready")) {
            status.remove(field);
        } else {
            status.put(field, value);
        }
    }
}
