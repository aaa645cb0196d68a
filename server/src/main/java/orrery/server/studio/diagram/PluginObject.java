package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A custom resource: group, version and kind from the node (`crdGroup`, `crdVersion`, `crdKind`),
/// `spec` as a tree, and single fields by path (`_pluginFields`: `{id, path}`).
final class PluginObject {
    private PluginObject() {}

    static ObjectNode of(Part part) {
        Fields fields = part.fields();
        String group = fields.text("crdGroup", "");
        fields.check("crdGroup", group, g -> Rules.isName(g) && g.contains("."),
                "it must be an API group such as kafka.strimzi.io");
        String version = fields.text("crdVersion", "v1");
        fields.check("crdVersion", version, v -> v.matches("v[0-9]+((alpha|beta)[0-9]+)?"),
                "it must be a version such as v1 or v1beta2");
        String kind = fields.text("crdKind", "");
        fields.check("crdKind", kind, k -> k.matches("[A-Z][A-Za-z0-9]{0,62}"),
                "it must be a kind such as KafkaTopic");
        ObjectNode object = part.object(group + "/" + version, kind, part.name());
        if (fields.flag("clusterScoped", false)) {
            ((ObjectNode) object.path("metadata")).remove("namespace");
        }
        ObjectNode spec = fields.tree("spec");
        object.set("spec", spec);
        for (Fields field : fields.objects("_pluginFields")) {
            String id = field.text("id", "");
            if (!id.isEmpty() && !id.equals("name") && !id.equals("namespace")) {
                put(field, spec, field.text("path", id), value(part, field, id));
            }
        }
        return object;
    }

    private static JsonNode value(Part part, Fields field, String id) {
        JsonNode given = part.fields().raw(id);
        JsonNode value = given.isMissingNode() ? field.raw("default") : given;
        boolean number = field.text("type", "text").equals("number");
        if (number && value.isTextual() && value.textValue().matches("-?[0-9]{1,15}")) {
            return part.labels().numberNode(Long.parseLong(value.textValue()));
        }
        return value;
    }

    private static void put(Fields field, ObjectNode spec, String path, JsonNode value) {
        if (value.isMissingNode()) {
            return;
        }
        String[] steps = path.replaceFirst("^spec\\.", "").split("\\.");
        ObjectNode at = spec;
        for (int i = 0; i < steps.length - 1; i++) {
            JsonNode next = at.path(steps[i]);
            if (!next.isMissingNode() && !next.isObject()) {
                field.wrong("path", "leads through '%s', which is no object".formatted(steps[i]));
                return;
            }
            at = next instanceof ObjectNode object ? object : at.putObject(steps[i]);
        }
        at.set(steps[steps.length - 1], value.deepCopy());
    }
}
