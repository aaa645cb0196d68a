package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import orrery.server.studio.importer.Compose.Healthcheck;

/// `healthcheck` → readiness, which gates those that wait and the Service, and liveness.
final class HealthProbes {
    /// Docker's own, for what a file leaves open.
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int RETRIES = 3;
    /// Time to start before a restart is considered, where the file gives none: Docker itself
    /// restarts nothing for its health.
    private static final long GRACE_SECONDS = 30;

    private HealthProbes() {}

    static void add(Scene scene, ComposeService service, ObjectNode data, List<String> dropped) {
        Healthcheck check = service.healthcheck();
        KeyPath path = service.path().key("healthcheck");
        if (check == null) {
            return;
        }
        if (check.disabled()) {
            scene.report().converted(path, "no probes");
            return;
        }
        if (check.test().isEmpty()) {
            scene.report().dropped(path, "Kubernetes does not read the image's own health check;"
                    + " write its test here");
            return;
        }
        String missing = dropped.stream().filter(d -> speaksOf(check, d)).findFirst().orElse(null);
        if (missing != null) {
            String why = ("its test needs %s, whose mount was dropped; without it the pod would"
                    + " never be ready").formatted(missing);
            scene.report().dropped(path, why);
            scene.warn(service, "the health check was dropped: " + why);
            return;
        }
        probe(check, data.putObject("readinessProbe"), 0);
        probe(check, data.putObject("livenessProbe"), check.startPeriod() == null
                ? GRACE_SECONDS : Math.max(Units.seconds(check.startPeriod()), GRACE_SECONDS));
        scene.report().converted(path, "readiness and liveness probes; the liveness probe begins"
                + " after the start period, at least 30 s");
    }

    private static boolean speaksOf(Healthcheck check, String folder) {
        return check.test().stream().anyMatch(t -> t.contains(folder));
    }

    private static void probe(Healthcheck check, ObjectNode probe, long delay) {
        ArrayNode command = probe.putObject("exec").putArray("command");
        if (check.test().getFirst().equals("CMD-SHELL")) {
            command.add("/bin/sh").add("-c");
        }
        check.test().stream().skip(1).forEach(command::add);
        long period = Units.seconds(check.interval() == null ? INTERVAL : check.interval());
        probe.put("initialDelaySeconds", delay)
                .put("periodSeconds", period)
                .put("timeoutSeconds",
                        Units.seconds(check.timeout() == null ? TIMEOUT : check.timeout()))
                .put("failureThreshold",
                        Math.max(1, check.retries() == null ? RETRIES : check.retries()));
    }
}
