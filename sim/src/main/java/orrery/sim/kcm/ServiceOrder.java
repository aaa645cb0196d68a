package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whether services can be installed one after the other as their `dependsOn` asks.
final class ServiceOrder {
    private ServiceOrder() {}

    /// What is wrong with them: one is there twice, waits for one that is not there, or they wait
    /// for each other.
    static Optional<String> mistake(JsonNode services) {
        Map<String, Set<String>> waits = new HashMap<>();
        for (var service : services) {
            var others = new HashSet<String>();
            service.path("dependsOn").forEach(one -> others.add(id(one)));
            if (waits.put(id(service), others) != null) {
                return Optional.of("service " + id(service) + " is there twice");
            }
        }
        for (var one : waits.entrySet()) {
            for (var other : one.getValue()) {
                if (!waits.containsKey(other)) {
                    return Optional.of("dependency " + other + " of service " + one.getKey()
                            + " is not defined as a service");
                }
            }
        }
        while (waits.values().removeIf(Set::isEmpty)) {
            waits.values().forEach(others -> others.retainAll(waits.keySet()));
        }
        return waits.isEmpty() ? Optional.empty()
                : Optional.of("dependency cycle detected among services " + waits.keySet());
    }

    private static String id(JsonNode service) {
        return service.path("namespace").asText("default") + "/" + service.path("name").asText();
    }
}
