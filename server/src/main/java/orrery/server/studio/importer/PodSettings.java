package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import orrery.server.studio.importer.ComposeService.Process;

/// What the processes are given: user, folders, host names, time to stop, name servers.
final class PodSettings {
    private final ComposeService service;
    private final Process process;
    private final Report report;
    private final ObjectNode data;

    private PodSettings(Scene scene, ComposeService service, ObjectNode data) {
        this.service = service;
        this.process = service.process();
        this.report = scene.report();
        this.data = data;
    }

    static void add(Scene scene, ComposeService service, ObjectNode data) {
        PodSettings settings = new PodSettings(scene, service, data);
        settings.basics();
        settings.hosts();
        settings.dns();
        settings.image();
        settings.memory();
        settings.annotations();
    }

    private KeyPath key(String name) {
        return service.path().key(name);
    }

    private void basics() {
        put("working_dir", "workingDir", process.workingDir());
        if (process.hostname() != null) {
            put("hostname", "hostname", ObjectNames.of(process.hostname()));
        }
        if (process.domainname() != null) {
            put("domainname", "subdomain", ObjectNames.of(process.domainname()));
        }
        flag("tty", "tty", process.tty());
        flag("stdin_open", "stdin", process.stdin());
        flag("pid", "hostPID", process.hostPid());
        flag("ipc", "hostIPC", process.hostIpc());
        if (process.stopGrace() != null) {
            data.put("terminationGracePeriodSeconds", Units.seconds(process.stopGrace()));
            report.converted(key("stop_grace_period"), "the pod's time to end");
        }
        report.approximated(key("container_name"), "the container is called like the workload; the"
                + " name stays reachable where others speak of it");
    }

    private void put(String key, String field, String value) {
        if (value != null) {
            data.put(field, value);
            report.converted(key(key), "the pod's " + field);
        }
    }

    private void flag(String key, String field, boolean value) {
        if (value) {
            data.put(field, true);
            report.converted(key(key), "the pod's " + field);
        } else {
            report.dropped(key(key), "no counterpart");
        }
    }

    private void hosts() {
        Map<String, ArrayNode> byAddress = new LinkedHashMap<>();
        ArrayNode aliases = data.arrayNode();
        boolean gateway = false;
        for (String host : process.extraHosts()) {
            String[] parts = host.split("=", 2);
            if (!parts[1].matches("[0-9a-fA-F.:]+")) {
                gateway = true;
                continue;
            }
            byAddress.computeIfAbsent(parts[1], ip -> aliases.addObject().put("ip", ip)
                    .putArray("hostnames")).add(parts[0]);
        }
        if (!aliases.isEmpty()) {
            data.set("hostAliases", aliases);
            report.converted(key("extra_hosts"), "lines of the pod's hosts file");
        }
        if (gateway) {
            report.dropped(key("extra_hosts"), "host-gateway: pods have no way to the machine that"
                    + " Compose ran on");
        }
    }

    private void dns() {
        ObjectNode config = data.objectNode();
        process.dns().forEach(config.withArrayProperty("nameservers")::add);
        process.dnsSearch().forEach(config.withArrayProperty("searches")::add);
        for (String option : process.dnsOptions()) {
            String[] parts = option.split(":", 2);
            ObjectNode made = config.withArrayProperty("options").addObject()
                    .put("name", parts[0]);
            if (parts.length == 2) {
                made.put("value", parts[1]);
            }
        }
        for (String name : List.of("nameservers", "searches", "options")) {
            if (config.path(name).isEmpty()) {
                config.remove(name);
            }
        }
        if (!config.isEmpty()) {
            data.set("dnsConfig", config);
        }
        report.approximated(key("dns"), "asked after the cluster's own, which knows the services");
        report.converted(key("dns_search"), "the pod's search domains");
        report.converted(key("dns_opt"), "the pod's resolver options");
    }

    private void image() {
        String policy = process.pullPolicy() == null ? "" : process.pullPolicy();
        String made = switch (policy.toLowerCase(Locale.ROOT)) {
            case "always" -> "Always";
            case "missing", "if_not_present" -> "IfNotPresent";
            case "never" -> "Never";
            default -> "";
        };
        if (!made.isEmpty()) {
            put("pull_policy", "imagePullPolicy", made);
        } else {
            report.dropped(key("pull_policy"), "'%s' has no counterpart".formatted(policy));
        }
        if (process.platform() != null) {
            String[] parts = process.platform().split("/");
            ObjectNode selector = data.withObjectProperty("nodeSelector");
            selector.put("kubernetes.io/os", parts[0]);
            if (parts.length > 1 && Set.of("amd64", "arm64", "arm", "386", "ppc64le", "s390x",
                    "riscv64").contains(parts[1])) {
                selector.put("kubernetes.io/arch", parts[1]);
            }
            report.converted(key("platform"), "the pod's node selector");
        }
    }

    private void memory() {
        // Read where the limits are, so that a size that cannot be read is a mistake of the file.
        if (service.shmSize() > 0) {
            data.withArrayProperty("volumeMounts").addObject().put("type", "emptyDir")
                    .put("name", "shm").put("mountPath", "/dev/shm").put("medium", "Memory")
                    .put("sizeLimit", Units.quantity(service.shmSize()));
            report.converted(key("shm_size"), "a folder in memory at /dev/shm");
        }
    }

    /// Labels of Docker take any text, those of Kubernetes do not: they become annotations.
    private void annotations() {
        Map<String, String> all = new LinkedHashMap<>(service.labels());
        all.putAll(service.deployment().labels());
        all.putAll(process.annotations());
        ObjectNode annotations = data.objectNode();
        int dropped = 0;
        for (Map.Entry<String, String> label : all.entrySet()) {
            if (label.getKey().startsWith("kompose.")) {
                continue;
            }
            if (isKey(label.getKey())) {
                annotations.put(label.getKey(), label.getValue());
            } else {
                dropped++;
            }
        }
        if (!annotations.isEmpty()) {
            data.set("annotations", annotations);
            data.set("podAnnotations", annotations.deepCopy());
        }
        String note = "annotations, since labels of Kubernetes do not take any text";
        for (KeyPath path : List.of(key("labels"), key("annotations"),
                key("deploy").key("labels"))) {
            if (dropped > 0) {
                report.approximated(path, note + "; %d have names that Kubernetes does not take"
                        .formatted(dropped));
            } else {
                report.converted(path, note);
            }
        }
    }

    private static boolean isKey(String key) {
        return key.matches("([a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?/)?"
                + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    }
}
