package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// One node in the making: its data, its neighbours, and what the run knows.
record Part(Node node, Kind kind, Fields fields, Wiring wiring, RunInput input) {
    static final String MANAGER = "orrery";

    String name() {
        return node.name();
    }

    /// A new object of this node's kind, with its name and labels.
    ObjectNode object() {
        return object(kind, name());
    }

    ObjectNode object(Kind kind, String name) {
        return object(input.versions().of(kind), kind.kubernetes(), name);
    }

    ObjectNode object(String apiVersion, String kubernetesKind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", apiVersion).put("kind", kubernetesKind);
        ObjectNode metadata = object.putObject("metadata")
                .put("name", name).put("namespace", node.namespace());
        metadata.set("labels", labels());
        ObjectNode annotations = metadata.putObject("annotations");
        fields.pairs("annotations").forEach(annotations::put);
        annotations.put("orrery.dev/node", node.id());
        return object;
    }

    /// The node's own labels and ours, which win: selectors rest on them.
    ObjectNode labels() {
        ObjectNode labels = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> label : fields.pairs("labels").entrySet()) {
            String field = "labels." + label.getKey();
            if (!Rules.isLabelKey(label.getKey())) {
                fields.wrong(field, "the key is no label key such as team or example.com/team");
            } else if (!Rules.isLabelValue(label.getValue())) {
                fields.wrong(field, "the value must be at most 63 letters, digits, '-', '_' and"
                        + " '.', and begin and end with a letter or digit");
            } else {
                labels.put(label.getKey(), label.getValue());
            }
        }
        if (Rules.isLabelValue(name())) {
            labels.put("app", name()).put("app.kubernetes.io/name", name());
        }
        labels.put("managed-by", MANAGER).put("app.kubernetes.io/managed-by", MANAGER);
        if (Rules.isLabelValue(input.diagramId())) {
            labels.put("orrery.dev/diagram", input.diagramId());
        }
        return labels;
    }

    /// What a selector compares: the one label that stays when a diagram is cloned or renamed.
    ObjectNode selector() {
        return JsonNodeFactory.instance.objectNode().put("app", name());
    }
}
