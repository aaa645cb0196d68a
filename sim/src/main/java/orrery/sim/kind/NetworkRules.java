package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import orrery.sim.type.Json;

/// Defaults and checks of Service.
final class NetworkRules {
    private NetworkRules() {}

    static void serviceDefaults(ObjectNode spec) {
        String type = spec.path("type").asText();
        for (JsonNode one : spec.path("ports")) {
            if (one instanceof ObjectNode port && !port.has("targetPort") && port.has("port")) {
                port.set("targetPort", port.get("port"));
            }
        }
        if (!type.equals("ExternalName")) {
            put(spec, "internalTrafficPolicy", "Cluster");
            put(spec, "ipFamilyPolicy", "SingleStack");
            if (!spec.has("ipFamilies")) {
                spec.putArray("ipFamilies").add("IPv4");
            }
        }
        if (type.equals("NodePort") || type.equals("LoadBalancer")) {
            put(spec, "externalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer") && !spec.has("allocateLoadBalancerNodePorts")) {
            spec.put("allocateLoadBalancerNodePorts", true);
        }
        if (spec.path("clusterIP").isTextual() && !spec.has("clusterIPs")
                && !spec.path("clusterIP").asText().isEmpty()) {
            spec.putArray("clusterIPs").add(spec.path("clusterIP").asText());
        }
    }

    static void service(JsonNode object, JsonNode old, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        mistakes.oneOf("spec.type", spec.path("type"),
                "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        mistakes.oneOf("spec.sessionAffinity", spec.path("sessionAffinity"), "ClientIP", "None");
        boolean external = spec.path("type").asText().equals("ExternalName");
        boolean headless = spec.path("clusterIP").asText().equals("None");
        if (external && spec.path("externalName").asText().isEmpty()) {
            mistakes.required("spec.externalName", "");
        }
        JsonNode ports = spec.path("ports");
        if (ports.isEmpty() && !external && !headless) {
            mistakes.required("spec.ports", "");
        }
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            port(ports, i, names, numbers, mistakes);
        }
        Names.labels(spec.path("selector"), "spec.selector", mistakes);
        if (old != null && !external && !old.path("spec").path("clusterIP").asText().isEmpty()
                && !Json.same(old.path("spec").get("clusterIP"), spec.get("clusterIP"))) {
            mistakes.invalid("spec.clusterIPs[0]", spec.path("clusterIP").asText(),
                    "may not change once set");
        }
    }

    private static void port(JsonNode ports, int i, Set<String> names, Set<String> numbers,
            Mistakes mistakes) {
        JsonNode port = ports.get(i);
        String at = "spec.ports[" + i + "]";
        String name = port.path("name").asText();
        if (name.isEmpty() && ports.size() > 1) {
            mistakes.required(at + ".name", "");
        } else if (!name.isEmpty() && !Names.LABEL.matcher(name).matches()) {
            mistakes.invalid(at + ".name", name, Names.LABEL_RULE);
        } else if (!name.isEmpty() && !names.add(name)) {
            mistakes.duplicate(at + ".name", name);
        }
        if (!numbers.add(port.path("port").asText() + "/" + port.path("protocol").asText())) {
            mistakes.duplicate(at, port.path("port"));
        }
        if (port.path("port").asInt() == 0) {
            mistakes.invalid(at + ".port", 0, "must be between 1 and 65535, inclusive");
        }
        mistakes.between(at + ".port", port.path("port"), 0, 65535);
        mistakes.between(at + ".targetPort", port.path("targetPort"), 1, 65535);
        mistakes.between(at + ".nodePort", port.path("nodePort"), 0, 65535);
        mistakes.oneOf(at + ".protocol", port.path("protocol"), "SCTP", "TCP", "UDP");
    }

    private static void put(ObjectNode node, String field, String value) {
        if (!node.has(field)) {
            node.put(field, value);
        }
    }
}
