package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The pod of every workload: one container, named like the workload.
final class PodTemplate {
    /// Trees that go into the pod as they stand, in Kubernetes' own shape.
    private static final List<String> POD_TREES = List.of("affinity", "dnsConfig");
    private static final List<String> POD_LISTS =
            List.of("tolerations", "hostAliases", "topologySpreadConstraints", "initContainers");
    private static final List<String> POD_TEXTS = List.of("serviceAccountName", "hostname",
            "subdomain", "priorityClassName", "runtimeClassName", "schedulerName");
    private static final List<String> POD_FLAGS =
            List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace");
    /// What only a pod's security context knows; the rest of `securityContext` is a container's.
    private static final List<String> POD_SECURITY = List.of(
            "fsGroup", "fsGroupChangePolicy", "supplementalGroups", "sysctls");

    private PodTemplate() {}

    /// Fills `template` and gives it back.
    static ObjectNode of(Part part, ObjectNode template, String restartPolicy) {
        Fields fields = part.fields();
        ObjectNode metadata = template.putObject("metadata");
        ObjectNode labels = part.labels();
        if (fields.has("version")) {
            String version = fields.text("version", "");
            fields.check("version", version, Rules::isLabelValue, "it must be a label's value");
            labels.put("version", version);
        }
        metadata.set("labels", labels);
        if (fields.has("podAnnotations")) {
            ObjectNode annotations = metadata.putObject("annotations");
            fields.pairs("podAnnotations").forEach(annotations::put);
        }
        ObjectNode pod = template.putObject("spec");
        ObjectNode container = pod.putArray("containers").addObject();
        container(part, container);
        Volumes.into(part, pod, container);
        pod(fields, pod, restartPolicy);
        security(fields, pod, container);
        Checksums.annotate(part, template);
        return template;
    }

    private static void container(Part part, ObjectNode container) {
        Fields fields = part.fields();
        container.put("name", Rules.toLabel(part.name()));
        String image = fields.text("image", "");
        fields.check("image", image, Rules::isImage,
                "it must be an image such as nginx:1.27, without spaces");
        container.put("image", image);
        if (fields.has("imagePullPolicy")) {
            container.put("imagePullPolicy", fields.oneOf("imagePullPolicy", "IfNotPresent",
                    "Always", "IfNotPresent", "Never"));
        }
        texts(fields, container, "command");
        texts(fields, container, "args");
        if (fields.has("workingDir")) {
            container.put("workingDir", fields.text("workingDir", ""));
        }
        ports(fields, container);
        Environment.into(part, container);
        resources(fields, container);
        Probes.into(fields, container);
        for (String name : List.of("stdin", "tty")) {
            if (fields.flag(name, false)) {
                container.put(name, true);
            }
        }
        if (fields.has("lifecycle")) {
            container.set("lifecycle", fields.tree("lifecycle"));
        }
    }

    private static void ports(Fields fields, ObjectNode container) {
        ArrayNode ports = container.arrayNode();
        Set<String> seen = new HashSet<>();
        for (Fields port : fields.objects("ports")) {
            String field = port.has("containerPort") ? "containerPort" : "port";
            long number = port.whole(field, 0, 1, 65535);
            String protocol = port.text("protocol", "TCP").toUpperCase(Locale.ROOT);
            if (!Set.of("TCP", "UDP", "SCTP").contains(protocol)) {
                port.wrong("protocol", "must be TCP, UDP or SCTP");
            }
            if (number == 0) {
                port.wrong(field, "is missing; it must be from 1 to 65535");
            } else if (seen.add(number + protocol)) {
                ObjectNode made = ports.addObject().put("containerPort", number)
                        .put("protocol", protocol);
                if (port.has("name")) {
                    String name = port.text("name", "");
                    port.check("name", name, n -> Rules.isLabel(n) && n.length() <= 15
                            && n.matches(".*[a-z].*"), "it must have at most 15 lower-case"
                            + " letters, digits and '-', and a letter among them");
                    made.put("name", name);
                }
            }
        }
        if (fields.has("port")) {
            long number = fields.whole("port", 0, 1, 65535);
            if (seen.add(number + "TCP")) {
                ports.insertObject(0).put("name", "http").put("containerPort", number)
                        .put("protocol", "TCP");
            }
        }
        if (!ports.isEmpty()) {
            container.set("ports", ports);
        }
    }

    private static void resources(Fields fields, ObjectNode container) {
        if (!fields.has("resources")) {
            return;
        }
        Fields given = fields.object("resources");
        ObjectNode made = container.objectNode();
        for (String part : List.of("requests", "limits")) {
            given.pairs(part).forEach((resource, amount) -> {
                if (!amount.isBlank()) {
                    given.object(part).check(resource, amount, Rules::isQuantity, Rules.QUANTITY);
                    made.withObjectProperty(part).put(resource, amount);
                }
            });
        }
        if (!made.isEmpty()) {
            container.set("resources", made);
        }
    }

    private static void pod(Fields fields, ObjectNode pod, String restartPolicy) {
        pod.put("restartPolicy", restartPolicy);
        // Docker never had these variables, and some programs stumble over DB_PORT=tcp://….
        pod.put("enableServiceLinks", fields.flag("enableServiceLinks", false));
        for (String name : POD_TEXTS) {
            if (fields.has(name)) {
                pod.put(name, fields.text(name, ""));
            }
        }
        for (String name : POD_FLAGS) {
            if (fields.flag(name, false)) {
                pod.put(name, true);
            }
        }
        POD_TREES.stream().filter(fields::has).forEach(n -> pod.set(n, fields.tree(n)));
        POD_LISTS.stream().filter(fields::has).forEach(n -> list(fields, pod, n));
        if (fields.has("nodeSelector")) {
            ObjectNode selector = pod.putObject("nodeSelector");
            fields.pairs("nodeSelector").forEach(selector::put);
        }
        if (fields.has("dnsPolicy") || fields.flag("hostNetwork", false)) {
            pod.put("dnsPolicy", fields.oneOf("dnsPolicy", "ClusterFirstWithHostNet",
                    "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"));
        }
        if (fields.has("terminationGracePeriodSeconds")) {
            pod.put("terminationGracePeriodSeconds",
                    fields.whole("terminationGracePeriodSeconds", 30, 0, 86_400));
        }
        pullSecrets(fields, pod);
    }

    private static void list(Fields fields, ObjectNode pod, String name) {
        ArrayNode list = pod.putArray(name);
        fields.objects(name);
        fields.raw(name).forEach(item -> list.add(item.deepCopy()));
    }

    private static void pullSecrets(Fields fields, ObjectNode pod) {
        JsonNode secrets = fields.raw("imagePullSecrets");
        if (secrets.isMissingNode()) {
            return;
        }
        ArrayNode list = pod.putArray("imagePullSecrets");
        for (JsonNode secret : secrets.isArray() ? secrets : list.arrayNode().add(secrets)) {
            String name = secret.isTextual() ? secret.textValue() : secret.path("name").asText("");
            fields.check("imagePullSecrets", name, Rules::isName, Rules.NAME);
            list.addObject().put("name", name);
        }
    }

    private static void security(Fields fields, ObjectNode pod, ObjectNode container) {
        ObjectNode own = fields.tree("securityContext");
        ObjectNode shared = fields.tree("podSecurityContext");
        for (String name : POD_SECURITY) {
            if (own.has(name)) {
                shared.set(name, own.remove(name));
            }
        }
        if (!shared.isEmpty()) {
            pod.set("securityContext", shared);
        }
        if (!own.isEmpty()) {
            container.set("securityContext", own);
        }
    }

    private static void texts(Fields fields, ObjectNode container, String name) {
        List<String> texts = fields.texts(name);
        if (!texts.isEmpty()) {
            ArrayNode list = container.putArray(name);
            texts.forEach(list::add);
        }
    }
}
