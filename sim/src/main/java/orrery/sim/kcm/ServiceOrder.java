package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The order that services are installed in, as their `dependsOn` asks.
final class ServiceOrder {
    private ServiceOrder() {}

    /// What is wrong with them: one is there twice, waits for one that is not there, or they wait
    /// for each other.
    static Optional<String> mistake(JsonNode services) {
        var waits = new HashMap<String, Set<String>>();
        for (var service : services) {
            if (waits.put(Services.id(service), others(service)) != null) {
                return Optional.of("service " + Services.id(service) + " is there twice");
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
        return rest(waits);
    }

    private static Optional<String> rest(Map<String, Set<String>> waits) {
        while (waits.values().removeIf(Set::isEmpty)) {
            waits.values().forEach(others -> others.retainAll(waits.keySet()));
        }
        return waits.isEmpty() ? Optional.empty()
                : Optional.of("dependency cycle detected among services " + waits.keySet());
    }

    /// Each after those that it depends on; otherwise as they came.
    static List<JsonNode> sorted(JsonNode services) {
        var left = new ArrayList<JsonNode>();
        services.forEach(left::add);
        var sorted = new ArrayList<JsonNode>();
        var there = new HashSet<String>();
        while (!left.isEmpty()) {
            var next = left.stream().filter(one -> there.containsAll(others(one))).findFirst()
                    .orElse(left.getFirst());
            left.remove(next);
            there.add(Services.id(next));
            sorted.add(next);
        }
        return sorted;
    }

    private static Set<String> others(JsonNode service) {
        var others = new HashSet<String>();
        service.path("dependsOn").forEach(one -> others.add(Services.id(one)));
        return others;
    }
}
