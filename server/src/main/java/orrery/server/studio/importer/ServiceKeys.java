package orrery.server.studio.importer;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The keys of a service in the Compose Specification, and what becomes of those that have no
/// counterpart in Kubernetes.
final class ServiceKeys {
    /// Keys that are read.
    static final Set<String> READ = Set.of("annotations", "build", "cap_add", "cap_drop",
            "command", "configs", "container_name", "cpus", "depends_on", "deploy", "dns",
            "dns_opt", "dns_search", "domainname", "entrypoint", "env_file", "environment",
            "expose", "extends", "extra_hosts", "gpus", "group_add", "healthcheck", "hostname",
            "image", "ipc", "labels", "links", "mem_limit", "mem_reservation", "network_mode",
            "networks", "pid", "platform", "ports", "privileged", "profiles", "pull_policy",
            "read_only", "restart", "scale", "secrets", "security_opt", "shm_size", "stdin_open",
            "stop_grace_period", "sysctls", "tmpfs", "tty", "user", "volumes", "volumes_from",
            "working_dir");

    private static final String NODE = "belongs to the node's own settings in Kubernetes";
    private static final String SCHEDULER = "Kubernetes' scheduler has no such weight; use"
            + " deploy.resources";

    /// Keys that are dropped, and why.
    static final Map<String, String> DROPPED = new TreeMap<>(Map.ofEntries(
            Map.entry("attach", "only tells the terminal which logs to show"),
            Map.entry("blkio_config", NODE),
            Map.entry("cgroup", NODE),
            Map.entry("cgroup_parent", NODE),
            Map.entry("cpu_count", SCHEDULER),
            Map.entry("cpu_percent", SCHEDULER),
            Map.entry("cpu_period", SCHEDULER),
            Map.entry("cpu_quota", SCHEDULER),
            Map.entry("cpu_rt_period", NODE),
            Map.entry("cpu_rt_runtime", NODE),
            Map.entry("cpu_shares", SCHEDULER),
            Map.entry("cpuset", NODE),
            Map.entry("credential_spec", "is for Windows containers"),
            Map.entry("develop", "is for work on one's own machine"),
            Map.entry("device_cgroup_rules", NODE),
            Map.entry("devices", "a node's devices need a device plugin in Kubernetes; for GPUs"
                    + " use deploy.resources.reservations.devices"),
            Map.entry("driver_opts", "belongs to Docker's network driver"),
            Map.entry("external_links", "containers outside the file are unknown here; use an"
                    + " ExternalName service"),
            Map.entry("init", "Kubernetes starts no init process; build one into the image"),
            Map.entry("isolation", "is for Windows containers"),
            Map.entry("label_file", "the file was not uploaded"),
            Map.entry("logging", "the cluster's log collection decides, not the workload"),
            Map.entry("mac_address", "the network plugin gives the addresses"),
            Map.entry("mem_swappiness", NODE),
            Map.entry("memswap_limit", "Kubernetes gives containers no swap"),
            Map.entry("models", "there is no counterpart; deploy a model server and link it"),
            Map.entry("oom_kill_disable", NODE),
            Map.entry("oom_score_adj", "follows from the resource requests in Kubernetes"),
            Map.entry("pids_limit", NODE),
            Map.entry("post_start", "Kubernetes' hook runs as the container's own user and may"
                    + " run before it is up; move it into the image's entrypoint"),
            Map.entry("pre_stop", "move it into the image's handling of SIGTERM"),
            Map.entry("provider", "asks for a Docker plugin"),
            Map.entry("pull_refresh_after", "Kubernetes pulls when a pod starts"),
            Map.entry("runtime", "needs a RuntimeClass in the cluster; set runtimeClassName"),
            Map.entry("stop_signal", "Kubernetes sends the image's own STOPSIGNAL, else SIGTERM;"
                    + " set it in the image"),
            Map.entry("storage_opt", NODE),
            Map.entry("ulimits", NODE),
            Map.entry("use_api_socket", "pods are not given the node's container engine"),
            Map.entry("userns_mode", "Kubernetes has its own user namespaces (hostUsers)"),
            Map.entry("uts", NODE),
            Map.entry("volume_driver", "the storage class decides in Kubernetes")));

    /// Every key that the specification knows.
    static final Set<String> ALL = all();

    private ServiceKeys() {}

    private static Set<String> all() {
        Set<String> all = new HashSet<>(READ);
        all.addAll(DROPPED.keySet());
        return Set.copyOf(all);
    }
}
