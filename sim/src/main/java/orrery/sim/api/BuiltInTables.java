package orrery.sim.api;

import static orrery.sim.api.Tables.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import orrery.sim.api.Tables.Cell;
import orrery.sim.api.Tables.Column;
import orrery.sim.type.Json;

/// The columns of the built-in types, as people know them from `kubectl get`.
final class BuiltInTables {
    private static final String NONE = "<none>";
    private static final Map<String, List<Column>> TABLES = Map.ofEntries(
            table("namespaces", string("Status", at("/status/phase", ""))),
            table("nodes",
                    string("Status", BuiltInTables::nodeStatus),
                    string("Roles", BuiltInTables::nodeRoles), Tables.AGE,
                    string("Version", at("/status/nodeInfo/kubeletVersion", "")),
                    wide("Internal-IP", node -> address(node, "InternalIP")),
                    wide("External-IP", node -> address(node, "ExternalIP")),
                    wide("OS-Image", at("/status/nodeInfo/osImage", "<unknown>")),
                    wide("Kernel-Version", at("/status/nodeInfo/kernelVersion", "<unknown>")),
                    wide("Container-Runtime",
                            at("/status/nodeInfo/containerRuntimeVersion", "<unknown>"))),
            table("pods",
                    string("Ready", BuiltInTables::podReady),
                    string("Status", PodStatus::of),
                    string("Restarts", BuiltInTables::restarts), Tables.AGE,
                    wide("IP", at("/status/podIP", NONE)),
                    wide("Node", at("/spec/nodeName", NONE)),
                    wide("Nominated Node", at("/status/nominatedNodeName", NONE)),
                    wide("Readiness Gates", pod -> NONE)),
            table("deployments.apps",
                    string("Ready", o -> ready(o, "/status/readyReplicas")),
                    number("Up-to-date", "/status/updatedReplicas"),
                    number("Available", "/status/availableReplicas"), Tables.AGE,
                    wide("Containers", o -> containers(o, "name")),
                    wide("Images", o -> containers(o, "image")),
                    wide("Selector", o -> pairs(o.at("/spec/selector/matchLabels")))),
            table("replicasets.apps",
                    number("Desired", "/spec/replicas"), number("Current", "/status/replicas"),
                    number("Ready", "/status/readyReplicas"), Tables.AGE,
                    wide("Containers", o -> containers(o, "name")),
                    wide("Images", o -> containers(o, "image")),
                    wide("Selector", o -> pairs(o.at("/spec/selector/matchLabels")))),
            table("statefulsets.apps",
                    string("Ready", o -> ready(o, "/status/readyReplicas")), Tables.AGE,
                    wide("Containers", o -> containers(o, "name")),
                    wide("Images", o -> containers(o, "image"))),
            table("daemonsets.apps",
                    number("Desired", "/status/desiredNumberScheduled"),
                    number("Current", "/status/currentNumberScheduled"),
                    number("Ready", "/status/numberReady"),
                    number("Up-to-date", "/status/updatedNumberScheduled"),
                    number("Available", "/status/numberAvailable"),
                    string("Node Selector", o -> pairs(o.at("/spec/template/spec/nodeSelector"))),
                    Tables.AGE),
            table("jobs.batch",
                    string("Status", BuiltInTables::jobStatus),
                    string("Completions", job -> job.at("/status/succeeded").asInt() + "/"
                            + job.at("/spec/completions").asInt(1)),
                    Column.of("Duration", "string", BuiltInTables::jobDuration), Tables.AGE,
                    wide("Containers", o -> containers(o, "name")),
                    wide("Images", o -> containers(o, "image"))),
            table("services",
                    string("Type", at("/spec/type", "")),
                    string("Cluster-IP", at("/spec/clusterIP", NONE)),
                    string("External-IP", BuiltInTables::externalIp),
                    string("Port(s)", BuiltInTables::ports), Tables.AGE,
                    wide("Selector", o -> pairs(o.at("/spec/selector")))),
            table("configmaps", Column.of("Data", "integer", (o, now) -> Json.mapper()
                    .valueToTree(o.path("data").size() + o.path("binaryData").size()))),
            table("secrets", string("Type", at("/type", "")),
                    Column.of("Data", "integer",
                            (o, now) -> Json.mapper().valueToTree(o.path("data").size()))),
            table("serviceaccounts", Column.of("Secrets", "integer",
                    (o, now) -> Json.mapper().valueToTree(o.path("secrets").size()))),
            table("persistentvolumeclaims",
                    string("Status", at("/status/phase", "")),
                    string("Volume", at("/spec/volumeName", "")),
                    string("Capacity", at("/status/capacity/storage", "")),
                    string("Access Modes", o -> modes(o.at("/spec/accessModes"))),
                    string("StorageClass", at("/spec/storageClassName", "")), Tables.AGE),
            table("leases.coordination.k8s.io",
                    string("Holder", at("/spec/holderIdentity", ""))),
            table("customresourcedefinitions.apiextensions.k8s.io",
                    string("Created At", at("/metadata/creationTimestamp", ""))),
            table("clusterroles.rbac.authorization.k8s.io",
                    string("Created At", at("/metadata/creationTimestamp", ""))),
            table("rolebindings.rbac.authorization.k8s.io",
                    string("Role", o -> role(o.path("roleRef"))), Tables.AGE),
            table("clusterrolebindings.rbac.authorization.k8s.io",
                    string("Role", o -> role(o.path("roleRef"))), Tables.AGE),
            table("events",
                    Column.of("Last Seen", "string", (o, now) -> text(Ages.since(
                            o.at("/lastTimestamp").asText(o.at("/eventTime").asText()), now))),
                    string("Type", at("/type", "")), string("Reason", at("/reason", "")),
                    string("Object", o -> o.at("/involvedObject/kind").asText().toLowerCase(
                            java.util.Locale.ROOT) + "/" + o.at("/involvedObject/name").asText()),
                    string("Message", at("/message", ""))));

    private BuiltInTables() {}

    static List<Column> columns(String type) {
        List<Column> more = BoundTables.TABLES.get(type);
        return more != null ? more
                : TABLES.getOrDefault(type, List.of(Tables.NAME, Tables.AGE));
    }

    /// Name first; age last unless the type puts it elsewhere or does without.
    static Map.Entry<String, List<Column>> table(String type, Column... columns) {
        List<Column> all = new ArrayList<>();
        if (!type.equals("events")) {
            all.add(Tables.NAME);
        }
        all.addAll(List.of(columns));
        boolean dated = all.contains(Tables.AGE) || type.equals("events")
                || all.getLast().name().equals("Created At");
        if (!dated) {
            all.add(Tables.AGE);
        }
        return Map.entry(type, List.copyOf(all));
    }

    static Column string(String name, Function<JsonNode, String> cell) {
        return Column.of(name, "string", (object, now) -> text(cell.apply(object)));
    }

    static Column wide(String name, Function<JsonNode, String> cell) {
        return Column.wide(name, (object, now) -> text(cell.apply(object)));
    }

    static Column number(String name, String pointer) {
        Cell cell = (object, now) -> Json.mapper().valueToTree(object.at(pointer).asLong());
        return Column.of(name, "integer", cell);
    }

    static Function<JsonNode, String> at(String pointer, String otherwise) {
        return object -> object.at(pointer).asText(otherwise);
    }

    private static String ready(JsonNode object, String pointer) {
        return object.at(pointer).asLong() + "/" + object.at("/spec/replicas").asLong();
    }

    private static String podReady(JsonNode pod) {
        int ready = 0;
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            ready += status.path("ready").asBoolean() ? 1 : 0;
        }
        return ready + "/" + pod.at("/spec/containers").size();
    }

    private static String restarts(JsonNode pod) {
        long restarts = 0;
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            restarts += status.path("restartCount").asLong();
        }
        return Long.toString(restarts);
    }

    private static String nodeStatus(JsonNode node) {
        String ready = "Unknown";
        for (JsonNode condition : node.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                ready = condition.path("status").asText().equals("True") ? "Ready" : "NotReady";
            }
        }
        return node.at("/spec/unschedulable").asBoolean()
                ? ready + ",SchedulingDisabled" : ready;
    }

    private static String nodeRoles(JsonNode node) {
        String prefix = "node-role.kubernetes.io/";
        List<String> roles = new ArrayList<>();
        node.at("/metadata/labels").properties().forEach(label -> {
            if (label.getKey().startsWith(prefix)) {
                roles.add(label.getKey().substring(prefix.length()));
            }
        });
        return roles.isEmpty() ? NONE : String.join(",", roles);
    }

    private static String address(JsonNode node, String type) {
        for (JsonNode address : node.at("/status/addresses")) {
            if (address.path("type").asText().equals(type)) {
                return address.path("address").asText();
            }
        }
        return NONE;
    }

    private static String jobStatus(JsonNode job) {
        for (JsonNode condition : job.at("/status/conditions")) {
            boolean met = condition.path("status").asText().equals("True");
            String type = condition.path("type").asText();
            if (met && List.of("Complete", "Failed", "Suspended").contains(type)) {
                return type;
            }
        }
        return "Running";
    }

    private static JsonNode jobDuration(JsonNode job, Instant now) {
        String start = job.at("/status/startTime").asText();
        if (start.isEmpty()) {
            return text("");
        }
        String end = job.at("/status/completionTime").asText(now.toString());
        return text(Ages.of(Duration.between(Instant.parse(start), Instant.parse(end))));
    }

    private static String externalIp(JsonNode service) {
        List<String> all = new ArrayList<>();
        service.at("/status/loadBalancer/ingress").forEach(
                one -> all.add(one.path("ip").asText(one.path("hostname").asText())));
        service.at("/spec/externalIPs").forEach(one -> all.add(one.asText()));
        if (!all.isEmpty()) {
            return String.join(",", all);
        }
        return switch (service.at("/spec/type").asText()) {
            case "LoadBalancer" -> "<pending>";
            case "ExternalName" -> service.at("/spec/externalName").asText();
            default -> NONE;
        };
    }

    private static String ports(JsonNode service) {
        List<String> all = new ArrayList<>();
        for (JsonNode port : service.at("/spec/ports")) {
            String node = port.path("nodePort").asInt() == 0
                    ? "" : ":" + port.path("nodePort").asInt();
            all.add(port.path("port").asInt() + node + "/"
                    + port.path("protocol").asText("TCP"));
        }
        return all.isEmpty() ? NONE : String.join(",", all);
    }

    private static String containers(JsonNode object, String field) {
        List<String> all = new ArrayList<>();
        object.at("/spec/template/spec/containers").forEach(
                container -> all.add(container.path(field).asText()));
        return String.join(",", all);
    }

    static String modes(JsonNode modes) {
        List<String> all = new ArrayList<>();
        modes.forEach(mode -> all.add(switch (mode.asText()) {
            case "ReadWriteOnce" -> "RWO";
            case "ReadOnlyMany" -> "ROX";
            case "ReadWriteMany" -> "RWX";
            default -> mode.asText();
        }));
        return String.join(",", all);
    }

    private static String pairs(JsonNode map) {
        List<String> all = new ArrayList<>();
        map.properties().forEach(e -> all.add(e.getKey() + "=" + e.getValue().asText()));
        return all.isEmpty() ? NONE : String.join(",", all);
    }

    private static String role(JsonNode ref) {
        return ref.path("kind").asText() + "/" + ref.path("name").asText();
    }
}
