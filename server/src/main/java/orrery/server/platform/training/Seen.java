package orrery.server.platform.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/// What a TrainJob says about itself.
///
/// @param text why it failed; else empty
/// @param isQueued whether an admission of the region decides when it runs
record Seen(Verdict verdict, String text, boolean isQueued) {

    enum Verdict {
        /// It waits until there is room for all its nodes.
        QUEUED,
        /// Its nodes begin.
        STARTING,
        /// All its nodes are there.
        RUNNING,
        /// Somebody holds it back, and it has no node.
        SUSPENDED,
        /// Somebody holds it back, and its nodes are about to end.
        SUSPENDING,
        SUCCEEDED,
        FAILED,
        /// Somebody deletes it.
        DELETING
    }

    static Seen of(JsonNode job) {
        var failed = condition(job, "Failed");
        return new Seen(verdict(job), isTrue(failed) ? failed.path("message").asText() : "",
                TrainJobs.isQueued(job));
    }

    /// Whether it is held back stands in the spec: the status may be older than a change of ours.
    private static Verdict verdict(JsonNode job) {
        if (isTrue(condition(job, "Complete"))) {
            return Verdict.SUCCEEDED;
        }
        if (isTrue(condition(job, "Failed"))) {
            return Verdict.FAILED;
        }
        if (job.path("metadata").has("deletionTimestamp")) {
            return Verdict.DELETING;
        }
        if (job.at("/spec/suspend").asBoolean()) {
            return isTrue(condition(job, "Suspended")) && sum(job, "active") == 0
                    ? Verdict.SUSPENDED : Verdict.SUSPENDING;
        }
        return sum(job, "active") == 0 ? Verdict.QUEUED
                : sum(job, "ready") == 0 ? Verdict.STARTING : Verdict.RUNNING;
    }

    private static int sum(JsonNode job, String field) {
        int sum = 0;
        for (var part : job.at("/status/jobsStatus")) {
            sum += part.path(field).asInt();
        }
        return sum;
    }

    private static boolean isTrue(JsonNode condition) {
        return condition.path("status").asText().equals("True");
    }

    private static JsonNode condition(JsonNode job, String type) {
        for (var condition : job.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }
}
