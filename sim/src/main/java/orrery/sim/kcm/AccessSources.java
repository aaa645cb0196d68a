package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import orrery.sim.operator.Selector;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// What the rules of AccessManagement copy: objects of the system namespace.
final class AccessSources {
    /// Copied by rules of the common kinds.
    static final Set<String> COPIED = Set.of(Kcm.TEMPLATES, Kcm.SERVICES, Kcm.CHAINS,
            Kcm.SERVICE_CHAINS, Kcm.CREDENTIALS);

    /// Never changed once they are there, so that copies need no second look.
    static final Set<String> LASTING =
            Set.of(Kcm.TEMPLATES, Kcm.SERVICES, Kcm.CHAINS, Kcm.SERVICE_CHAINS);

    /// Older rules name objects in a list for each kind.
    private static final Map<String, String> LISTS = new TreeMap<>(Map.of(
            "clusterTemplateChains", "ClusterTemplateChain",
            "serviceTemplateChains", "ServiceTemplateChain",
            "credentials", "Credential",
            "clusterAuthentications", "ClusterAuthentication",
            "clusterAuditPolicies", "ClusterAuditPolicy",
            "dataSources", "DataSource"));

    private final Cluster cluster;
    private final Set<String> types = new TreeSet<>();
    private final Map<String, String> kinds = new TreeMap<>();
    private final Map<String, String> errors = new TreeMap<>();

    AccessSources(Cluster cluster) {
        this.cluster = cluster;
    }

    /// Whether a change of such an object may change what is to be copied.
    static boolean isCopied(String type) {
        return COPIED.contains(type)
                || type.endsWith("." + Kcm.GROUP) && !type.equals(Kcm.DEPLOYMENTS)
                        && !type.equals(Kcm.SETS) && !type.equals(Kcm.ACCESS);
    }

    /// The types of the rules read so far.
    Set<String> types() {
        return types;
    }

    /// The kinds of the rules read so far, and their groups.
    Map<String, String> kinds() {
        return kinds;
    }

    /// What is wrong, by kind.
    Map<String, String> errors() {
        return errors;
    }

    /// What one rule copies, templates before the chains that name them.
    Set<Item> of(JsonNode rule) {
        var all = new LinkedHashSet<Item>();
        LISTS.forEach((field, kind) -> {
            if (rule.path(field).isArray() && !rule.path(field).isEmpty()) {
                var asked = Json.object().put("kind", kind);
                asked.set("names", rule.path(field).deepCopy());
                add(asked, all);
            }
        });
        rule.path("resources").forEach(asked -> add(asked, all));
        return all;
    }

    private void add(JsonNode asked, Set<Item> all) {
        var kind = asked.path("kind").asText();
        var group = asked.path("apiGroup").asText(Kcm.GROUP);
        kinds.put(kind, group);
        var type = cluster.types().all().stream().filter(ResourceType::storage)
                .filter(one -> one.kind().equals(kind) && one.group().equals(group)).findFirst();
        if (type.isEmpty() || !type.get().namespaced()) {
            errors.put(kind, type.isEmpty() ? "there is no kind " + kind + " in group " + group
                    : "kind " + kind + " is cluster-scoped");
            return;
        }
        types.add(type.get().key());
        for (var item : cluster.list(type.get().key(), Kcm.SYSTEM)) {
            if (isAsked(asked, item, kind) && !item.going()) {
                templates(item, all);
                all.add(item);
            }
        }
        for (var name : asked.path("names")) {
            if (cluster.get(type.get().key(), Kcm.SYSTEM, name.asText()).isEmpty()) {
                errors.put(kind, "%s %s/%s not found".formatted(
                        kind, Kcm.SYSTEM, name.asText()));
            }
        }
    }

    private boolean isAsked(JsonNode asked, Item item, String kind) {
        for (var name : asked.path("names")) {
            if (name.asText().equals(item.name())) {
                return true;
            }
        }
        if (asked.has("selector")) {
            return new Selector(asked.path("selector")).matches(item.labels());
        }
        try {
            return asked.has("stringSelector") && orrery.sim.type.Selector.parse(
                    asked.path("stringSelector").asText()).test(item.labels());
        } catch (Refusal unreadable) {
            errors.put(kind, unreadable.getMessage());
            return false;
        }
    }

    private void templates(Item chain, Set<Item> all) {
        var type = chain.type().equals(Kcm.CHAINS) ? Optional.of(Kcm.TEMPLATES)
                : chain.type().equals(Kcm.SERVICE_CHAINS) ? Optional.of(Kcm.SERVICES)
                : Optional.<String>empty();
        type.ifPresent(key -> {
            for (var one : chain.tree().path("spec").path("supportedTemplates")) {
                cluster.get(key, Kcm.SYSTEM, one.path("name").asText()).ifPresent(all::add);
            }
        });
    }

    /// Whether a rule's `targetNamespaces` select it; without any they select all.
    static boolean selects(JsonNode target, Item namespace) {
        for (var name : target.path("list")) {
            if (name.asText().equals(namespace.name())) {
                return true;
            }
        }
        var text = target.path("stringSelector").asText();
        return target.isEmpty()
                || new Selector(target.path("selector")).matches(namespace.labels())
                || !text.isEmpty() && parses(text, namespace.labels());
    }

    private static boolean parses(String text, Map<String, String> labels) {
        try {
            return orrery.sim.type.Selector.parse(text).test(labels);
        } catch (Refusal unreadable) {
            return false;
        }
    }

    /// An object without what is its own: its metadata and status.
    static ObjectNode content(Item source) {
        var fields = new LinkedHashMap<String, JsonNode>();
        source.tree().properties().forEach(one -> {
            if (!List.of("metadata", "status").contains(one.getKey())) {
                fields.put(one.getKey(), one.getValue().deepCopy());
            }
        });
        var object = Json.object();
        fields.forEach(object::set);
        return object;
    }
}
