package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import orrery.server.studio.importer.ComposeService.Process;
import org.jspecify.annotations.Nullable;

/// User, privileges and kernel settings.
final class Security {
    /// Kubernetes lets only these be set without the node's consent; a pod that asks for another
    /// would never start.
    private static final Set<String> SAFE_SYSCTLS = Set.of("kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start");

    private Security() {}

    static void add(Scene scene, ComposeService service, ObjectNode data) {
        Process process = service.process();
        Report report = scene.report();
        ObjectNode container = data.objectNode();
        ObjectNode pod = data.objectNode();
        user(report, service, container, pod);
        capabilities(container, "add", process.capAdd());
        capabilities(container, "drop", process.capDrop());
        report.converted(service.path().key("cap_add"), "added capabilities");
        report.converted(service.path().key("cap_drop"), "dropped capabilities");
        if (process.privileged()) {
            container.put("privileged", true);
            scene.warn(service, "it runs privileged, which many clusters refuse");
        }
        report.converted(service.path().key("privileged"), "the container's privileged flag");
        if (process.readOnly()) {
            container.put("readOnlyRootFilesystem", true);
        }
        report.converted(service.path().key("read_only"), "the container's root file system");
        options(report, service, container);
        sysctls(report, service, pod);
        if (!container.isEmpty()) {
            data.set("securityContext", container);
        }
        if (!pod.isEmpty()) {
            data.set("podSecurityContext", pod);
        }
    }

    private static void user(Report report, ComposeService service, ObjectNode container,
            ObjectNode pod) {
        String[] parts = (service.process().user() == null ? "" : service.process().user())
                .split(":", 2);
        KeyPath path = service.path().key("user");
        Long user = id(parts[0]);
        Long group = parts.length == 2 ? id(parts[1]) : null;
        if (user != null) {
            container.put("runAsUser", user);
        }
        if (group != null) {
            container.put("runAsGroup", group);
        }
        if (user != null && user > 0 && !service.mounts().isEmpty()) {
            // Fresh volumes belong to root; the group may write then.
            pod.put("fsGroup", group == null ? user : group);
        }
        if (user == null) {
            report.dropped(path, "Kubernetes takes numbers only; the image's own user holds. Write"
                    + " the user's number, such as \"1000\"");
        } else {
            report.converted(path, "the container's user");
        }
        List<Long> groups = service.process().groups().stream().map(Security::id)
                .filter(g -> g != null).toList();
        if (!groups.isEmpty()) {
            ArrayNode list = pod.putArray("supplementalGroups");
            groups.forEach(list::add);
            report.converted(service.path().key("group_add"), "the pod's further groups");
        } else {
            report.dropped(service.path().key("group_add"), "Kubernetes takes numbers only");
        }
    }

    private static @Nullable Long id(String text) {
        if (text.equals("root")) {
            return 0L;
        }
        return text.matches("[0-9]{1,10}") ? (Long) Long.parseLong(text) : null;
    }

    private static void capabilities(ObjectNode container, String field, List<String> names) {
        if (!names.isEmpty()) {
            ArrayNode list = container.withObjectProperty("capabilities").putArray(field);
            names.forEach(n -> list.add(n.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "")));
        }
    }

    private static void options(Report report, ComposeService service, ObjectNode container) {
        int kept = 0;
        for (String option : service.process().securityOptions()) {
            switch (option.replace('=', ':')) {
                case "no-new-privileges", "no-new-privileges:true" -> {
                    container.put("allowPrivilegeEscalation", false);
                    kept++;
                }
                case "seccomp:unconfined" -> {
                    container.putObject("seccompProfile").put("type", "Unconfined");
                    kept++;
                }
                default -> { }
            }
        }
        KeyPath path = service.path().key("security_opt");
        if (kept == service.process().securityOptions().size()) {
            report.converted(path, "the container's security context");
        } else {
            report.approximated(path, "%d of %d; profiles of AppArmor and labels of SELinux are"
                    .formatted(kept, service.process().securityOptions().size())
                    + " the cluster's to give");
        }
    }

    private static void sysctls(Report report, ComposeService service, ObjectNode pod) {
        Map<String, @Nullable String> all = service.process().sysctls();
        all.forEach((name, value) -> {
            if (SAFE_SYSCTLS.contains(name)) {
                pod.withArrayProperty("sysctls").addObject()
                        .put("name", name).put("value", value == null ? "" : value);
            }
        });
        List<String> left = all.keySet().stream().filter(n -> !SAFE_SYSCTLS.contains(n)).toList();
        KeyPath path = service.path().key("sysctls");
        if (left.isEmpty()) {
            report.converted(path, "the pod's kernel settings");
        } else {
            report.dropped(path, "%s: the cluster's nodes must allow these first; a pod that asks"
                    .formatted(String.join(", ", left)) + " for them would not start");
        }
    }
}
