package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The services that a ClusterDeployment or MultiClusterService asks for, and the ServiceSets
/// that bring them to clusters.
final class Services {
    static final String DEPLOYED = "Deployed";
    static final String FINALIZER = Kcm.GROUP + "/service-set";

    private static final String PROVIDER = "ksm-projectsveltos";
    private static final List<String> FIELDS = List.of("name", "namespace", "template", "version",
            "values", "valuesFrom", "helmOptions", "helmAction");
    private static final List<String> PROVIDER_FIELDS =
            List.of("priority", "stopOnConflict", "continueOnError", "syncMode", "reload");

    private Services() {}

    static JsonNode wanted(Item owner) {
        return owner.tree().path("spec").path("serviceSpec").path("services");
    }

    /// `NAMESPACE/NAME`, by which a service is known on its cluster.
    static String id(JsonNode service) {
        return service.path("namespace").asText("default") + "/" + service.path("name").asText();
    }

    /// Tells one way of deploying a service from another.
    static String hash(JsonNode service) {
        var sum = new CRC32();
        sum.update(Json.write(service));
        return Long.toHexString(sum.getValue());
    }

    /// The sets for a cluster, in order of name.
    static List<Item> sets(Cluster cluster, String namespace, String deployment) {
        return cluster.list(Kcm.SETS, namespace).stream()
                .filter(set -> field(set, "cluster").equals(deployment)).toList();
    }

    static String field(Item set, String name) {
        return set.tree().path("spec").path(name).asText();
    }

    /// Makes, changes or deletes one set, so that it asks for what its owner does. A service that
    /// depends on others is asked for once those are there.
    ///
    /// @param multi the MultiClusterService that owns it; empty for the cluster's own
    static void declare(Cluster cluster, Item owner, String namespace, String name,
            String deployment, String multi) {
        var old = cluster.get(Kcm.SETS, namespace, name);
        if (old.filter(Item::going).isPresent()) {
            return;
        }
        var services = ready(wanted(owner), old);
        if (wanted(owner).isEmpty()) {
            old.ifPresent(set -> cluster.delete(Kcm.SETS, namespace, name, Deletion.BACKGROUND));
            return;
        }
        var spec = Json.object().put("cluster", deployment);
        if (!multi.isEmpty()) {
            spec.put("multiClusterService", multi);
        }
        spec.set("provider", provider(owner.tree().path("spec").path("serviceSpec")));
        spec.set("services", services);
        if (old.isEmpty()) {
            var set = Json.object();
            set.putObject("metadata").put("namespace", namespace);
            if (multi.isEmpty()) {
                Owners.own(owner, set);
            }
            Json.child(set, "metadata").put("name", name).putObject("labels")
                    .put(Kcm.MANAGED, "true");
            set.set("spec", spec);
            cluster.create(Kcm.SETS, Finalizers.add(set, FINALIZER), Write.by(Kcm.MANAGER));
        } else {
            cluster.change(Kcm.SETS, namespace, name, Write.by(Kcm.MANAGER), object -> {
                object.set("spec", spec);
                return object;
            });
        }
    }

    private static ObjectNode provider(JsonNode serviceSpec) {
        var given = serviceSpec.path("provider");
        var provider = Json.object().put("name", given.path("name").asText(PROVIDER));
        if (given.path("selfManagement").asBoolean()) {
            provider.put("selfManagement", true);
        }
        var config = Json.object();
        for (var field : PROVIDER_FIELDS) {
            if (serviceSpec.has(field)) {
                config.set(field, serviceSpec.path(field).deepCopy());
            }
        }
        given.path("config").properties()
                .forEach(one -> config.set(one.getKey(), one.getValue().deepCopy()));
        if (!config.isEmpty()) {
            provider.set("config", config);
        }
        return provider;
    }

    /// What can be asked for now: what is asked for already, and what waits for nothing. One that
    /// is disabled stays as it is.
    private static ArrayNode ready(JsonNode wanted, Optional<Item> old) {
        Map<String, JsonNode> asked = new LinkedHashMap<>();
        Set<String> there = new HashSet<>();
        old.ifPresent(set -> {
            set.tree().path("spec").path("services").forEach(one -> asked.put(id(one), one));
            set.tree().path("status").path("services").forEach(one -> {
                if (one.path("state").asText().equals(DEPLOYED)) {
                    there.add(id(one));
                }
            });
        });
        var all = Json.mapper().createArrayNode();
        for (var one : ServiceOrder.sorted(wanted)) {
            var id = id(one);
            boolean free = true;
            for (var other : one.path("dependsOn")) {
                free &= there.contains(id(other));
            }
            if (one.path("disable").asBoolean()) {
                Optional.ofNullable(asked.get(id)).ifPresent(same -> all.add(same.deepCopy()));
            } else if (free || asked.containsKey(id)) {
                var service = all.addObject();
                for (var field : FIELDS) {
                    if (one.has(field)) {
                        service.set(field, one.path(field).deepCopy());
                    }
                }
                service.put("namespace", one.path("namespace").asText("default"));
            }
        }
        return all;
    }

    /// How each service of a set does, those that nobody looked at yet included.
    static List<ObjectNode> states(Item set) {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        for (var one : set.tree().path("status").path("services")) {
            all.put(id(one), one.deepCopy());
        }
        for (var one : set.tree().path("spec").path("services")) {
            var known = all.get(id(one));
            if (known == null) {
                all.put(id(one), state(one, "Pending"));
            } else if (known.path("state").asText().equals(DEPLOYED)
                    && !known.path("lastDeployedHash").asText().equals(hash(one))) {
                known.put("state", "Provisioning");
            }
        }
        return new ArrayList<>(all.values());
    }

    /// How the services of a cluster do: of all its sets, and what waits for others.
    static List<ObjectNode> states(Cluster cluster, Item deployment) {
        var all = new ArrayList<ObjectNode>();
        sets(cluster, deployment.namespace(), deployment.name())
                .forEach(set -> all.addAll(states(set)));
        for (var one : wanted(deployment)) {
            if (!one.path("disable").asBoolean()
                    && all.stream().noneMatch(known -> id(known).equals(id(one)))) {
                all.add(state(one, "Pending"));
            }
        }
        return all;
    }

    static ObjectNode state(JsonNode service, String state) {
        return Json.object().put("name", service.path("name").asText())
                .put("namespace", service.path("namespace").asText("default"))
                .put("template", service.path("template").asText())
                .put("type", "Helm")
                .put("state", state);
    }

    static long deployed(List<? extends JsonNode> states) {
        return states.stream().filter(one -> one.path("state").asText().equals(DEPLOYED)).count();
    }

    /// The states as a status lists them. A state that did not change keeps its time.
    static ArrayNode stamped(List<ObjectNode> states, JsonNode before, String now) {
        var all = Json.mapper().createArrayNode();
        for (var state : states) {
            var time = now;
            for (var old : before) {
                if (id(old).equals(id(state)) && old.path("state").equals(state.path("state"))) {
                    time = old.path("lastStateTransitionTime").asText(now);
                }
            }
            all.add(state.put("lastStateTransitionTime", time));
        }
        return all;
    }
}
