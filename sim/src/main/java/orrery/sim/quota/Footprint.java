package orrery.sim.quota;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import orrery.sim.type.Quantity;

/// What one object takes of a ResourceQuota, by the names that a quota uses: `pods`,
/// `requests.cpu`, `count/configmaps`, …
public final class Footprint {
    private static final Set<String> PLAIN = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> COUNTED = Set.of("configmaps", "persistentvolumeclaims",
            "pods", "replicationcontrollers", "resourcequotas", "secrets", "services");

    private Footprint() {}

    /// The type of the objects that a quota's resource counts, as `plural.group`.
    public static String type(String resource) {
        if (resource.startsWith("count/")) {
            return resource.substring("count/".length());
        }
        if (COUNTED.contains(resource)) {
            return resource;
        }
        if (resource.startsWith("services.")) {
            return "services";
        }
        return resource.endsWith("requests.storage") || resource.endsWith(
                "storageclass.storage.k8s.io/persistentvolumeclaims")
                ? "persistentvolumeclaims" : "pods";
    }

    /// @param type `plural.group`
    public static Map<String, Quantity> of(String type, JsonNode object) {
        Map<String, Quantity> taken = new TreeMap<>();
        taken.put("count/" + type, Quantity.ONE);
        if (type.equals("pods")) {
            if (!ended(object)) {
                taken.put("pods", Quantity.ONE);
                pod(object.path("spec"), taken);
            }
        } else if (COUNTED.contains(type)) {
            taken.put(type, Quantity.ONE);
        }
        if (type.equals("services")) {
            service(object.path("spec"), taken);
        } else if (type.equals("persistentvolumeclaims")) {
            claim(object.path("spec"), taken);
        }
        return taken;
    }

    /// A pod that has ended holds nothing but its place in the count of objects.
    static boolean ended(JsonNode pod) {
        String phase = pod.path("status").path("phase").asText();
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static void pod(JsonNode spec, Map<String, Quantity> taken) {
        for (String kind : new String[] {"requests", "limits"}) {
            Map<String, Quantity> sum = new HashMap<>();
            for (JsonNode container : spec.path("containers")) {
                amounts(container, kind).forEach((n, q) -> sum.merge(n, q, Quantity::plus));
            }
            for (JsonNode container : spec.path("initContainers")) {
                amounts(container, kind).forEach((name, amount) -> sum.merge(
                        name, amount, (a, b) -> a.compareTo(b) >= 0 ? a : b));
            }
            spec.path("overhead").properties().forEach(one -> sum.merge(
                    one.getKey(), Quantity.of(one.getValue().asText()), Quantity::plus));
            sum.forEach((name, amount) -> {
                taken.put(kind + "." + name, amount);
                if (kind.equals("requests") && PLAIN.contains(name)) {
                    taken.put(name, amount);
                }
            });
        }
    }

    private static Map<String, Quantity> amounts(JsonNode container, String kind) {
        Map<String, Quantity> amounts = new HashMap<>();
        container.path("resources").path(kind).properties().forEach(one ->
                amounts.put(one.getKey(), Quantity.of(one.getValue().asText())));
        return amounts;
    }

    private static void service(JsonNode spec, Map<String, Quantity> taken) {
        String type = spec.path("type").asText();
        if (type.equals("LoadBalancer")) {
            taken.put("services.loadbalancers", Quantity.ONE);
        }
        if (type.equals("LoadBalancer") || type.equals("NodePort")) {
            taken.put("services.nodeports", new Quantity(
                    java.math.BigDecimal.valueOf(spec.path("ports").size()), false));
        }
    }

    private static void claim(JsonNode spec, Map<String, Quantity> taken) {
        Quantity storage = Quantity.of(
                spec.path("resources").path("requests").path("storage").asText());
        taken.put("requests.storage", storage);
        String kind = spec.path("storageClassName").asText();
        if (!kind.isEmpty()) {
            String prefix = kind + ".storageclass.storage.k8s.io/";
            taken.put(prefix + "requests.storage", storage);
            taken.put(prefix + "persistentvolumeclaims", Quantity.ONE);
        }
    }
}
