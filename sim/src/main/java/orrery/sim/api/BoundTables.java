package orrery.sim.api;

import static orrery.sim.api.BuiltInTables.at;
import static orrery.sim.api.BuiltInTables.modes;
import static orrery.sim.api.BuiltInTables.number;
import static orrery.sim.api.BuiltInTables.string;
import static orrery.sim.api.BuiltInTables.table;
import static orrery.sim.api.BuiltInTables.wide;
import static orrery.sim.api.Tables.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.sim.api.Tables.Column;

/// The columns of what bounds, scales, schedules and reaches other objects.
final class BoundTables {
    private static final String NONE = "<none>";
    private static final String UNSET = "<unset>";
    private static final String NOT_SET = "N/A";

    static final Map<String, List<Column>> TABLES = Map.ofEntries(
            table("resourcequotas",
                    string("Request", quota -> quota(quota, false)),
                    string("Limit", quota -> quota(quota, true)), Tables.AGE),
            table("limitranges",
                    string("Created At", at("/metadata/creationTimestamp", ""))),
            table("poddisruptionbudgets.policy",
                    string("Min Available", at("/spec/minAvailable", NOT_SET)),
                    string("Max Unavailable", at("/spec/maxUnavailable", NOT_SET)),
                    number("Allowed Disruptions", "/status/disruptionsAllowed"), Tables.AGE),
            table("horizontalpodautoscalers.autoscaling",
                    string("Reference", scaler -> scaler.at("/spec/scaleTargetRef/kind").asText()
                            + "/" + scaler.at("/spec/scaleTargetRef/name").asText()),
                    string("Targets", BoundTables::targets),
                    string("MinPods", at("/spec/minReplicas", UNSET)),
                    number("MaxPods", "/spec/maxReplicas"),
                    number("Replicas", "/status/currentReplicas"), Tables.AGE),
            table("ingresses.networking.k8s.io",
                    string("Class", at("/spec/ingressClassName", NONE)),
                    string("Hosts", BoundTables::hosts),
                    string("Address", o -> joined(o.at("/status/loadBalancer/ingress"), "ip")),
                    string("Ports", o -> o.at("/spec/tls").isEmpty() ? "80" : "80, 443"),
                    Tables.AGE),
            table("cronjobs.batch",
                    string("Schedule", at("/spec/schedule", "")),
                    string("Timezone", at("/spec/timeZone", NONE)),
                    string("Suspend", o -> o.at("/spec/suspend").asBoolean() ? "True" : "False"),
                    Column.of("Active", "integer", (o, now) -> orrery.sim.type.Json.mapper()
                            .valueToTree(o.at("/status/active").size())),
                    Column.of("Last Schedule", "string", (o, now) -> text(
                            o.at("/status/lastScheduleTime").isTextual() ? Ages.since(
                                    o.at("/status/lastScheduleTime").asText(), now) : NONE)),
                    Tables.AGE),
            table("endpoints", string("Endpoints", BoundTables::addresses), Tables.AGE),
            table("endpointslices.discovery.k8s.io",
                    string("AddressType", at("/addressType", "")),
                    string("Ports", o -> joined(o.path("ports"), "port")),
                    string("Endpoints", BoundTables::endpoints), Tables.AGE),
            table("persistentvolumes",
                    string("Capacity", at("/spec/capacity/storage", "")),
                    string("Access Modes", o -> modes(o.at("/spec/accessModes"))),
                    string("Reclaim Policy", at("/spec/persistentVolumeReclaimPolicy", "")),
                    string("Status", at("/status/phase", "")),
                    string("Claim", BoundTables::claim),
                    string("StorageClass", at("/spec/storageClassName", "")), Tables.AGE,
                    wide("VolumeMode", at("/spec/volumeMode", UNSET))),
            table("storageclasses.storage.k8s.io",
                    string("Provisioner", at("/provisioner", "")),
                    string("ReclaimPolicy", at("/reclaimPolicy", "")),
                    string("VolumeBindingMode", at("/volumeBindingMode", "")),
                    string("AllowVolumeExpansion",
                            o -> Boolean.toString(o.path("allowVolumeExpansion").asBoolean())),
                    Tables.AGE),
            table("priorityclasses.scheduling.k8s.io",
                    number("Value", "/value"),
                    string("Global-Default",
                            o -> Boolean.toString(o.path("globalDefault").asBoolean())),
                    Tables.AGE),
            table("networkpolicies.networking.k8s.io",
                    string("Pod-Selector", o -> pairs(o.at("/spec/podSelector/matchLabels"))),
                    Tables.AGE));

    private BoundTables() {}

    /// `requests.cpu: 1/4, pods: 2/10`, or those of limits.
    private static String quota(JsonNode quota, boolean limits) {
        List<String> all = new ArrayList<>();
        quota.at("/status/hard").properties().stream().map(Map.Entry::getKey).sorted()
                .filter(resource -> resource.startsWith("limits.") == limits)
                .forEach(resource -> all.add(resource + ": "
                        + quota.at("/status/used").path(resource).asText() + "/"
                        + quota.at("/status/hard").path(resource).asText()));
        return String.join(", ", all);
    }

    private static String targets(JsonNode scaler) {
        List<String> all = new ArrayList<>();
        JsonNode now = scaler.at("/status/currentMetrics");
        for (JsonNode metric : scaler.at("/spec/metrics")) {
            JsonNode resource = metric.path("resource");
            if (!resource.isObject()) {
                continue;
            }
            boolean share = resource.at("/target").has("averageUtilization");
            String field = share ? "averageUtilization" : "averageValue";
            String unit = share ? "%" : "";
            JsonNode current = now.path(all.size()).path("resource").path("current").path(field);
            all.add(resource.path("name").asText() + ": "
                    + (current.isMissingNode() ? "<unknown>" : current.asText() + unit) + "/"
                    + resource.path("target").path(field).asText() + unit);
        }
        return all.isEmpty() ? NONE : String.join(", ", all);
    }

    private static String hosts(JsonNode ingress) {
        Set<String> hosts = new LinkedHashSet<>();
        ingress.at("/spec/rules").forEach(rule -> hosts.add(rule.path("host").asText("*")));
        return hosts.isEmpty() ? "*" : String.join(",", hosts);
    }

    private static String addresses(JsonNode endpoints) {
        List<String> all = new ArrayList<>();
        for (JsonNode subset : endpoints.path("subsets")) {
            subset.path("addresses").forEach(address -> subset.path("ports").forEach(
                    port -> all.add(address.path("ip").asText() + ":"
                            + port.path("port").asText())));
        }
        return some(all);
    }

    private static String endpoints(JsonNode slice) {
        List<String> all = new ArrayList<>();
        slice.path("endpoints").forEach(one -> one.path("addresses").forEach(
                address -> all.add(address.asText())));
        return some(all);
    }

    private static String some(List<String> all) {
        return all.isEmpty() ? NONE : all.size() <= 3 ? String.join(",", all)
                : String.join(",", all.subList(0, 3)) + " + " + (all.size() - 3) + " more...";
    }

    private static String joined(JsonNode list, String field) {
        List<String> all = new ArrayList<>();
        list.forEach(one -> all.add(one.path(field).asText()));
        return String.join(",", all);
    }

    private static String claim(JsonNode volume) {
        JsonNode claim = volume.at("/spec/claimRef");
        return claim.isObject() ? claim.path("namespace").asText() + "/"
                + claim.path("name").asText() : "";
    }

    private static String pairs(JsonNode map) {
        List<String> all = new ArrayList<>();
        map.properties().forEach(e -> all.add(e.getKey() + "=" + e.getValue().asText()));
        return all.isEmpty() ? NONE : String.join(",", all);
    }
}
