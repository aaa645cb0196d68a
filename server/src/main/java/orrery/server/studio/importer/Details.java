package orrery.server.studio.importer;

import java.util.List;
import java.util.Map;

/// Keys within something that was converted, which did not come along with it.
final class Details {
    private static final String CLASS = "the storage class decides";
    private static final String FLAT = "the cluster's network decides";
    private static final String OWNER = "files of secrets and config maps belong to root, or to the"
            + " pod's fsGroup";

    private static final Map<String, String> VOLUME = Map.of("driver", CLASS, "driver_opts", CLASS,
            "labels", "a volume claim needs none");
    private static final Map<String, String> NETWORK = Map.of("driver", FLAT, "driver_opts", FLAT,
            "ipam", FLAT, "labels", FLAT, "internal", "draw a network policy without egress rules",
            "attachable", FLAT, "enable_ipv4", FLAT, "enable_ipv6", FLAT);
    private static final Map<String, String> FILE = Map.of(
            "labels", "a secret or config map needs none", "driver", "there is no such driver",
            "driver_opts", "there is no such driver", "template_driver", "texts are kept as are");
    private static final Map<String, String> BUILD = Map.ofEntries(
            Map.entry("dockerfile_inline", "write it into a file of the build's folder"),
            Map.entry("cache_from", "the builder keeps its own cache"),
            Map.entry("cache_to", "the builder keeps its own cache"),
            Map.entry("ssh", "the builder has no keys"),
            Map.entry("secrets", "the builder is given none"),
            Map.entry("labels", "set them in the Dockerfile"),
            Map.entry("network", "the builder's own holds"),
            Map.entry("shm_size", "the builder's own holds"),
            Map.entry("platforms", "the builder's own platform holds"),
            Map.entry("tags", "the image's name is its only tag"),
            Map.entry("extra_hosts", "the builder's own hold"),
            Map.entry("isolation", "is for Windows containers"),
            Map.entry("privileged", "builds are not privileged"),
            Map.entry("pull", "the builder always looks for newer base images"),
            Map.entry("no_cache", "the builder keeps its own cache"),
            Map.entry("additional_contexts", "only one folder goes into a build"),
            Map.entry("entitlements", "builds are not privileged"),
            Map.entry("ulimits", "the builder's own hold"),
            Map.entry("provenance", "the builder makes none"),
            Map.entry("sbom", "the builder makes none"));
    private static final Map<String, String> HEALTHCHECK = Map.of("start_interval",
            "probes have one interval");
    private static final Map<String, String> PORT = Map.of("mode", "a Service balances all its"
            + " ports", "name", "the Service names its ports by number", "app_protocol",
            "set appProtocol at the Service's port");
    private static final Map<String, String> MOUNT = Map.of("bind", "there is no such option",
            "consistency", "there is no such option", "image", "there is no such option");
    private static final Map<String, String> REFERENCE = Map.of("uid", OWNER, "gid", OWNER);
    private static final Map<String, String> RESTART = Map.of(
            "delay", "Kubernetes waits longer after each failure",
            "window", "Kubernetes has no such window");
    private static final Map<String, String> ADDRESSES = Map.of("ipv4_address", FLAT,
            "ipv6_address", FLAT, "link_local_ips", FLAT, "mac_address", FLAT, "priority", FLAT,
            "gw_priority", FLAT, "driver_opts", FLAT, "interface_name", FLAT);

    private Details() {}

    static void tell(Report report, Compose compose) {
        compose.volumes().keySet().forEach(k -> drop(report, KeyPath.of("volumes", k), VOLUME));
        compose.networks().keySet().forEach(k -> drop(report, KeyPath.of("networks", k), NETWORK));
        compose.secrets().keySet().forEach(k -> drop(report, KeyPath.of("secrets", k), FILE));
        compose.configs().keySet().forEach(k -> drop(report, KeyPath.of("configs", k), FILE));
    }

    static void tell(Report report, ComposeService service) {
        KeyPath path = service.path();
        drop(report, path.key("build"), BUILD);
        drop(report, path.key("healthcheck"), HEALTHCHECK);
        drop(report, path.key("deploy").key("restart_policy"), RESTART);
        service.ports().forEach(p -> drop(report, p.path(), PORT));
        service.mounts().forEach(m -> drop(report, m.path(), MOUNT));
        List.of(service.secrets(), service.configs()).forEach(references ->
                references.forEach(r -> drop(report, r.path(), REFERENCE)));
        service.networks().keySet().forEach(network ->
                drop(report, path.key("networks").key(network), ADDRESSES));
    }

    private static void drop(Report report, KeyPath path, Map<String, String> keys) {
        keys.forEach((key, why) -> report.dropped(path.key(key), why));
    }
}
