package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// Writes the status of one MultiClusterService.
record MultiClusterStatus(Cluster cluster, Item item, List<Item> sets, Clock clock) {

    /// @param matches the clusters it is for, and the MultiClusterService that each waits for
    void write(ObjectNode status, Map<Item, Optional<String>> matches) {
        status.put("observedGeneration",
                item.tree().path("metadata").path("generation").asLong());
        var clusters = matching(matches, status.path("matchingClusters"));
        status.set("matchingClusters", clusters);
        var states = states();
        status.set("services",
                Services.stamped(states, status.path("services"), Conditions.now(clock)));
        var wanted = Services.wanted(item);
        status.set("servicesUpgradePaths",
                UpgradePaths.ofServices(cluster, Kcm.SYSTEM, wanted));
        var references = ServiceRules.mistake(cluster, Kcm.SYSTEM, wanted, "");
        judge(status, "ServicesReferencesValidation", references);
        judge(status, "ServicesDependencyValidation", ServiceOrder.mistake(wanted));
        int done = 0;
        for (var one : clusters) {
            done += one.path("deployed").asBoolean() ? 1 : 0;
        }
        boolean all = done == clusters.size();
        Conditions.set(status, "ClusterInReadyState", all, all ? "Succeeded" : "Progressing",
                done + "/" + clusters.size(), clock);
        long deployed = Services.deployed(states);
        boolean every = deployed == states.size();
        Conditions.set(status, "ServicesInReadyState", every,
                every ? "Succeeded" : "Progressing", deployed + "/" + states.size(), clock);
        if (item.going()) {
            Conditions.set(status, "Deleting", true, "WaitingForServiceSetsDeletion",
                    "Waiting for %d ServiceSets to be deleted".formatted(sets.size()), clock);
        }
        ReadySum.write(status, item, clock);
    }

    private void judge(ObjectNode status, String type, Optional<String> mistake) {
        Conditions.set(status, type, mistake.isEmpty(),
                mistake.isEmpty() ? "Succeeded" : "Failed", mistake.orElse("Object is valid"),
                clock);
    }

    private ArrayNode matching(Map<Item, Optional<String>> matches, JsonNode before) {
        var all = Json.mapper().createArrayNode();
        matches.forEach((deployment, waits) -> {
            boolean deployed = waits.isEmpty() && sets.stream()
                    .filter(set -> set.namespace().equals(deployment.namespace()))
                    .filter(set -> Services.field(set, "cluster").equals(deployment.name()))
                    .anyMatch(MultiClusterServices::deployed);
            var one = all.addObject()
                    .put("apiVersion", deployment.tree().path("apiVersion").asText())
                    .put("kind", "ClusterDeployment")
                    .put("name", deployment.name()).put("namespace", deployment.namespace())
                    .put("uid", deployment.uid())
                    .put("regional", false).put("deployed", deployed);
            waits.ifPresent(other -> one.put("reason", "MultiClusterServiceDependencyNotReady")
                    .put("message", "waits for MultiClusterService " + other));
            if (!deployed && waits.isEmpty()) {
                one.put("reason", "ServicesNotReady").put("message", "services are installed");
            }
            one.put("lastTransitionTime", since(before, deployment, deployed));
        });
        return all;
    }

    private String since(JsonNode before, Item deployment, boolean deployed) {
        for (var old : before) {
            if (old.path("uid").asText().equals(deployment.uid())
                    && old.path("deployed").asBoolean() == deployed) {
                return old.path("lastTransitionTime").asText(Conditions.now(clock));
            }
        }
        return Conditions.now(clock);
    }

    /// Each service once: as it does where it does worst.
    private List<ObjectNode> states() {
        var all = new LinkedHashMap<String, ObjectNode>();
        for (var set : sets) {
            for (var state : Services.states(set)) {
                all.merge(Services.id(state), state, (old, other) ->
                        old.path("state").asText().equals(Services.DEPLOYED) ? other : old);
            }
        }
        return new ArrayList<>(all.values());
    }
}
