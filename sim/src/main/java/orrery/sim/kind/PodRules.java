package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.sim.type.Json;
import orrery.sim.type.Quantity;

/// Defaults and checks of pods, and of the pod templates within workloads.
final class PodRules {
    private static final Pattern ENV = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
    private static final Pattern PORT_NAME =
            Pattern.compile("(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?");
    private static final List<String> CONTAINERS = List.of("initContainers", "containers");

    private PodRules() {}

    /// Defaults that depend on other fields.
    static void defaults(JsonNode spec) {
        for (String list : CONTAINERS) {
            for (JsonNode one : spec.path(list)) {
                if (one instanceof ObjectNode container) {
                    container(container);
                }
            }
        }
        if (spec.path("hostNetwork").asBoolean()) {
            spec.findValues("ports").forEach(ports -> ports.forEach(port -> {
                if (port instanceof ObjectNode one && !one.has("hostPort")) {
                    one.set("hostPort", one.get("containerPort"));
                }
            }));
        }
    }

    /// What admission adds to a pod, and not to a template.
    static void admit(ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        if (!spec.has("serviceAccountName")) {
            spec.put("serviceAccountName", spec.path("serviceAccount").asText("default"));
        }
        spec.put("serviceAccount", spec.path("serviceAccountName").asText());
        putIfAbsent(spec, "enableServiceLinks", true);
        if (!spec.has("priority")) {
            spec.put("priority", 0);
        }
        if (!spec.has("preemptionPolicy")) {
            spec.put("preemptionPolicy", "PreemptLowerPriority");
        }
        for (String taint : List.of("not-ready", "unreachable")) {
            String key = "node.kubernetes.io/" + taint;
            boolean tolerated = false;
            for (JsonNode toleration : spec.path("tolerations")) {
                tolerated |= toleration.path("key").asText().equals(key)
                        || !toleration.has("key");
            }
            if (!tolerated) {
                spec.withArray("tolerations").addObject().put("key", key)
                        .put("operator", "Exists").put("effect", "NoExecute")
                        .put("tolerationSeconds", 300);
            }
        }
        pod.putObject("status").put("phase", "Pending").put("qosClass", qos(spec));
    }

    private static void container(ObjectNode container) {
        if (!container.has("imagePullPolicy")) {
            String image = container.path("image").asText();
            String last = image.substring(image.lastIndexOf('/') + 1);
            boolean moving = !image.contains("@")
                    && (!last.contains(":") || last.endsWith(":latest"));
            container.put("imagePullPolicy", moving ? "Always" : "IfNotPresent");
        }
        JsonNode limits = container.path("resources").path("limits");
        if (!limits.isEmpty()) {
            ObjectNode requests = Json.child((ObjectNode) container.get("resources"), "requests");
            limits.properties().forEach(limit -> {
                if (!requests.has(limit.getKey())) {
                    requests.set(limit.getKey(), limit.getValue());
                }
            });
        }
    }

    private static String qos(JsonNode spec) {
        boolean any = false;
        boolean guaranteed = true;
        for (JsonNode container : spec.path("containers")) {
            JsonNode requests = container.path("resources").path("requests");
            JsonNode limits = container.path("resources").path("limits");
            any |= !requests.isEmpty() || !limits.isEmpty();
            for (String resource : List.of("cpu", "memory")) {
                guaranteed &= limits.has(resource)
                        && Json.same(limits.get(resource), requests.get(resource));
            }
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    /// @param at the path of the pod's spec
    static void check(JsonNode spec, String at, Mistakes mistakes) {
        check(spec, at, Set.of(), mistakes);
    }

    /// @param more volumes that the pod gets from elsewhere: a StatefulSet's claims
    static void check(JsonNode spec, String at, Set<String> more, Mistakes mistakes) {
        Set<String> volumes = volumes(spec.path("volumes"), at + ".volumes", mistakes);
        volumes.addAll(more);
        if (spec.path("containers").isEmpty()) {
            mistakes.required(at + ".containers", "");
        }
        Set<String> names = new HashSet<>();
        for (String list : CONTAINERS) {
            JsonNode containers = spec.path(list);
            for (int i = 0; i < containers.size(); i++) {
                container(containers.get(i), at + "." + list + "[" + i + "]", names, volumes,
                        mistakes);
            }
        }
        mistakes.oneOf(at + ".restartPolicy", spec.path("restartPolicy"),
                "Always", "OnFailure", "Never");
        mistakes.oneOf(at + ".dnsPolicy", spec.path("dnsPolicy"),
                "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        mistakes.between(at + ".terminationGracePeriodSeconds",
                spec.path("terminationGracePeriodSeconds"), 0, Long.MAX_VALUE);
        mistakes.between(at + ".activeDeadlineSeconds",
                spec.path("activeDeadlineSeconds"), 1, Integer.MAX_VALUE);
        Names.labels(spec.path("nodeSelector"), at + ".nodeSelector", mistakes);
        mistakes.matches(at + ".serviceAccountName", spec.path("serviceAccountName"),
                Names.SUBDOMAIN, Names.SUBDOMAIN_RULE);
        mistakes.matches(at + ".hostname", spec.path("hostname"), Names.LABEL, Names.LABEL_RULE);
        tolerations(spec.path("tolerations"), at + ".tolerations", mistakes);
    }

    private static Set<String> volumes(JsonNode volumes, String at, Mistakes mistakes) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            String name = volumes.get(i).path("name").asText();
            String field = at + "[" + i + "]";
            if (!Names.LABEL.matcher(name).matches()) {
                mistakes.invalid(field + ".name", name, Names.LABEL_RULE);
            } else if (!names.add(name)) {
                mistakes.duplicate(field + ".name", name);
            }
            if (volumes.get(i).size() > 2) {
                mistakes.forbidden(field, "may not specify more than 1 volume type");
            }
        }
        return names;
    }

    private static void container(JsonNode container, String at, Set<String> names,
            Set<String> volumes, Mistakes mistakes) {
        String name = container.path("name").asText();
        if (name.isEmpty()) {
            mistakes.required(at + ".name", "");
        } else if (!Names.LABEL.matcher(name).matches()) {
            mistakes.invalid(at + ".name", name, Names.LABEL_RULE);
        } else if (!names.add(name)) {
            mistakes.duplicate(at + ".name", name);
        }
        String image = container.path("image").asText();
        if (image.isEmpty()) {
            mistakes.required(at + ".image", "");
        } else if (!image.equals(image.strip())) {
            mistakes.invalid(at + ".image", image, "must not have leading or trailing whitespace");
        }
        mistakes.oneOf(at + ".imagePullPolicy", container.path("imagePullPolicy"),
                "Always", "IfNotPresent", "Never");
        ports(container.path("ports"), at + ".ports", mistakes);
        environment(container, at, mistakes);
        mounts(container.path("volumeMounts"), at + ".volumeMounts", volumes, mistakes);
        resources(container.path("resources"), at + ".resources", mistakes);
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            probe(container.path(probe), at + "." + probe, mistakes);
        }
    }

    private static void ports(JsonNode ports, String at, Mistakes mistakes) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            String field = at + "[" + i + "]";
            if (port.path("containerPort").asInt() == 0) {
                mistakes.required(field + ".containerPort", "");
            }
            mistakes.between(field + ".containerPort", port.path("containerPort"), 1, 65535);
            mistakes.between(field + ".hostPort", port.path("hostPort"), 0, 65535);
            mistakes.oneOf(field + ".protocol", port.path("protocol"), "SCTP", "TCP", "UDP");
            mistakes.matches(field + ".name", port.path("name"), PORT_NAME,
                    "must be at most 15 characters, a-z, 0-9 and -, with at least one letter");
            if (port.has("name") && !names.add(port.get("name").asText())) {
                mistakes.duplicate(field + ".name", port.get("name").asText());
            }
        }
    }

    private static void environment(JsonNode container, String at, Mistakes mistakes) {
        JsonNode all = container.path("env");
        for (int i = 0; i < all.size(); i++) {
            String name = all.get(i).path("name").asText();
            String field = at + ".env[" + i + "]";
            if (name.isEmpty()) {
                mistakes.required(field + ".name", "");
            } else if (!ENV.matcher(name).matches()) {
                mistakes.invalid(field + ".name", name, "a valid environment variable name must"
                        + " consist of alphabetic characters, digits, '_', '-', or '.', and must"
                        + " not start with a digit");
            }
            if (all.get(i).has("valueFrom")
                    && !all.get(i).path("value").asText().isEmpty()) {
                mistakes.invalid(field + ".valueFrom", "",
                        "may not be specified when `value` is not empty");
            }
        }
    }

    private static void mounts(
            JsonNode mounts, String at, Set<String> volumes, Mistakes mistakes) {
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            String name = mounts.get(i).path("name").asText();
            String path = mounts.get(i).path("mountPath").asText();
            String field = at + "[" + i + "]";
            if (!volumes.contains(name)) {
                mistakes.notFound(field + ".name", name);
            }
            if (path.isEmpty()) {
                mistakes.required(field + ".mountPath", "");
            } else if (!paths.add(path)) {
                mistakes.invalid(field + ".mountPath", path, "must be unique");
            }
        }
    }

    static void resources(JsonNode resources, String at, Mistakes mistakes) {
        for (String kind : List.of("limits", "requests")) {
            resources.path(kind).properties().forEach(one -> {
                String field = at + "." + kind + "[" + one.getKey() + "]";
                var amount = Quantity.parse(one.getValue().asText());
                if (amount.isEmpty()) {
                    mistakes.invalid(field, one.getValue().asText(), "quantities must match the"
                            + " regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
                } else if (amount.get().compareTo(Quantity.ZERO) < 0) {
                    mistakes.invalid(field, one.getValue().asText(),
                            "must be greater than or equal to 0");
                }
            });
        }
        resources.path("requests").properties().forEach(request -> {
            var limit = Quantity.parse(
                    resources.path("limits").path(request.getKey()).asText());
            var asked = Quantity.parse(request.getValue().asText());
            if (limit.isPresent() && asked.isPresent()
                    && asked.get().compareTo(limit.get()) > 0) {
                mistakes.invalid(at + ".requests", request.getValue().asText(),
                        "must be less than or equal to %s limit of %s".formatted(
                                request.getKey(),
                                resources.path("limits").path(request.getKey()).asText()));
            }
        });
    }

    private static void probe(JsonNode probe, String at, Mistakes mistakes) {
        if (!probe.isObject()) {
            return;
        }
        int handlers = 0;
        for (String handler : List.of("exec", "httpGet", "tcpSocket", "grpc")) {
            handlers += probe.has(handler) ? 1 : 0;
        }
        if (handlers == 0) {
            mistakes.required(at, "must specify a handler type");
        } else if (handlers > 1) {
            mistakes.forbidden(at, "may not specify more than 1 handler type");
        }
        for (String number : List.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                "successThreshold", "failureThreshold")) {
            mistakes.between(at + "." + number, probe.path(number), 0, Integer.MAX_VALUE);
        }
    }

    private static void tolerations(JsonNode tolerations, String at, Mistakes mistakes) {
        for (int i = 0; i < tolerations.size(); i++) {
            JsonNode one = tolerations.get(i);
            mistakes.oneOf(at + "[" + i + "].operator", one.path("operator"), "Exists", "Equal");
            mistakes.oneOf(at + "[" + i + "].effect", one.path("effect"),
                    "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }

    private static void putIfAbsent(ObjectNode node, String field, boolean value) {
        if (!node.has(field)) {
            node.put(field, value);
        }
    }
}
