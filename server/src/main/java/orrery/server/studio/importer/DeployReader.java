package orrery.server.studio.importer;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import orrery.server.studio.importer.Compose.Resources;
import org.jspecify.annotations.Nullable;

/// `deploy`, and the older keys of the service that say the same (`mem_limit`, `cpus`, `scale`).
final class DeployReader {
    private static final Set<String> DEPLOY = Set.of("mode", "replicas", "labels", "resources",
            "restart_policy", "update_config", "rollback_config", "placement", "endpoint_mode");

    private DeployReader() {}

    static ComposeService.Deployment read(Place service) {
        Place deploy = service.get("deploy").only(DEPLOY);
        Place mode = deploy.get("mode");
        if (!Set.of("replicated", "global", "replicated-job", "global-job")
                .contains(mode.text("replicated"))) {
            mode.wrong("is '%s'; it must be replicated or global"
                    .formatted(Spelling.brief(mode.text())));
        }
        Place replicas = deploy.get("replicas").isSet()
                ? deploy.get("replicas") : service.get("scale");
        Place update = deploy.get("update_config");
        Place parallelism = update.get("parallelism");
        return new ComposeService.Deployment(mode.text("replicated"),
                replicas.isSet() ? (int) replicas.whole(1, 0, 10_000) : null,
                restart(service, deploy), attempts(service, deploy), resources(service, deploy),
                ServiceReader.known(deploy.get("labels").pairs()),
                nodes(deploy.get("placement").get("constraints")),
                parallelism.isSet() ? (int) parallelism.whole(1, 0, 10_000) : null,
                update.get("order").text("stop-first").equals("start-first"));
    }

    private static @Nullable String restart(Place service, Place deploy) {
        Place condition = deploy.get("restart_policy").get("condition");
        if (condition.isSet()) {
            return switch (condition.text()) {
                case "none" -> "no";
                case "on-failure" -> "on-failure";
                case "any" -> "always";
                default -> {
                    condition.wrong("is '%s'; it must be none, on-failure or any"
                            .formatted(Spelling.brief(condition.text())));
                    yield null;
                }
            };
        }
        Place restart = service.get("restart");
        if (!restart.isSet()) {
            return null;
        }
        // Without quotes, YAML 1.1 made a boolean of "no", and files got used to it.
        String policy = restart.text().split(":", 2)[0].toLowerCase(Locale.ROOT);
        return switch (policy) {
            case "no", "false" -> "no";
            case "always", "on-failure", "unless-stopped" -> policy;
            case "" -> null;
            default -> {
                restart.wrong("is '%s'; it must be \"no\", always, on-failure or unless-stopped"
                        .formatted(Spelling.brief(restart.text())));
                yield null;
            }
        };
    }

    private static @Nullable Integer attempts(Place service, Place deploy) {
        Place attempts = deploy.get("restart_policy").get("max_attempts");
        if (attempts.isSet()) {
            return (int) attempts.whole(6, 0, 100_000);
        }
        String[] parts = service.get("restart").text("").split(":", 2);
        return parts.length == 2 && parts[1].matches("[0-9]{1,6}")
                ? (Integer) Integer.parseInt(parts[1]) : null;
    }

    private static Resources resources(Place service, Place deploy) {
        Place limits = deploy.get("resources").get("limits");
        Place reserved = deploy.get("resources").get("reservations");
        return new Resources(
                amount(limits.get("cpus"), service.get("cpus"), Units::millicores),
                amount(limits.get("memory"), service.get("mem_limit"), Units::bytes),
                amount(reserved.get("cpus"), reserved.get("none"), Units::millicores),
                amount(reserved.get("memory"), service.get("mem_reservation"), Units::bytes),
                gpus(reserved.get("devices")) + gpus(service.get("gpus")));
    }

    private static long amount(Place place, Place older, Function<String, Long> unit) {
        Place given = place.isSet() ? place : older;
        Long amount = given.isSet()
                ? ServiceReader.read(given, g -> unit.apply(g.text()), 0L) : (Long) 0L;
        return amount == null ? 0 : amount;
    }

    /// "all" cannot be asked for in Kubernetes and counts as one; the report says so.
    private static long gpus(Place devices) {
        if (devices.isText()) {
            return devices.text().equals("all") ? 1 : devices.whole(1, 0, 64);
        }
        long gpus = 0;
        for (Place device : devices.items()) {
            boolean graphics = device.get("capabilities").texts().stream()
                    .anyMatch(c -> Set.of("gpu", "nvidia", "compute", "tpu").contains(c))
                    || devices.name().equals("gpus");
            Place count = device.get("count");
            Place ids = device.get("device_ids");
            if (graphics && ids.isSet()) {
                gpus += ids.items().size();
            } else if (graphics) {
                gpus += count.text("all").equals("all") ? 1 : count.whole(1, 0, 64);
            }
        }
        return gpus;
    }

    /// The constraints that mean a node's label; the others are named in the report.
    private static Map<String, String> nodes(Place constraints) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Place item : constraints.items()) {
            String[] sides = item.text().split("==", 2);
            String label = sides.length == 2 ? label(sides[0].strip()) : null;
            if (label != null) {
                labels.put(label, sides[1].strip());
            }
        }
        return labels;
    }

    static @Nullable String label(String constraint) {
        return switch (constraint) {
            case "node.hostname" -> "kubernetes.io/hostname";
            case "node.platform.os", "engine.labels.operatingsystem" -> "kubernetes.io/os";
            case "node.platform.arch" -> "kubernetes.io/arch";
            default -> constraint.startsWith("node.labels.")
                    ? constraint.substring("node.labels.".length()) : null;
        };
    }
}
