package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import orrery.sim.store.Item;

/// Whether a pod may run on a node, and if not, why, in the scheduler's own words.
final class NodeFit {
    private NodeFit() {}

    /// @param free what the node has left
    static Optional<String> obstacle(JsonNode pod, Resources asked, Item node, Resources free) {
        var spec = pod.path("spec");
        var nodeSpec = node.tree().path("spec");
        if (nodeSpec.path("unschedulable").asBoolean()
                && !tolerates(spec, "node.kubernetes.io/unschedulable", "", "NoSchedule")) {
            return Optional.of("node(s) were unschedulable");
        }
        for (var taint : nodeSpec.path("taints")) {
            var effect = taint.path("effect").asText();
            var key = taint.path("key").asText();
            if (!effect.equals("PreferNoSchedule")
                    && !tolerates(spec, key, taint.path("value").asText(), effect)) {
                return Optional.of("node(s) had untolerated taint {" + key + ": "
                        + taint.path("value").asText() + "}");
            }
        }
        if (!selected(spec, node)) {
            return Optional.of("node(s) didn't match Pod's node affinity/selector");
        }
        for (var one : asked.amounts().entrySet()) {
            if (one.getValue() > free.get(one.getKey())) {
                return Optional.of(one.getKey().equals("pods") ? "Too many pods"
                        : "Insufficient " + one.getKey());
            }
        }
        return Optional.empty();
    }

    static boolean tolerates(JsonNode spec, String key, String value, String effect) {
        for (var toleration : spec.path("tolerations")) {
            var wantedKey = toleration.path("key").asText();
            var wantedEffect = toleration.path("effect").asText();
            boolean exists = toleration.path("operator").asText().equals("Exists");
            if ((wantedKey.isEmpty() && exists || wantedKey.equals(key))
                    && (wantedEffect.isEmpty() || wantedEffect.equals(effect))
                    && (exists || toleration.path("value").asText().equals(value))) {
                return true;
            }
        }
        return false;
    }

    static boolean selected(JsonNode spec, Item node) {
        var labels = node.labels();
        for (var wanted : spec.path("nodeSelector").properties()) {
            if (!wanted.getValue().asText().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        var required = spec.path("affinity").path("nodeAffinity")
                .path("requiredDuringSchedulingIgnoredDuringExecution");
        if (required.isMissingNode()) {
            return true;
        }
        for (var term : required.path("nodeSelectorTerms")) {
            if (matches(term, labels, node.name())) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(JsonNode term, Map<String, String> labels, String name) {
        for (var expression : term.path("matchExpressions")) {
            if (!Selector.holds(expression, labels)) {
                return false;
            }
        }
        for (var field : term.path("matchFields")) {
            if (!Selector.holds(field, Map.of("metadata.name", name))) {
                return false;
            }
        }
        return !term.isEmpty();
    }
}
