package orrery.sim.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import orrery.sim.type.Json;
import orrery.sim.type.Quantity;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// LimitRange (core/v1): what containers get that say nothing, and what nobody may ask for.
public final class LimitRanges {
    public static final String TYPE = "limitranges";

    private static final String NOTE = "kubernetes.io/limit-ranger";

    private LimitRanges() {}

    /// Defaults of a LimitRange that follow from its other fields.
    public static void defaults(ObjectNode range) {
        for (JsonNode one : range.path("spec").path("limits")) {
            if (one instanceof ObjectNode limit && limit.path("type").asText()
                    .equals("Container")) {
                inherit(limit, "max", "default");
                inherit(limit, "default", "defaultRequest");
                inherit(limit, "min", "defaultRequest");
            }
        }
    }

    private static void inherit(ObjectNode limit, String from, String to) {
        limit.path(from).properties().forEach(one -> {
            ObjectNode target = Json.child(limit, to);
            if (!target.has(one.getKey())) {
                target.set(one.getKey(), one.getValue());
            }
        });
    }

    /// Gives a new pod's containers the defaults of a range.
    public static void fill(ObjectNode pod, JsonNode range) {
        List<String> notes = new ArrayList<>();
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode one : pod.path("spec").path(list)) {
                if (one instanceof ObjectNode container) {
                    notes.addAll(fill(container, range, list.startsWith("init")));
                }
            }
        }
        if (!notes.isEmpty()) {
            ObjectNode annotations = Json.child(Json.child(pod, "metadata"), "annotations");
            annotations.put(NOTE, "LimitRanger plugin set: " + String.join("; ", notes));
        }
    }

    private static List<String> fill(ObjectNode container, JsonNode range, boolean init) {
        List<String> notes = new ArrayList<>();
        for (String kind : List.of("requests", "limits")) {
            TreeSet<String> set = new TreeSet<>();
            for (JsonNode limit : range.path("spec").path("limits")) {
                String source = kind.equals("limits") ? "default" : "defaultRequest";
                if (limit.path("type").asText().equals("Container")) {
                    limit.path(source).properties().forEach(one -> {
                        ObjectNode amounts =
                                Json.child(Json.child(container, "resources"), kind);
                        if (!amounts.has(one.getKey())) {
                            amounts.set(one.getKey(), one.getValue());
                            set.add(one.getKey());
                        }
                    });
                }
            }
            if (!set.isEmpty()) {
                notes.add(String.join(", ", set) + " "
                        + kind.substring(0, kind.length() - 1) + " for "
                        + (init ? "init container " : "container ")
                        + container.path("name").asText());
            }
        }
        return notes;
    }

    /// @throws Refusal 403 that names all that is out of range
    public static void check(ResourceType type, JsonNode object, JsonNode range) {
        List<String> wrong = new ArrayList<>();
        for (JsonNode limit : range.path("spec").path("limits")) {
            String kind = limit.path("type").asText();
            if (kind.equals("PersistentVolumeClaim")
                    && type.key().equals("persistentvolumeclaims")) {
                bounds(limit, object.path("spec").path("resources"), wrong, true);
            } else if (kind.equals("Container") && type.key().equals("pods")) {
                for (String list : List.of("containers", "initContainers")) {
                    object.path("spec").path(list).forEach(container -> bounds(
                            limit, container.path("resources"), wrong, false));
                }
            } else if (kind.equals("Pod") && type.key().equals("pods")) {
                bounds(limit, sum(object), wrong, false);
            }
        }
        if (!wrong.isEmpty()) {
            throw Refusal.forbidden(
                    type.ref(object.path("metadata").path("name").asText()),
                    wrong.size() == 1 ? wrong.getFirst()
                            : "[" + String.join(", ", wrong) + "]");
        }
    }

    private static JsonNode sum(JsonNode pod) {
        ObjectNode sum = Json.object();
        Footprint.of("pods", pod).forEach((resource, amount) -> {
            String[] parts = resource.split("\\.", 2);
            if (parts.length == 2 && List.of("requests", "limits").contains(parts[0])) {
                Json.child(sum, parts[0]).put(parts[1], amount.toString());
            }
        });
        return sum;
    }

    /// @param requests whether only requests count: a claim has no limits
    private static void bounds(
            JsonNode limit, JsonNode resources, List<String> wrong, boolean requests) {
        String kind = limit.path("type").asText();
        JsonNode asked = resources.path("requests");
        JsonNode most = requests ? Json.object() : resources.path("limits");
        limit.path("min").properties().forEach(one -> {
            String name = one.getKey();
            String least = one.getValue().asText();
            String what = "minimum " + name + " usage per " + kind + " is " + least;
            if (!asked.has(name)) {
                wrong.add(what + ".  No request is specified");
            } else if (below(asked.get(name), least)) {
                wrong.add(what + ", but request is " + asked.get(name).asText());
            } else if (most.has(name) && below(most.get(name), least)) {
                wrong.add(what + ", but limit is " + most.get(name).asText());
            }
        });
        limit.path("max").properties().forEach(one -> {
            String name = one.getKey();
            String top = one.getValue().asText();
            String what = "maximum " + name + " usage per " + kind + " is " + top;
            if (!requests && !most.has(name)) {
                wrong.add(what + ".  No limit is specified");
            } else if (!requests && above(most.get(name), top)) {
                wrong.add(what + ", but limit is " + most.get(name).asText());
            } else if (asked.has(name) && above(asked.get(name), top)) {
                wrong.add(what + ", but request is " + asked.get(name).asText());
            }
        });
        limit.path("maxLimitRequestRatio").properties().forEach(one ->
                ratio(one.getKey(), one.getValue().asText(), kind, asked, most, wrong));
    }

    private static void ratio(String name, String allowed, String kind, JsonNode asked,
            JsonNode most, List<String> wrong) {
        String what = "%s max limit to request ratio per %s is %s".formatted(name, kind, allowed);
        Quantity request = Quantity.of(asked.path(name).asText());
        if (request.isZero()) {
            wrong.add(what + ", but no request is specified or request is 0");
            return;
        }
        Quantity top = Quantity.of(most.path(name).asText());
        if (top.isZero()) {
            wrong.add(what + ", but no limit is specified or limit is 0");
            return;
        }
        var found = top.amount().divide(request.amount(), 6, RoundingMode.HALF_UP);
        if (found.compareTo(Quantity.of(allowed).amount()) > 0) {
            wrong.add(what + ", but provided ratio is " + found.toPlainString());
        }
    }

    private static boolean below(JsonNode amount, String bound) {
        return Quantity.of(amount.asText()).compareTo(Quantity.of(bound)) < 0;
    }

    private static boolean above(JsonNode amount, String bound) {
        return Quantity.of(amount.asText()).compareTo(Quantity.of(bound)) > 0;
    }
}
