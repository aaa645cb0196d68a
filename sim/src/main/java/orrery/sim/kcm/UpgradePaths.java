package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.TreeMap;
import java.util.TreeSet;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// Where chains lead from here. A chain that is not valid leads nowhere.
final class UpgradePaths {
    private UpgradePaths() {}

    /// The names of the ClusterTemplates that a cluster can be upgraded to.
    static ArrayNode ofCluster(Cluster cluster, Item template) {
        var names = new TreeSet<String>();
        for (var chain : cluster.list(Kcm.CHAINS, template.namespace())) {
            if (valid(chain)) {
                next(chain, template.name()).forEach(u -> names.add(u.path("name").asText()));
            }
        }
        var list = Json.mapper().createArrayNode();
        names.forEach(list::add);
        return list;
    }

    /// What each service can be upgraded to by the chain that it names.
    ///
    /// @param namespace where the chains are
    static ArrayNode ofServices(Cluster cluster, String namespace, JsonNode services) {
        var all = Json.mapper().createArrayNode();
        for (var service : services) {
            var one = all.addObject().put("name", service.path("name").asText())
                    .put("namespace", service.path("namespace").asText("default"))
                    .put("template", service.path("template").asText());
            var versions = new TreeMap<String, String>();
            cluster.get(Kcm.SERVICE_CHAINS, namespace, service.path("templateChain").asText())
                    .filter(UpgradePaths::valid)
                    .ifPresent(chain -> next(chain, service.path("template").asText())
                            .forEach(u -> versions.put(u.path("name").asText(),
                                    version(cluster, namespace, u))));
            if (!versions.isEmpty()) {
                var list = one.putArray("availableUpgrades").addObject().putArray("versions");
                versions.forEach((name, version) -> {
                    var entry = list.addObject().put("name", name);
                    if (!version.isEmpty()) {
                        entry.put("version", version);
                    }
                });
            }
        }
        return all;
    }

    private static String version(Cluster cluster, String namespace, JsonNode upgrade) {
        var said = upgrade.path("version").asText();
        return !said.isEmpty() ? said
                : cluster.get(Kcm.SERVICES, namespace, upgrade.path("name").asText())
                        .map(one -> one.tree().path("spec").path("version").asText()).orElse("");
    }

    private static JsonNode next(Item chain, String template) {
        for (var one : chain.tree().path("spec").path("supportedTemplates")) {
            if (one.path("name").asText().equals(template)) {
                return one.path("availableUpgrades");
            }
        }
        return Json.mapper().missingNode();
    }

    private static boolean valid(Item chain) {
        return chain.tree().path("status").path("valid").asBoolean(true);
    }
}
