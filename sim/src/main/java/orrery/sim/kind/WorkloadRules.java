package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.sim.type.Json;

/// Defaults and checks of Deployment, ReplicaSet, StatefulSet, DaemonSet, Job and CronJob.
final class WorkloadRules {
    private static final String FIELD = "(\\*|\\?|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?";
    private static final String LIST = FIELD + "(," + FIELD + "){0,99}";
    private static final Pattern CRON = Pattern.compile(
            "((TZ|CRON_TZ)=\\S+\\s+)?(@(yearly|annually|monthly|weekly|daily|midnight|hourly)"
            + "|@every \\S+|\\s*" + LIST + "(\\s+" + LIST + "){4}\\s*)");
    private static final List<String> STATEFUL_MUTABLE = List.of("replicas", "ordinals",
            "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds", "revisionHistoryLimit");

    private WorkloadRules() {}

    static void deploymentDefaults(ObjectNode spec) {
        PodRules.defaults(spec.path("template").path("spec"));
        ObjectNode strategy = Json.child(spec, "strategy");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            for (String field : List.of("maxUnavailable", "maxSurge")) {
                if (!rolling.has(field)) {
                    rolling.put(field, "25%");
                }
            }
        }
    }

    static void deployment(JsonNode object, JsonNode old, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        template(spec, "Always", mistakes);
        mistakes.between("spec.replicas", spec.path("replicas"), 0, Integer.MAX_VALUE);
        mistakes.between("spec.minReadySeconds",
                spec.path("minReadySeconds"), 0, Integer.MAX_VALUE);
        mistakes.oneOf("spec.strategy.type", spec.path("strategy").path("type"),
                "Recreate", "RollingUpdate");
        if (spec.path("strategy").path("type").asText().equals("Recreate")
                && spec.path("strategy").has("rollingUpdate")) {
            mistakes.forbidden("spec.strategy.rollingUpdate",
                    "may not be specified when strategy `type` is 'Recreate'");
        }
        immutable(object, old, "selector", mistakes);
    }

    static void replicaSet(JsonNode object, JsonNode old, Mistakes mistakes) {
        template(object.path("spec"), "Always", mistakes);
        mistakes.between("spec.replicas",
                object.path("spec").path("replicas"), 0, Integer.MAX_VALUE);
        immutable(object, old, "selector", mistakes);
    }

    static void daemonSet(JsonNode object, JsonNode old, Mistakes mistakes) {
        template(object.path("spec"), "Always", mistakes);
        immutable(object, old, "selector", mistakes);
    }

    static void statefulSet(JsonNode object, JsonNode old, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        template(spec, "Always", mistakes);
        mistakes.between("spec.replicas", spec.path("replicas"), 0, Integer.MAX_VALUE);
        mistakes.oneOf("spec.podManagementPolicy", spec.path("podManagementPolicy"),
                "OrderedReady", "Parallel");
        if (old != null) {
            ObjectNode before = Json.copy(old.path("spec"));
            ObjectNode now = Json.copy(spec);
            before.remove(STATEFUL_MUTABLE);
            now.remove(STATEFUL_MUTABLE);
            if (!Json.same(before, now)) {
                mistakes.forbidden("spec", "updates to statefulset spec for fields other than '"
                        + String.join("', '", STATEFUL_MUTABLE) + "' are forbidden");
            }
        }
    }

    /// A job's pods are found by a label that only this job has.
    static void jobDefaults(ObjectNode object, String uid) {
        ObjectNode spec = Json.child(object, "spec");
        PodRules.defaults(spec.path("template").path("spec"));
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec.put("completions", 1);
        }
        if (!spec.has("parallelism")) {
            spec.put("parallelism", 1);
        }
        if (uid.isEmpty() || spec.path("manualSelector").asBoolean() || spec.has("selector")) {
            return;
        }
        String name = object.path("metadata").path("name").asText();
        ObjectNode metadata = Json.child(Json.child(spec, "template"), "metadata");
        ObjectNode labels = Json.child(metadata, "labels");
        labels.put("batch.kubernetes.io/controller-uid", uid).put("controller-uid", uid);
        labels.put("batch.kubernetes.io/job-name", name).put("job-name", name);
        spec.putObject("selector").putObject("matchLabels")
                .put("batch.kubernetes.io/controller-uid", uid);
    }

    static void job(JsonNode object, JsonNode old, Mistakes mistakes) {
        jobSpec(object.path("spec"), "spec", mistakes);
        if (old == null) {
            return;
        }
        for (String field : List.of("selector", "completionMode")) {
            immutable(object, old, field, mistakes);
        }
        boolean suspended = old.path("spec").path("suspend").asBoolean();
        if (!suspended) {
            immutable(object, old, "template", mistakes);
        }
    }

    static void cronJob(JsonNode object, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        String schedule = spec.path("schedule").asText();
        if (schedule.isEmpty()) {
            mistakes.required("spec.schedule", "");
        } else if (schedule.length() > 1000 || !CRON.matcher(schedule).matches()) {
            mistakes.invalid("spec.schedule", schedule,
                    "expected five fields: minute, hour, day of month, month, day of week");
        }
        mistakes.oneOf("spec.concurrencyPolicy", spec.path("concurrencyPolicy"),
                "Allow", "Forbid", "Replace");
        jobSpec(spec.path("jobTemplate").path("spec"), "spec.jobTemplate.spec", mistakes);
    }

    private static void jobSpec(JsonNode spec, String at, Mistakes mistakes) {
        for (String field : List.of("parallelism", "completions", "backoffLimit",
                "activeDeadlineSeconds", "ttlSecondsAfterFinished")) {
            mistakes.between(at + "." + field, spec.path(field), 0, Integer.MAX_VALUE);
        }
        mistakes.oneOf(at + ".completionMode", spec.path("completionMode"),
                "NonIndexed", "Indexed");
        JsonNode pod = spec.path("template").path("spec");
        String restart = pod.path("restartPolicy").asText();
        if (!List.of("OnFailure", "Never").contains(restart)) {
            mistakes.oneOf(at + ".template.spec.restartPolicy", pod.path("restartPolicy"),
                    "OnFailure", "Never");
        }
        PodRules.check(pod, at + ".template.spec", mistakes);
    }

    private static void template(JsonNode spec, String restart, Mistakes mistakes) {
        JsonNode selector = spec.path("selector");
        JsonNode template = spec.path("template");
        JsonNode labels = template.path("metadata").path("labels");
        if (selector.path("matchLabels").isEmpty() && selector.path("matchExpressions").isEmpty()) {
            mistakes.invalid("spec.selector", selector.isMissingNode() ? "null" : selector,
                    "empty selector is invalid for this type");
        } else if (!selects(selector.path("matchLabels"), labels)) {
            mistakes.invalid("spec.template.metadata.labels", labels,
                    "`selector` does not match template `labels`");
        }
        Names.labels(labels, "spec.template.metadata.labels", mistakes);
        mistakes.oneOf("spec.template.spec.restartPolicy",
                template.path("spec").path("restartPolicy"), restart);
        Set<String> claims = new HashSet<>();
        spec.path("volumeClaimTemplates").forEach(
                claim -> claims.add(claim.path("metadata").path("name").asText()));
        PodRules.check(template.path("spec"), "spec.template.spec", claims, mistakes);
    }

    private static boolean selects(JsonNode matchLabels, JsonNode labels) {
        return matchLabels.properties().stream()
                .allMatch(label -> Json.same(label.getValue(), labels.get(label.getKey())));
    }

    static void immutable(JsonNode object, JsonNode old, String field, Mistakes mistakes) {
        if (old != null && old.path("spec").has(field) && !Json.same(
                old.path("spec").get(field), object.path("spec").get(field))) {
            mistakes.invalid("spec." + field, object.path("spec").path(field),
                    "field is immutable");
        }
    }
}
