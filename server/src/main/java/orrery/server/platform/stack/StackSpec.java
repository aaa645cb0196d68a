package orrery.server.platform.stack;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// What is made from a stack, and where in the templates' values each thing stands that somebody
/// may choose: no provider's words stand in our code.
///
/// A place is a path with dots: `worker.instanceType`.
///
/// @param clusterTemplate name of the ClusterTemplate; `null` where no clusters are made
/// @param serviceTemplates what is installed on it
/// @param kubernetesVersion what the template makes; `null` when the template says it
/// @param parametersSchema JSON Schema 2020-12 of the parameters: an object
/// @param defaults of the parameters
/// @param values of the cluster template, beneath everything else; for other kinds than clusters
///     the body of the POST that asks for one, where places may go through lists: `disks.0.sizeGb`
/// @param pools the pools of nodes that the template knows
/// @param instanceTypes what stands in the values for the code of an instance type; empty when the
///     codes themselves do
/// @param parameterKeys where parameters stand: `config.` and a place in the cluster template's
///     values, or `services.`, a service's name and a place in its values. One that is not here
///     stands in the cluster template's values by its own name.
public record StackSpec(
        @Nullable String clusterTemplate,
        List<Service> serviceTemplates,
        @Nullable String kubernetesVersion,
        ObjectNode parametersSchema,
        ObjectNode defaults,
        ObjectNode values,
        List<Pool> pools,
        Map<String, JsonNode> instanceTypes,
        Map<String, String> parameterKeys) {

    private static final int MOST_SERVICES = 50;
    private static final int MOST_POOLS = 20;
    private static final int MOST_KEYS = 200;
    private static final int LONGEST_VALUES = 1 << 16;
    private static final Pattern OBJECT_NAME =
            Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");
    private static final Pattern PLACE =
            Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63}){0,9}");
    private static final Pattern VERSION =
            Pattern.compile("v?\\d{1,4}\\.\\d{1,4}(\\.\\d{1,4})?([-+][-+.A-Za-z0-9]{1,40})?");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,62}");

    /// Something that is installed on the cluster.
    ///
    /// @param namespace on the cluster; `null` for `default`
    /// @param values of the service template; `null` for its own
    public record Service(
            String name,
            String template,
            @Nullable String namespace,
            @Nullable ObjectNode values) {}

    /// Nodes of one kind that the template knows.
    ///
    /// @param nodeCount when nobody says; `null` for 1
    /// @param countKey where their number stands
    /// @param machineKey where their instance type stands; `null` when it cannot be chosen
    /// @param networkKey where the identifier of their network stands; `null` likewise
    /// @param subnetKey where the identifier of their subnet stands; `null` likewise
    public record Pool(
            String name,
            Role role,
            @Nullable Integer nodeCount,
            String countKey,
            @Nullable String machineKey,
            @Nullable String networkKey,
            @Nullable String subnetKey) {
        Pool of(int count) {
            return new Pool(name, role, count, countKey, machineKey, networkKey, subnetKey);
        }

        /// Their number when nobody says.
        public int standard() {
            return nodeCount == null ? 1 : nodeCount;
        }
    }

    /// What nodes are for.
    public enum Role {
        @JsonProperty("control-plane") CONTROL_PLANE,
        @JsonProperty("worker") WORKER
    }

    /// What is absent is empty; without pools, those of the stock charts where clusters are made.
    public StackSpec {
        serviceTemplates = serviceTemplates == null ? List.of() : List.copyOf(serviceTemplates);
        parametersSchema = parametersSchema == null
                ? JsonNodeFactory.instance.objectNode().put("type", "object") : parametersSchema;
        defaults = defaults == null ? JsonNodeFactory.instance.objectNode() : defaults;
        values = values == null ? JsonNodeFactory.instance.objectNode() : values;
        pools = pools != null && !pools.isEmpty() ? List.copyOf(pools)
                : clusterTemplate == null ? List.of() : stock();
        instanceTypes = instanceTypes == null ? Map.of() : Map.copyOf(instanceTypes);
        parameterKeys = parameterKeys == null ? Map.of() : Map.copyOf(parameterKeys);
    }

    private static List<Pool> stock() {
        return List.of(
                new Pool("control-plane", Role.CONTROL_PLANE, 1, "controlPlaneNumber", null, null,
                        null),
                new Pool("workers", Role.WORKER, 1, "workersNumber", null, null, null));
    }

    /// Notes all that is wrong with it.
    void check(Mistakes mistakes, Stack.Kind kind) {
        checkKind(mistakes, kind);
        mistakes.check("clusterTemplate", clusterTemplate, matches(OBJECT_NAME),
                        "must be the name of a ClusterTemplate")
                .check("kubernetesVersion", kubernetesVersion, matches(VERSION),
                        "must look like v1.34.1");
        checkServices(mistakes);
        checkPools(mistakes);
        checkSize(mistakes, "values", values);
        mistakes.unless(instanceTypes.size() <= MOST_KEYS, "instanceTypes", most(MOST_KEYS));
        instanceTypes.forEach((code, value) -> {
            mistakes.unless(CODE.matcher(code).matches(), "instanceTypes." + code,
                    "must be the code of an instance type");
            checkSize(mistakes, "instanceTypes." + code, value);
        });
        var schema = new Parameters(parametersSchema);
        int before = mistakes.found().size();
        schema.check(mistakes, "parametersSchema");
        checkKeys(mistakes, schema);
        if (mistakes.found().size() == before) {
            // Required ones may be left to whoever uses it: only what is said must be right.
            schema.wrongIn(defaults, "defaults", false)
                    .forEach(it -> mistakes.add(it.field(), it.message()));
        }
    }

    /// Only clusters are made from templates, of nodes, with services.
    private void checkKind(Mistakes mistakes, Stack.Kind kind) {
        if (kind == Stack.Kind.CLUSTER) {
            mistakes.unless(clusterTemplate != null, "clusterTemplate",
                    "is required for kind cluster");
            return;
        }
        var message = "must be left out: it is for kind cluster";
        mistakes.unless(clusterTemplate == null, "clusterTemplate", message)
                .unless(serviceTemplates.isEmpty(), "serviceTemplates", message)
                .unless(kubernetesVersion == null, "kubernetesVersion", message)
                .unless(pools.isEmpty() || clusterTemplate != null, "pools", message)
                .unless(instanceTypes.isEmpty(), "instanceTypes", message);
    }

    private void checkServices(Mistakes mistakes) {
        mistakes.unless(serviceTemplates.size() <= MOST_SERVICES, "serviceTemplates",
                most(MOST_SERVICES));
        var names = new HashSet<String>();
        for (int i = 0; i < serviceTemplates.size(); i++) {
            var at = "serviceTemplates[" + i + "].";
            var one = serviceTemplates.get(i);
            Slug.check(mistakes, at + "name", one.name());
            Slug.check(mistakes, at + "namespace", one.namespace());
            mistakes.check(at + "template", one.template(), matches(OBJECT_NAME),
                            "must be the name of a ServiceTemplate")
                    .unless(one.name() == null || names.add(one.name()), at + "name",
                            "is another one's already");
            checkSize(mistakes, at + "values", one.values());
        }
    }

    private void checkPools(Mistakes mistakes) {
        mistakes.unless(pools.size() <= MOST_POOLS, "pools", most(MOST_POOLS))
                .unless(pools.stream().filter(it -> it.role() == Role.CONTROL_PLANE).count() <= 1,
                        "pools", "may have one control plane");
        var names = new HashSet<String>();
        for (int i = 0; i < pools.size(); i++) {
            var at = "pools[" + i + "].";
            var pool = pools.get(i);
            Slug.check(mistakes, at + "name", pool.name());
            mistakes.unless(pool.name() == null || names.add(pool.name()), at + "name",
                    "is another one's already");
            mistakes.check(at + "nodeCount", pool.nodeCount(), it -> it >= 0 && it <= 1000,
                    "must be 0 to 1000");
            checkPlace(mistakes, at + "countKey", pool.countKey());
            checkPlace(mistakes, at + "machineKey", pool.machineKey());
            checkPlace(mistakes, at + "networkKey", pool.networkKey());
            checkPlace(mistakes, at + "subnetKey", pool.subnetKey());
        }
    }

    private void checkKeys(Mistakes mistakes, Parameters schema) {
        mistakes.unless(parameterKeys.size() <= MOST_KEYS, "parameterKeys", most(MOST_KEYS));
        parameterKeys.forEach((parameter, key) -> {
            var at = "parameterKeys." + parameter;
            mistakes.unless(schema.names().contains(parameter), at,
                    "is no property of parametersSchema");
            if (key.startsWith("config.")) {
                var place = key.substring("config.".length());
                checkPlace(mistakes, at, place);
                mistakes.unless(Plan.isIn(values, place), at,
                        "goes through a list, and names no entry that values have there");
            } else {
                var parts = key.split("\\.", 3);
                mistakes.unless(parts.length == 3 && parts[0].equals("services")
                        && serviceTemplates.stream().anyMatch(it -> parts[1].equals(it.name())),
                        at, "must begin with config. or with services. and the name of one of"
                                + " serviceTemplates");
                if (parts.length == 3) {
                    checkPlace(mistakes, at, parts[2]);
                }
            }
        });
    }

    private static void checkPlace(Mistakes mistakes, String field, @Nullable String place) {
        mistakes.check(field, place, matches(PLACE),
                "must be a place in the values, such as worker.instanceType");
    }

    private static void checkSize(Mistakes mistakes, String field, @Nullable JsonNode value) {
        mistakes.check(field, value, it -> it.toString().length() <= LONGEST_VALUES,
                "must have at most " + LONGEST_VALUES + " characters");
    }

    private static Predicate<String> matches(Pattern pattern) {
        return text -> pattern.matcher(text).matches();
    }

    private static String most(int count) {
        return "must have at most " + count + " entries";
    }
}
