package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Selector;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Copies chains (with the templates they name) and credentials of the system namespace into the
/// namespaces that AccessManagement `kcm` selects.
final class AccessRules implements Operator {
    private static final Key RULES = new Key(Kcm.ACCESS, "", "kcm");
    private static final Set<String> SOURCES =
            Set.of(Kcm.TEMPLATES, Kcm.SERVICES, Kcm.CHAINS, Kcm.SERVICE_CHAINS, Kcm.CREDENTIALS);

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
        boolean source = SOURCES.contains(change.type())
                && (change.removed() || change.item().namespace().equals(Kcm.SYSTEM));
        if (source || change.type().equals("namespaces") || change.type().equals(Kcm.ACCESS)) {
            look.accept(RULES);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var rules = cluster.get(Kcm.ACCESS, "", RULES.name());
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        var all = new ArrayList<String>();
        for (var rule : rules.get().tree().path("spec").path("accessRules")) {
            var sources = sources(cluster, rule);
            for (var namespace : cluster.list("namespaces", "")) {
                if (!namespace.name().equals(Kcm.SYSTEM) && selects(rule, namespace)) {
                    sources.forEach(source -> copy(cluster, source, namespace.name()));
                    all.add(namespace.name());
                }
            }
        }
        cluster.change(Kcm.ACCESS, "", RULES.name(), Write.by(name()).onStatus(), object -> {
            Json.child(object, "status").put("observedGeneration",
                    object.path("metadata").path("generation").asLong());
            return object;
        });
        return Optional.empty();
    }

    private static boolean selects(JsonNode rule, Item namespace) {
        if (namespace.tree().path("metadata").has("deletionTimestamp")) {
            return false;
        }
        var target = rule.path("targetNamespaces");
        for (var name : target.path("list")) {
            if (name.asText().equals(namespace.name())) {
                return true;
            }
        }
        return target.isEmpty() || new Selector(target.path("selector"))
                .matches(namespace.labels());
    }

    private static Set<Item> sources(Cluster cluster, JsonNode rule) {
        var all = new LinkedHashSet<Item>();
        for (var resource : rule.path("resources")) {
            var type = switch (resource.path("kind").asText()) {
                case "ClusterTemplateChain" -> Kcm.CHAINS;
                case "ServiceTemplateChain" -> Kcm.SERVICE_CHAINS;
                case "Credential" -> Kcm.CREDENTIALS;
                default -> "";
            };
            for (var name : resource.path("names")) {
                var found = type.isEmpty() ? Optional.<Item>empty()
                        : cluster.get(type, Kcm.SYSTEM, name.asText());
                found.ifPresent(item -> {
                    templates(cluster, item, all);
                    all.add(item);
                });
            }
        }
        return all;
    }

    private static void templates(Cluster cluster, Item chain, Set<Item> all) {
        var type = chain.type().equals(Kcm.SERVICE_CHAINS) ? Kcm.SERVICES : Kcm.TEMPLATES;
        for (var one : chain.tree().path("spec").path("supportedTemplates")) {
            cluster.get(type, Kcm.SYSTEM, one.path("name").asText()).ifPresent(all::add);
        }
    }

    private void copy(Cluster cluster, Item source, String namespace) {
        if (cluster.get(source.type(), namespace, source.name()).isPresent()) {
            return;
        }
        var object = Json.object();
        object.putObject("metadata").put("name", source.name()).put("namespace", namespace)
                .putObject("labels").put(Kcm.MANAGED, "true");
        object.set("spec", source.tree().path("spec").deepCopy());
        try {
            cluster.create(source.type(), object, Write.by(name()));
        } catch (Refusal refused) {
            if (refused.code() != 409 && refused.code() != 403) {
                throw refused;
            }
        }
    }
}
