package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// NetworkPolicy. A rule that cannot be read is refused: an empty one would let everybody in.
final class PolicyObject {
    private static final Set<String> SELECTOR = Set.of("matchLabels", "matchExpressions");

    private PolicyObject() {}

    static ObjectNode of(Part part) {
        Fields fields = part.fields();
        ObjectNode policy = part.object();
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", pods(part));
        List<String> types = fields.texts("policyTypes");
        if (types.isEmpty() || !Set.of("Ingress", "Egress").containsAll(types)) {
            fields.wrong("policyTypes", "must hold Ingress, Egress or both");
        }
        ArrayNode policyTypes = spec.putArray("policyTypes");
        types.forEach(policyTypes::add);
        rules(fields, "ingressRules", "from", types.contains("Ingress"), spec, "ingress");
        rules(fields, "egressRules", "to", types.contains("Egress"), spec, "egress");
        return policy;
    }

    /// The node's own selector, else the workloads that it is linked with. Edges drawn at a rule's
    /// handle speak of that rule's peers, not of the policy's own pods.
    private static ObjectNode pods(Part part) {
        if (part.fields().has("podSelector")) {
            return selector(part.fields().tree("podSelector"));
        }
        List<String> names = part.wiring().links(part.node(), Kind::isServer).stream()
                .filter(l -> !isRule(l.edge().sourceHandle()) && !isRule(l.edge().targetHandle()))
                .map(l -> l.node().name()).distinct().toList();
        ObjectNode selector = part.labels().objectNode();
        if (names.size() == 1) {
            selector.putObject("matchLabels").put("app", names.getFirst());
        } else if (names.size() > 1) {
            ArrayNode values = selector.putArray("matchExpressions").addObject()
                    .put("key", "app").put("operator", "In").putArray("values");
            names.forEach(values::add);
        }
        return selector;
    }

    private static boolean isRule(@Nullable String handle) {
        return handle != null && (handle.contains("rule") || handle.contains("gress"));
    }

    private static void rules(Fields fields, String field, String peers, boolean active,
            ObjectNode spec, String target) {
        List<Fields> rules = fields.objects(field);
        if (!rules.isEmpty() && !active) {
            fields.wrong(field, "has rules, but policyTypes does not hold the direction");
        }
        if (!rules.isEmpty()) {
            ArrayNode list = spec.putArray(target);
            rules.forEach(rule -> list.add(rule(rule, peers, list.objectNode())));
        }
    }

    private static ObjectNode rule(Fields rule, String peers, ObjectNode made) {
        List<Fields> others = rule.objects(peers);
        List<Fields> ports = rule.objects("ports");
        if (!others.isEmpty()) {
            ArrayNode list = made.putArray(peers);
            others.forEach(peer -> list.add(peer(peer, list.objectNode())));
        }
        if (!ports.isEmpty()) {
            ArrayNode list = made.putArray("ports");
            ports.forEach(port -> list.add(port(port, list.objectNode())));
        }
        if (made.isEmpty()) {
            rule.wrong("", "names neither peers nor ports, which would allow everything; remove"
                    + " the rule, or write ipBlock.cidr 0.0.0.0/0");
        }
        return made;
    }

    private static ObjectNode peer(Fields peer, ObjectNode made) {
        for (String name : List.of("podSelector", "namespaceSelector")) {
            if (peer.holds(name)) {
                made.set(name, selector(peer.tree(name)));
            }
        }
        if (peer.has("ipBlock")) {
            Fields block = peer.object("ipBlock");
            String range = block.text("cidr", "");
            block.check("cidr", range, Addresses::isRange, "it must be a range such as 10.0.0.0/8");
            ObjectNode ipBlock = made.putObject("ipBlock").put("cidr", range);
            List<String> except = block.texts("except");
            if (!except.isEmpty()) {
                ArrayNode list = ipBlock.putArray("except");
                except.forEach(e -> {
                    block.check("except", e, Addresses::isRange, "it must be a range");
                    list.add(e);
                });
            }
        }
        if (made.isEmpty()) {
            peer.wrong("", "has no podSelector, namespaceSelector or ipBlock");
        }
        return made;
    }

    private static ObjectNode port(Fields port, ObjectNode made) {
        made.put("protocol", port.oneOf("protocol", "TCP", "TCP", "UDP", "SCTP"));
        JsonNode number = port.raw("port");
        if (number.isTextual() && number.textValue().matches("[a-z][-a-z0-9]{0,14}")) {
            made.put("port", number.textValue());
        } else if (!number.isMissingNode()) {
            made.put("port", port.whole("port", 0, 1, 65535));
        }
        if (port.has("endPort")) {
            made.put("endPort", port.whole("endPort", 0, 1, 65535));
        }
        return made;
    }

    /// Kubernetes' own shape, or bare labels as editors write them.
    private static ObjectNode selector(ObjectNode selector) {
        boolean own = selector.isEmpty()
                || selector.properties().stream().anyMatch(e -> SELECTOR.contains(e.getKey()));
        if (own) {
            return selector;
        }
        ObjectNode wrapped = selector.objectNode();
        ObjectNode labels = wrapped.putObject("matchLabels");
        selector.properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
        return wrapped;
    }
}
