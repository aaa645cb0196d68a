package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Service: of the workload that it is linked with, unless the node names another.
final class ServiceObject {
    private ServiceObject() {}

    static ObjectNode of(Part part) {
        Fields fields = part.fields();
        ObjectNode service = part.object();
        ObjectNode spec = service.putObject("spec");
        String type = type(fields);
        if (type.equals("Headless")) {
            spec.put("type", "ClusterIP").put("clusterIP", "None");
        } else {
            spec.put("type", type);
        }
        if (type.equals("ExternalName")) {
            String name = fields.text("externalName", "");
            fields.check("externalName", name, Rules::isName, "it must be a host name");
            spec.put("externalName", name);
            return service;
        }
        selector(part, spec);
        // A headless name may lead to pods without saying which ports they have.
        if (!type.equals("Headless") || fields.has("ports") || fields.has("port")) {
            ports(part, spec.putArray("ports"), type);
        }
        balancing(fields, spec, type);
        affinity(fields, spec);
        if (fields.flag("publishNotReadyAddresses", false)) {
            spec.put("publishNotReadyAddresses", true);
        }
        return service;
    }

    private static String type(Fields fields) {
        String field = fields.has("serviceType") ? "serviceType" : "type";
        String type = fields.oneOf(field, "ClusterIP",
                "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "Headless");
        boolean headless = fields.flag("headless", false)
                || fields.text("clusterIP", "").equals("None");
        return headless && type.equals("ClusterIP") ? "Headless" : type;
    }

    private static void selector(Part part, ObjectNode spec) {
        Fields fields = part.fields();
        ObjectNode selector = spec.putObject("selector");
        Map<String, String> own = fields.pairs("selector");
        String target = fields.text("targetApp",
                linked(part).map(Node::name).orElse(""));
        own.forEach(selector::put);
        if (own.isEmpty() && !target.isEmpty()) {
            selector.put("app", target);
        }
        if (selector.isEmpty()) {
            fields.wrong("targetApp", "is missing; name a workload, or draw an edge to one");
        }
    }

    private static Optional<Node> linked(Part part) {
        return part.wiring().first(part.node(), Kind::isServer);
    }

    private static void ports(Part part, ArrayNode ports, String type) {
        Fields fields = part.fields();
        List<Fields> several = fields.objects("ports");
        if (several.isEmpty()) {
            long port = fields.whole("port", 80, 1, 65535);
            ObjectNode only = ports.addObject().put("name", "http")
                    .put("protocol", protocol(fields)).put("port", port);
            if (fields.has("targetPort")) {
                target(fields, only);
            } else {
                only.put("targetPort", linkedPort(part));
            }
            nodePort(fields, only, type);
            return;
        }
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (Fields one : several) {
            long number = one.has("port") ? one.whole("port", 80, 1, 65535)
                    : one.whole("targetPort", 80, 1, 65535);
            String protocol = protocol(one);
            String name = one.text("name", "p" + number
                    + (protocol.equals("TCP") ? "" : "-" + protocol.toLowerCase(
                            Locale.ROOT)));
            one.check("name", name, Rules::isLabel, Rules.LABEL);
            if (!names.add(name)) {
                one.wrong("name", "'%s' is another port's name too".formatted(name));
            }
            if (!numbers.add(number + protocol)) {
                one.wrong("port", "%d/%s is listed twice".formatted(number, protocol));
            }
            ObjectNode port = ports.addObject()
                    .put("name", name).put("protocol", protocol).put("port", number);
            if (one.has("appProtocol")) {
                port.put("appProtocol", one.text("appProtocol", ""));
            }
            target(one, port);
            nodePort(one, port, type);
        }
    }

    private static long linkedPort(Part part) {
        JsonNode linked = linked(part).map(n -> n.data().path("port"))
                .orElse(part.node().data().path("port"));
        long port = linked.asLong(0);
        return port >= 1 && port <= 65535 ? port : 8080;
    }

    private static String protocol(Fields fields) {
        String given = fields.text("protocol", "TCP").toUpperCase(Locale.ROOT);
        if (!Set.of("TCP", "UDP", "SCTP").contains(given)) {
            fields.wrong("protocol", "must be TCP, UDP or SCTP");
        }
        return given;
    }

    private static void target(Fields fields, ObjectNode port) {
        String target = fields.text("targetPort", "");
        if (target.matches("(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")) {
            port.put("targetPort", target);
        } else {
            port.put("targetPort", fields.whole("targetPort", port.path("port").asLong(),
                    1, 65535));
        }
    }

    private static void nodePort(Fields fields, ObjectNode port, String type) {
        if (fields.has("nodePort")) {
            if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
                fields.wrong("nodePort", "needs serviceType NodePort or LoadBalancer");
            }
            port.put("nodePort", fields.whole("nodePort", 30000, 1, 65535));
        }
    }

    private static void balancing(Fields fields, ObjectNode spec, String type) {
        if (type.equals("LoadBalancer")) {
            if (fields.has("loadBalancerIP")) {
                String address = fields.text("loadBalancerIP", "");
                fields.check("loadBalancerIP", address, Addresses::isAddress,
                        "it must be an IP address");
                spec.put("loadBalancerIP", address);
            }
            List<String> ranges = fields.texts("loadBalancerSourceRanges");
            if (!ranges.isEmpty()) {
                ArrayNode list = spec.putArray("loadBalancerSourceRanges");
                ranges.forEach(range -> {
                    fields.check("loadBalancerSourceRanges", range, Addresses::isRange,
                            "it must be a range such as 10.0.0.0/8");
                    list.add(range);
                });
            }
        }
        if ((type.equals("LoadBalancer") || type.equals("NodePort"))
                && fields.has("externalTrafficPolicy")) {
            spec.put("externalTrafficPolicy",
                    fields.oneOf("externalTrafficPolicy", "Cluster", "Cluster", "Local"));
        }
    }

    private static void affinity(Fields fields, ObjectNode spec) {
        if (fields.oneOf("sessionAffinity", "None", "None", "ClientIP").equals("ClientIP")) {
            spec.put("sessionAffinity", "ClientIP").putObject("sessionAffinityConfig")
                    .putObject("clientIP").put("timeoutSeconds",
                            fields.whole("sessionAffinityTimeout", 10_800, 1, 86_400));
        }
    }
}
