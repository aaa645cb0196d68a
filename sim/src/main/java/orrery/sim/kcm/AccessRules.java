package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Copies chains (with the templates they name), credentials and whatever else the rules of
/// AccessManagement `kcm` name from the system namespace into those that they select, and takes
/// copies back that no rule asks for any more.
final class AccessRules implements Operator {
    private static final Key RULES = new Key(Kcm.ACCESS, "", Kcm.SINGLETON);

    private final String management;

    AccessRules(String management) {
        this.management = management;
    }

    @Override
    public String name() {
        return Kcm.MANAGER;
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (!cluster.name().equals(management)) {
            return;
        }
        var item = change.item();
        boolean source = AccessSources.isCopied(item.type())
                && (change.removed() || item.namespace().equals(Kcm.SYSTEM));
        if (source || item.type().equals("namespaces") || item.type().equals(Kcm.ACCESS)) {
            look.accept(RULES);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var rules = cluster.get(Kcm.ACCESS, "", RULES.name());
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        var sources = new AccessSources(cluster);
        var wanted = new HashMap<Key, Item>();
        for (var rule : rules.get().tree().path("spec").path("accessRules")) {
            var items = sources.of(rule);
            for (var namespace : cluster.list("namespaces", "")) {
                if (!namespace.name().equals(Kcm.SYSTEM) && !namespace.going()
                        && AccessSources.selects(rule.path("targetNamespaces"), namespace)) {
                    items.forEach(item -> wanted.put(
                            new Key(item.type(), namespace.name(), item.name()), item));
                }
            }
        }
        var errors = new TreeMap<>(sources.errors());
        wanted.forEach((copy, item) -> copy(cluster, item, copy));
        takeBack(cluster, sources.types(), wanted.keySet(), errors);
        cluster.change(Kcm.ACCESS, "", RULES.name(), Write.by(name()).onStatus(),
                object -> write(object, errors, sources.kinds()));
        return Optional.empty();
    }

    private static ObjectNode write(
            ObjectNode object, Map<String, String> errors, Map<String, String> kinds) {
        var status = Json.child(object, "status");
        status.put("observedGeneration",
                object.path("metadata").path("generation").asLong());
        JsonNode rules = object.path("spec").path("accessRules");
        status.set("current", rules.isArray() ? rules.deepCopy() : Json.mapper().createArrayNode());
        var resources = status.putArray("resources");
        kinds.forEach((kind, group) -> {
            var one = resources.addObject().put("apiGroup", group).put("kind", kind);
            if (errors.containsKey(kind)) {
                one.put("error", errors.get(kind));
            }
        });
        if (errors.isEmpty()) {
            status.remove("error");
        } else {
            status.put("error", String.join("; ", errors.values()));
        }
        return object;
    }

    private void copy(Cluster cluster, Item source, Key copy) {
        var there = cluster.get(copy.type(), copy.namespace(), copy.name());
        try {
            if (there.isEmpty()) {
                var object = AccessSources.content(source);
                object.putObject("metadata").put("name", copy.name())
                        .put("namespace", copy.namespace())
                        .putObject("labels").put(Kcm.MANAGED, "true");
                cluster.create(copy.type(), object, Write.by(name()));
            } else if (!AccessSources.LASTING.contains(copy.type()) && isOurs(there.get())) {
                cluster.change(copy.type(), copy.namespace(), copy.name(), Write.by(name()),
                        object -> (ObjectNode) object.setAll(AccessSources.content(source)));
            }
        } catch (Refusal refused) {
            // The namespace may be on its way out.
            if (refused.code() == 404) {
                throw refused;
            }
        }
    }

    /// Of the kinds that rules can copy, also of one that no rule names any more. What is in use
    /// stays until it no longer is.
    private static void takeBack(Cluster cluster, Set<String> types, Set<Key> wanted,
            Map<String, String> errors) {
        var all = new HashSet<>(types);
        all.addAll(AccessSources.COPIED);
        for (var type : all) {
            for (var item : cluster.list(type, "")) {
                if (isOurs(item) && !item.going() && !item.namespace().equals(Kcm.SYSTEM)
                        && !wanted.contains(item.key())) {
                    try {
                        cluster.delete(type, item.namespace(), item.name(), Deletion.BACKGROUND);
                    } catch (Refusal refused) {
                        errors.put(item.tree().path("kind").asText(), refused.getMessage());
                    }
                }
            }
        }
    }

    private static boolean isOurs(Item item) {
        return "true".equals(item.labels().get(Kcm.MANAGED));
    }
}
