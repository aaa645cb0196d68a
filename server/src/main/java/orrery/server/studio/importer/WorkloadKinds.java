package orrery.server.studio.importer;

import java.util.Locale;
import java.util.Map;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.importer.Compose.Dependency.Condition;
import org.jspecify.annotations.Nullable;

/// Which kind of workload a service becomes.
final class WorkloadKinds {
    private WorkloadKinds() {}

    static Kind of(Scene scene, ComposeService service) {
        Kind asked = asked(scene, service);
        if (asked != null) {
            return asked;
        }
        String mode = service.deployment().mode();
        KeyPath modePath = service.path().key("deploy").key("mode");
        if (mode.equals("global")) {
            scene.report().converted(modePath, "a daemon set: one pod on every node");
            return Kind.DAEMONSET;
        }
        if (mode.endsWith("-job")) {
            scene.report().converted(modePath, "a job");
            return Kind.JOB;
        }
        scene.report().converted(modePath, "a fixed number of pods");
        if (isAwaitedToEnd(scene, service)) {
            return Kind.JOB;
        }
        if (endsByItself(scene, service)) {
            scene.report().approximated(service.path().key("restart"),
                    "a job: nothing restarts it, reaches it or waits for it");
            return Kind.JOB;
        }
        return KnownImages.isStateful(service.image()) || Storage.keepsState(service)
                ? Kind.STATEFULSET : Kind.DEPLOYMENT;
    }

    /// What labels of other converters ask for.
    private static @Nullable Kind asked(Scene scene,
            ComposeService service) {
        Map<String, String> labels = service.labels();
        if (labels.containsKey("kompose.cronjob.schedule")) {
            return Kind.CRONJOB;
        }
        return switch (labels.getOrDefault("kompose.controller.type", "").toLowerCase(
                Locale.ROOT)) {
            case "daemonset" -> Kind.DAEMONSET;
            case "statefulset" -> Kind.STATEFULSET;
            case "deployment", "replicationcontroller" -> Kind.DEPLOYMENT;
            default -> null;
        };
    }

    private static boolean isAwaitedToEnd(Scene scene, ComposeService service) {
        return scene.active().values().stream()
                .map(s -> s.dependsOn().get(service.name()))
                .anyMatch(d -> d != null && d.condition() == Condition.COMPLETED);
    }

    private static boolean endsByItself(Scene scene, ComposeService service) {
        boolean awaited = scene.active().values().stream()
                .anyMatch(s -> s.dependsOn().containsKey(service.name()));
        return "no".equals(service.deployment().restart()) && service.ports().isEmpty()
                && service.expose().isEmpty() && service.healthcheck() == null && !awaited
                && !KnownImages.isStateful(service.image());
    }
}
