package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Job and CronJob.
final class Jobs {
    private static final long MOST = Integer.MAX_VALUE;

    private Jobs() {}

    static ObjectNode job(Part part) {
        ObjectNode job = part.object();
        spec(part, job.putObject("spec"), "Never");
        return job;
    }

    static ObjectNode cronJob(Part part) {
        Fields fields = part.fields();
        ObjectNode job = part.object();
        ObjectNode spec = job.putObject("spec");
        String schedule = fields.text("schedule", "");
        fields.check("schedule", schedule, Jobs::isSchedule,
                "it must have five fields, such as '0 3 * * *', or be @daily or the like");
        spec.put("schedule", schedule);
        if (fields.has("timeZone")) {
            spec.put("timeZone", fields.text("timeZone", ""));
        }
        spec.put("concurrencyPolicy", fields.oneOf("concurrencyPolicy", "Allow",
                "Allow", "Forbid", "Replace"));
        spec.put("suspend", fields.flag("suspend", false));
        number(fields, spec, "startingDeadlineSeconds", 0);
        spec.put("successfulJobsHistoryLimit",
                fields.whole("successfulJobsHistoryLimit", 3, 0, MOST));
        spec.put("failedJobsHistoryLimit", fields.whole("failedJobsHistoryLimit", 1, 0, MOST));
        ObjectNode template = spec.putObject("jobTemplate");
        template.putObject("metadata").set("labels", part.labels());
        spec(part, template.putObject("spec"), "OnFailure");
        return job;
    }

    private static void spec(Part part, ObjectNode spec, String restart) {
        Fields fields = part.fields();
        number(fields, spec, "completions", 1);
        number(fields, spec, "parallelism", 1);
        spec.put("backoffLimit", fields.whole("backoffLimit", 6, 0, MOST));
        number(fields, spec, "activeDeadlineSeconds", 1);
        number(fields, spec, "ttlSecondsAfterFinished", 0);
        String policy = fields.oneOf("restartPolicy", restart, "Never", "OnFailure");
        PodTemplate.of(part, spec.putObject("template"), policy);
    }

    private static void number(Fields fields, ObjectNode spec, String name, long least) {
        if (fields.has(name)) {
            spec.put(name, fields.whole(name, least, least, MOST));
        }
    }

    /// Five fields of cron's own letters, or a macro. Kubernetes reads no sixth field.
    private static boolean isSchedule(String text) {
        return text.matches("@(yearly|annually|monthly|weekly|daily|midnight|hourly)")
                || text.matches("@every [0-9hms]+")
                || text.matches("([-0-9A-Za-z*/,?]+\\s+){4}[-0-9A-Za-z*/,?]+");
    }
}
