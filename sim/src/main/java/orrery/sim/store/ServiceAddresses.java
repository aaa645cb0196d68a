package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.Refusal.ResourceRef;

/// Gives Services their cluster addresses (10.96.0.0/16) and node ports (30000–32767).
final class ServiceAddresses {
    private static final int FIRST = 10;
    private static final int LAST = (1 << 16) - 2;
    private static final int FIRST_PORT = 30_000;
    private static final int LAST_PORT = 32_767;

    private ServiceAddresses() {}

    /// @throws Refusal 422 when an address that was asked for is taken
    static void allocate(ObjectNode service, Objects others) {
        ObjectNode spec = Json.child(service, "spec");
        String type = spec.path("type").asText();
        if (type.equals("ExternalName")) {
            return;
        }
        Set<String> addresses = new HashSet<>();
        Set<Integer> ports = new HashSet<>();
        for (Item other : others.range("services", "", null)) {
            JsonNode taken = other.tree().path("spec");
            addresses.add(taken.path("clusterIP").asText());
            taken.path("ports").forEach(port -> ports.add(port.path("nodePort").asInt()));
        }
        address(service, spec, addresses);
        if (List.of("NodePort", "LoadBalancer").contains(type)) {
            nodePorts(spec, ports);
        }
    }

    /// An update that leaves the addresses out keeps them.
    static void keep(JsonNode old, ObjectNode now) {
        ObjectNode spec = Json.child(now, "spec");
        if (spec.path("type").asText().equals("ExternalName")) {
            return;
        }
        for (String field : List.of("clusterIP", "clusterIPs")) {
            if (spec.path(field).asText().isEmpty() && spec.path(field).isEmpty()
                    && old.path("spec").has(field)) {
                spec.set(field, old.path("spec").get(field).deepCopy());
            }
        }
        Set<Integer> ports = new HashSet<>();
        old.path("spec").path("ports").forEach(port -> ports.add(port.path("nodePort").asInt()));
        if (List.of("NodePort", "LoadBalancer").contains(spec.path("type").asText())) {
            for (JsonNode port : spec.path("ports")) {
                for (JsonNode before : old.path("spec").path("ports")) {
                    if (before.path("port").equals(port.path("port")) && !port.has("nodePort")
                            && before.has("nodePort")) {
                        ((ObjectNode) port).set("nodePort", before.get("nodePort"));
                    }
                }
            }
            nodePorts(spec, ports);
        }
    }

    private static void address(ObjectNode service, ObjectNode spec, Set<String> taken) {
        String asked = spec.path("clusterIP").asText();
        if (asked.equals("None")) {
            return;
        }
        if (!asked.isEmpty() && taken.contains(asked)) {
            throw Refusal.invalid(
                    new ResourceRef("", "services", "Service",
                            service.path("metadata").path("name").asText()),
                    List.of(new Cause("FieldValueInvalid", "Invalid value: \"" + asked
                            + "\": provided IP is already allocated", "spec.clusterIPs")));
        }
        for (int i = FIRST; asked.isEmpty() && i < LAST; i++) {
            String candidate = "10.96." + (i >> 8) + "." + (i & 255);
            asked = taken.contains(candidate) ? "" : candidate;
        }
        spec.put("clusterIP", asked);
        spec.putArray("clusterIPs").add(asked);
    }

    private static void nodePorts(ObjectNode spec, Set<Integer> taken) {
        int next = FIRST_PORT;
        for (JsonNode one : spec.path("ports")) {
            if (one instanceof ObjectNode port && port.path("nodePort").asInt() == 0) {
                while (next <= LAST_PORT && !taken.add(next)) {
                    next++;
                }
                port.put("nodePort", next);
            }
        }
    }
}
