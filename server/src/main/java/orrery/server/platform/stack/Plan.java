package orrery.server.platform.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What one stack makes with certain parameters: all that what is made from it must know of it.
/// A published stack never changes, so this is true for as long as that lives.
///
/// @param stack its identifier
/// @param template name of the ClusterTemplate; `null` where no clusters are made
/// @param kubernetesVersion `null` when the template says it
/// @param values of the template, with the parameters in them; for other kinds than clusters the
///     body that asks for one
/// @param services with the parameters in their values
/// @param pools with the number of nodes that the values say, if they say it
/// @param instanceTypes what stands in the values for the code of an instance type
/// @param kind of what is made
public record Plan(
        String stack,
        @Nullable String template,
        @Nullable String kubernetesVersion,
        ObjectNode values,
        List<StackSpec.Service> services,
        List<StackSpec.Pool> pools,
        Map<String, JsonNode> instanceTypes,
        Stack.Kind kind) {
    private static final String CONFIG = "config.";
    private static final String SERVICES = "services.";
    private static final Pattern INDEX = Pattern.compile("[0-9]{1,3}");

    public Plan {
        services = List.copyOf(services);
        pools = List.copyOf(pools);
        instanceTypes = Map.copyOf(instanceTypes);
        // Clusters remember older plans, which were all of their kind.
        kind = kind == null ? Stack.Kind.CLUSTER : kind;
    }

    /// What somebody chose for a pool.
    public record Choice(
            String pool,
            int nodeCount,
            @Nullable String instanceType,
            @Nullable String network,
            @Nullable String subnet) {}

    /// @param parameters the defaults among them
    static Plan of(Stack stack, ObjectNode parameters) {
        var spec = stack.spec();
        var values = spec.values().deepCopy();
        var services = new LinkedHashMap<String, ObjectNode>();
        parameters.properties().forEach(one -> {
            var key = spec.parameterKeys().getOrDefault(one.getKey(), CONFIG + one.getKey());
            if (key.startsWith(SERVICES)) {
                var parts = key.split("\\.", 3);
                put(services.computeIfAbsent(parts[1], _ -> values.objectNode()),
                        parts[2], one.getValue());
            } else {
                put(values, key.substring(CONFIG.length()), one.getValue());
            }
        });
        return new Plan(stack.id(), spec.clusterTemplate(), spec.kubernetesVersion(), values,
                spec.serviceTemplates().stream()
                        .map(it -> with(it, services.get(it.name()))).toList(),
                spec.pools().stream().map(it -> counted(it, values)).toList(),
                spec.instanceTypes(), stack.kind());
    }

    private static StackSpec.Service with(StackSpec.Service service, @Nullable ObjectNode more) {
        if (more == null) {
            return service;
        }
        var values = service.values() == null ? more.objectNode() : service.values().deepCopy();
        merge(values, more);
        return new StackSpec.Service(
                service.name(), service.template(), service.namespace(), values);
    }

    /// A parameter may say how many nodes there are.
    private static StackSpec.Pool counted(StackSpec.Pool pool, ObjectNode values) {
        var said = values.at("/" + pool.countKey().replace('.', '/'));
        return said.isIntegralNumber() && said.canConvertToInt() ? pool.of(said.intValue()) : pool;
    }

    /// The pool of that name.
    public Optional<StackSpec.Pool> pool(String name) {
        return pools.stream().filter(it -> it.name().equals(name)).findFirst();
    }

    /// The template's values for these nodes.
    public ObjectNode values(List<Choice> choices) {
        var all = values.deepCopy();
        for (var choice : choices) {
            pool(choice.pool()).ifPresent(pool -> {
                put(all, pool.countKey(), all.numberNode(choice.nodeCount()));
                if (choice.instanceType() != null) {
                    put(all, pool.machineKey(), instanceTypes.getOrDefault(
                            choice.instanceType(), TextNode.valueOf(choice.instanceType())));
                }
                put(all, pool.networkKey(), text(choice.network()));
                put(all, pool.subnetKey(), text(choice.subnet()));
            });
        }
        return all;
    }

    /// What is wrong with a choice for one of its pools, by the field's name.
    public Map<String, String> mistakes(StackSpec.Pool pool, Choice choice) {
        var wrong = new LinkedHashMap<String, String>();
        var type = choice.instanceType();
        if (type != null && pool.machineKey() == null) {
            wrong.put("instanceType", "cannot be chosen for pool " + pool.name()
                    + " of this stack; leave it out");
        } else if (type != null && !instanceTypes.isEmpty() && !instanceTypes.containsKey(type)) {
            wrong.put("instanceType", "is none of this stack's: "
                    + String.join(", ", new ArrayList<>(instanceTypes.keySet()).stream()
                            .sorted().toList()));
        }
        if (choice.network() != null && pool.networkKey() == null) {
            wrong.put("network", "cannot be chosen for pool " + pool.name()
                    + " of this stack; leave it out");
        }
        if (choice.subnet() != null && pool.subnetKey() == null) {
            wrong.put("subnet", "cannot be chosen for pool " + pool.name()
                    + " of this stack; leave it out");
        }
        return wrong;
    }

    private static @Nullable JsonNode text(@Nullable String text) {
        return text == null ? null : TextNode.valueOf(text);
    }

    /// Sets what stands at a place; objects are merged.
    private static void put(
            ObjectNode values, @Nullable String place, @Nullable JsonNode value) {
        if (place == null || value == null) {
            return;
        }
        int dot = place.indexOf('.');
        var name = dot < 0 ? place : place.substring(0, dot);
        var rest = dot < 0 ? null : place.substring(dot + 1);
        var there = values.get(name);
        if (rest != null && there instanceof ArrayNode list) {
            entry(list, rest).ifPresent(
                    it -> put(it, rest.substring(rest.indexOf('.') + 1), value));
        } else if (rest != null) {
            put(there instanceof ObjectNode inner ? inner : values.putObject(name), rest, value);
        } else if (there instanceof ObjectNode inner && value instanceof ObjectNode more) {
            merge(inner, more);
        } else {
            values.set(name, value.deepCopy());
        }
    }

    /// Whether a place lies in these values, as far as it goes through lists: `disks.0.sizeGb`
    /// needs a first disk.
    static boolean isIn(JsonNode values, String place) {
        int dot = place.indexOf('.');
        if (dot < 0) {
            return true;
        }
        var there = values.path(place.substring(0, dot));
        var rest = place.substring(dot + 1);
        return there instanceof ArrayNode list
                ? entry(list, rest).filter(it -> isIn(it, rest.substring(rest.indexOf('.') + 1)))
                        .isPresent()
                : isIn(there, rest);
    }

    /// The entry of a list that a place begins with.
    private static Optional<ObjectNode> entry(ArrayNode list, String place) {
        int dot = place.indexOf('.');
        return dot > 0 && INDEX.matcher(place.substring(0, dot)).matches()
                && list.get(Integer.parseInt(place.substring(0, dot))) instanceof ObjectNode it
                ? Optional.of(it) : Optional.empty();
    }

    private static void merge(ObjectNode values, ObjectNode more) {
        more.properties().forEach(one -> put(values, one.getKey(), one.getValue()));
    }
}
