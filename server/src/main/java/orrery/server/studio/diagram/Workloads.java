package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Deployment, StatefulSet and DaemonSet.
final class Workloads {
    private Workloads() {}

    static ObjectNode deployment(Part part) {
        ObjectNode deployment = part.object();
        ObjectNode spec = deployment.putObject("spec");
        replicas(part, spec);
        spec.putObject("selector").set("matchLabels", part.selector());
        Fields fields = part.fields();
        if (fields.has("strategy")) {
            spec.set("strategy", fields.tree("strategy"));
        }
        optional(fields, spec, "minReadySeconds", "revisionHistoryLimit",
                "progressDeadlineSeconds");
        ObjectNode template = PodTemplate.of(part, spec.putObject("template"), "Always");
        if (!fields.has("strategy") && Volumes.claims(template)) {
            // A second pod could wait for ever for the volume that the first one holds.
            spec.putObject("strategy").put("type", "Recreate");
        }
        return deployment;
    }

    /// The set, and its headless Service unless the diagram draws one of that name.
    static List<ObjectNode> statefulSet(Part part) {
        ObjectNode set = part.object();
        ObjectNode spec = set.putObject("spec");
        replicas(part, spec);
        Fields fields = part.fields();
        String service = fields.text("serviceName", part.name() + "-headless");
        fields.check("serviceName", service, Rules::isServiceName, Rules.SERVICE_NAME);
        spec.put("serviceName", service);
        spec.putObject("selector").set("matchLabels", part.selector());
        if (fields.has("podManagementPolicy")) {
            spec.put("podManagementPolicy", fields.oneOf("podManagementPolicy", "OrderedReady",
                    "OrderedReady", "Parallel"));
        }
        optional(fields, spec, "minReadySeconds", "revisionHistoryLimit");
        ObjectNode template = PodTemplate.of(part, spec.putObject("template"), "Always");
        templates(part, spec, template);
        List<ObjectNode> objects = new ArrayList<>();
        boolean drawn = part.wiring().nodes().stream().anyMatch(n ->
                Kind.of(n).filter(Kind.SERVICE::equals).isPresent()
                        && n.name().equals(service)
                        && n.namespace().equals(part.node().namespace()));
        if (!drawn) {
            objects.add(headless(part, service, template));
        }
        objects.add(set);
        return objects;
    }

    private static void templates(Part part, ObjectNode spec, ObjectNode template) {
        List<Fields> claims = part.fields().objects("volumeClaimTemplates");
        if (claims.isEmpty()) {
            return;
        }
        ArrayNode list = spec.putArray("volumeClaimTemplates");
        for (Fields claim : claims) {
            String name = claim.text("name", "data");
            claim.check("name", name, Rules::isLabel, Rules.LABEL);
            ObjectNode made = list.addObject();
            made.putObject("metadata").put("name", name);
            made.set("spec", ClaimObject.spec(claim, made.objectNode()));
            Volumes.mount(template, name, claim.text("mountPath", "/data/" + name));
        }
    }

    private static ObjectNode headless(Part part, String name, ObjectNode template) {
        ObjectNode service = part.object(Kind.SERVICE, name);
        ObjectNode spec = service.putObject("spec").put("type", "ClusterIP")
                .put("clusterIP", "None").put("publishNotReadyAddresses", true);
        spec.set("selector", part.selector());
        ArrayNode ports = spec.objectNode().arrayNode();
        for (var port : template.path("spec").path("containers").path(0).path("ports")) {
            String protocol = port.path("protocol").asText();
            long number = port.path("containerPort").asLong();
            ports.addObject().put("name", "p" + number + (protocol.equals("TCP") ? "" : "-udp"))
                    .put("protocol", protocol).put("port", number).put("targetPort", number);
        }
        if (!ports.isEmpty()) {
            spec.set("ports", ports);
        }
        return service;
    }

    static ObjectNode daemonSet(Part part) {
        ObjectNode set = part.object();
        ObjectNode spec = set.putObject("spec");
        spec.putObject("selector").set("matchLabels", part.selector());
        Fields fields = part.fields();
        String strategy = fields.oneOf("updateStrategy", "RollingUpdate",
                "RollingUpdate", "OnDelete");
        ObjectNode update = spec.putObject("updateStrategy").put("type", strategy);
        if (strategy.equals("RollingUpdate")) {
            ObjectNode rolling = update.putObject("rollingUpdate");
            String share = fields.text("maxUnavailable", "1");
            if (share.matches("[0-9]{1,3}%")) {
                rolling.put("maxUnavailable", share);
            } else {
                rolling.put("maxUnavailable", fields.whole("maxUnavailable", 1, 1, 100_000));
            }
        }
        optional(fields, spec, "minReadySeconds", "revisionHistoryLimit");
        PodTemplate.of(part, spec.putObject("template"), "Always");
        return set;
    }

    /// Left out where an autoscaler of this diagram decides: to write it would reset the scale.
    private static void replicas(Part part, ObjectNode spec) {
        long replicas = part.fields().whole("replicas", 1, 0, 10_000);
        boolean scaled = part.wiring().nodes().stream()
                .filter(n -> Kind.of(n).filter(Kind.HPA::equals).isPresent())
                .anyMatch(n -> scales(part, n));
        if (!scaled) {
            spec.put("replicas", replicas);
        }
    }

    private static boolean scales(Part part, Node autoscaler) {
        String target = autoscaler.data().path("scaleTargetName").asText("");
        String kind = autoscaler.data().path("scaleTargetKind").asText(part.kind().kubernetes());
        return target.isEmpty()
                ? part.wiring().links(autoscaler, k -> k == part.kind()).stream()
                        .anyMatch(l -> l.node().id().equals(part.node().id()))
                : target.equals(part.name()) && kind.equals(part.kind().kubernetes())
                        && autoscaler.namespace().equals(part.node().namespace());
    }

    private static void optional(Fields fields, ObjectNode spec, String... names) {
        for (String name : names) {
            if (fields.has(name)) {
                spec.put(name, fields.whole(name, 0, 0, Integer.MAX_VALUE));
            }
        }
    }
}
