package orrery.sim.operator;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Starts the Jobs of a CronJob when their time has come. A time that was missed while this
/// process was away is made up for once.
final class CronJobs implements Operator {
    static final String TYPE = "cronjobs.batch";

    private final Clock clock;
    private final Events events;

    CronJobs(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "cronjob-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) || change.type().equals(Jobs.TYPE)) {
            Owners.noticed(change, TYPE, "CronJob", look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())) {
            return Optional.empty();
        }
        var cron = found.get();
        CronSchedule schedule;
        try {
            schedule = schedule(cron);
        } catch (IllegalArgumentException | DateTimeException wrong) {
            events.warning(cluster, cron, name(), "UnparseableSchedule", wrong.getMessage());
            return Optional.empty();
        }
        var jobs = Owners.controlled(cluster, cron, Jobs.TYPE);
        forget(cluster, cron, jobs);
        var now = clock.instant();
        var due = latestDue(schedule, since(cron), now);
        if (due.isPresent() && !cron.tree().path("spec").path("suspend").asBoolean()) {
            run(cluster, cron, jobs, due.get());
        }
        report(cluster, cron, due);
        var next = schedule.after(now.atZone(ZoneOffset.UTC));
        return next == null ? Optional.empty()
                : Optional.of(Duration.between(now, next.toInstant()).plusMillis(10));
    }

    private static CronSchedule schedule(Item cron) {
        var spec = cron.tree().path("spec");
        var zone = ZoneId.of(spec.path("timeZone").asText("UTC"));
        return CronSchedule.parse(spec.path("schedule").asText(), zone);
    }

    private static Instant since(Item cron) {
        var last = Conditions.time(cron.tree().path("status").path("lastScheduleTime"));
        return last != null ? last : Conditions.time(
                cron.tree().path("metadata").path("creationTimestamp"));
    }

    private static Optional<Instant> latestDue(CronSchedule schedule, Instant since, Instant now) {
        // Of many missed times only the last counts; looking back an hour finds it.
        var from = since.isBefore(now.minusSeconds(3600)) ? now.minusSeconds(3600) : since;
        Instant due = null;
        for (var next = schedule.after(from.atZone(ZoneOffset.UTC));
                next != null && !next.toInstant().isAfter(now);
                next = schedule.after(next)) {
            due = next.toInstant();
        }
        return Optional.ofNullable(due);
    }

    private void run(Cluster cluster, Item cron, List<Item> jobs, Instant due) {
        var spec = cron.tree().path("spec");
        var running = jobs.stream().filter(job -> !Jobs.finished(job)).toList();
        switch (spec.path("concurrencyPolicy").asText("Allow")) {
            case "Forbid" -> {
                if (!running.isEmpty()) {
                    return;
                }
            }
            case "Replace" -> running.forEach(job -> cluster.delete(Jobs.TYPE, job.namespace(),
                    job.name(), Deletion.BACKGROUND));
            default -> { }
        }
        var name = cron.name() + "-" + due.getEpochSecond() / 60;
        if (cluster.get(Jobs.TYPE, cron.namespace(), name).isPresent()) {
            return;
        }
        var template = spec.path("jobTemplate");
        var job = Json.object();
        Owners.own(cron, job);
        var metadata = Json.child(job, "metadata").put("name", name);
        for (var field : List.of("labels", "annotations")) {
            if (template.path("metadata").has(field)) {
                metadata.set(field, template.path("metadata").get(field).deepCopy());
            }
        }
        job.set("spec", template.path("spec").deepCopy());
        cluster.create(Jobs.TYPE, job, Write.by(name()));
        events.normal(cluster, cron, name(), "SuccessfulCreate", "Created job " + name);
    }

    private void report(Cluster cluster, Item cron, Optional<Instant> due) {
        var jobs = Owners.controlled(cluster, cron, Jobs.TYPE);
        cluster.change(TYPE, cron.namespace(), cron.name(), Write.by(name()).onStatus(), object -> {
            var status = Json.child(object, "status");
            due.ifPresent(time -> status.put("lastScheduleTime", time.toString()));
            var active = status.putArray("active");
            jobs.stream().filter(job -> !Jobs.finished(job)).forEach(job -> active.addObject()
                    .put("apiVersion", "batch/v1").put("kind", "Job").put("name", job.name())
                    .put("namespace", job.namespace()).put("uid", job.uid()));
            if (active.isEmpty()) {
                status.remove("active");
            }
            jobs.stream().map(j -> j.tree().path("status").path("completionTime").asText())
                    .filter(time -> !time.isEmpty()).max(Comparator.naturalOrder())
                    .ifPresent(time -> status.put("lastSuccessfulTime", time));
            return object;
        });
    }

    private static void forget(Cluster cluster, Item cron, List<Item> jobs) {
        var spec = cron.tree().path("spec");
        for (var kind : List.of("Complete", "Failed")) {
            int limit = kind.equals("Complete") ? spec.path("successfulJobsHistoryLimit").asInt(3)
                    : spec.path("failedJobsHistoryLimit").asInt(1);
            var done = new ArrayList<>(jobs.stream()
                    .filter(job -> Conditions.isTrue(job.tree(), kind))
                    .sorted(Comparator.comparingLong(Item::version)).toList());
            done.stream().limit(Math.max(0, done.size() - limit)).forEach(job -> cluster.delete(
                    Jobs.TYPE, job.namespace(), job.name(), Deletion.BACKGROUND));
        }
    }
}
