package orrery.sim.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import orrery.sim.type.Json;
import orrery.sim.type.Quantity;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// ResourceQuota (core/v1): whether a namespace can bear one more object, and what it uses.
public final class Quotas {
    public static final String TYPE = "resourcequotas";

    /// What a quota may limit so that every container has to say it.
    private static final Set<String> DECLARED = Set.of("cpu", "memory", "requests.cpu",
            "requests.memory", "limits.cpu", "limits.memory");

    private Quotas() {}

    /// The quota's status with an object charged to it; the same where it does not matter.
    ///
    /// @param old the object before; null for a new one
    /// @throws Refusal 403 when a limit would be passed
    public static ObjectNode charge(
            ResourceType type, JsonNode quota, JsonNode old, JsonNode object) {
        ObjectNode status = quota.path("status").isObject()
                ? quota.path("status").deepCopy() : Json.object();
        JsonNode hard = status.path("hard");
        if (hard.isEmpty() || !covers(quota, type, object)) {
            return status;
        }
        Map<String, Quantity> more = more(type, old, object);
        more.keySet().removeIf(resource -> !hard.has(resource));
        if (old == null) {
            declared(type, quota, hard, object);
        }
        List<String> passed = new ArrayList<>();
        ObjectNode used = Json.child(status, "used");
        Map<String, String> before = new HashMap<>();
        more.forEach((resource, amount) -> {
            before.put(resource, used.path(resource).asText("0"));
            Quantity sum = Quantity.of(used.path(resource).asText("0")).plus(amount);
            if (sum.compareTo(Quantity.of(hard.path(resource).asText())) > 0) {
                passed.add(resource);
            }
            used.put(resource, sum.toString());
        });
        if (!passed.isEmpty()) {
            throw Refusal.forbidden(type.ref(name(object)),
                    "exceeded quota: %s, requested: %s, used: %s, limited: %s".formatted(
                            name(quota), list(passed, r -> more.get(r).toString()),
                            list(passed, before::get),
                            list(passed, r -> hard.path(r).asText())));
        }
        return status;
    }

    /// What an object takes beyond what it took; only growth is charged, the rest is found by
    /// whoever counts anew.
    private static Map<String, Quantity> more(ResourceType type, JsonNode old, JsonNode object) {
        Map<String, Quantity> more = new TreeMap<>(Footprint.of(type.key(), object));
        if (old != null) {
            Footprint.of(type.key(), old).forEach((resource, amount) ->
                    more.computeIfPresent(resource, (r, now) -> now.minus(amount)));
        }
        more.values().removeIf(amount -> amount.amount().signum() <= 0);
        return more;
    }

    /// Where computing resources are limited, each container must say what it takes.
    private static void declared(
            ResourceType type, JsonNode quota, JsonNode hard, JsonNode object) {
        if (!type.key().equals("pods")) {
            return;
        }
        Map<String, List<String>> missing = new TreeMap<>();
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : object.path("spec").path(list)) {
                for (String resource : DECLARED) {
                    String[] parts = resource.contains(".")
                            ? resource.split("\\.") : new String[] {"requests", resource};
                    if (hard.has(resource) && !container.path("resources").path(parts[0])
                            .has(parts[1])) {
                        missing.computeIfAbsent(resource, r -> new ArrayList<>())
                                .add(container.path("name").asText());
                    }
                }
            }
        }
        if (!missing.isEmpty()) {
            throw Refusal.forbidden(type.ref(name(object)), "failed quota: " + name(quota)
                    + ": must specify " + String.join("; ", missing.entrySet().stream()
                            .map(e -> e.getKey() + " for: " + String.join(",", e.getValue()))
                            .toList()));
        }
    }

    /// The status of a quota counted anew.
    ///
    /// @param objects all objects of a type (`plural.group`) in the quota's namespace
    public static ObjectNode count(
            JsonNode quota, Function<String, List<JsonNode>> objects) {
        ObjectNode status = Json.object();
        ObjectNode hard = status.putObject("hard");
        hard.setAll(Json.copy(quota.path("spec").path("hard")));
        ObjectNode used = status.putObject("used");
        Map<String, Map<String, Quantity>> sums = new HashMap<>();
        for (Map.Entry<String, JsonNode> one : hard.properties()) {
            Map<String, Quantity> sum = sums.computeIfAbsent(Footprint.type(one.getKey()),
                    type -> sum(type, quota, objects.apply(type)));
            used.put(one.getKey(), sum.getOrDefault(one.getKey(), Quantity.ZERO).toString());
        }
        return status;
    }

    private static Map<String, Quantity> sum(String type, JsonNode quota, List<JsonNode> all) {
        Map<String, Quantity> sum = new HashMap<>();
        for (JsonNode object : all) {
            if (!type.equals("pods") || Scopes.match(quota.path("spec"), object)) {
                Footprint.of(type, object).forEach(
                        (resource, amount) -> sum.merge(resource, amount, Quantity::plus));
            }
        }
        return sum;
    }

    private static boolean covers(JsonNode quota, ResourceType type, JsonNode object) {
        JsonNode spec = quota.path("spec");
        boolean scoped = !spec.path("scopes").isEmpty() || spec.has("scopeSelector");
        return !scoped || type.key().equals("pods") && Scopes.match(spec, object);
    }

    private static String list(List<String> resources, Function<String, String> amount) {
        return String.join(",", resources.stream()
                .map(resource -> resource + "=" + amount.apply(resource)).toList());
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }
}
