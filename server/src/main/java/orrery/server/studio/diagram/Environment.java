package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/// A container's environment: `env` (an object, or a list of names with `value` or `valueFrom`),
/// the run's own values over it, and whole ConfigMaps and Secrets (`envFrom`).
final class Environment {
    private Environment() {}

    static void into(Part part, ObjectNode container) {
        Map<String, ObjectNode> variables = new LinkedHashMap<>();
        JsonNode given = part.fields().raw("env");
        part.fields().pairs("env").forEach((name, value) -> put(variables, name, value));
        if (given.isArray()) {
            given.forEach(item -> reference(variables, item));
        }
        part.input().environment().getOrDefault(part.node().id(), Map.of())
                .forEach((name, value) -> put(variables, name, value));
        if (!variables.isEmpty()) {
            ArrayNode list = container.putArray("env");
            variables.forEach((name, variable) -> {
                part.fields().check("env", name, Rules::isEnvironmentName,
                        "a variable's name has letters, digits, '-', '_' and '.', and does not"
                                + " begin with a digit");
                list.add(variable);
            });
        }
        from(part, container);
    }

    private static void put(Map<String, ObjectNode> variables, String name, String value) {
        variables.put(name, JsonNodeFactory.instance.objectNode()
                .put("name", name).put("value", value));
    }

    private static void reference(Map<String, ObjectNode> variables, JsonNode item) {
        String name = item.path("name").asText("");
        if (!name.isEmpty() && item.path("valueFrom") instanceof ObjectNode from) {
            ObjectNode variable = JsonNodeFactory.instance.objectNode().put("name", name);
            variable.set("valueFrom", from.deepCopy());
            variables.put(name, variable);
        }
    }

    private static void from(Part part, ObjectNode container) {
        ArrayNode list = container.arrayNode();
        for (Fields source : part.fields().objects("envFrom")) {
            String type = source.oneOf("type", "configMap", "configMap", "secret");
            String name = part.wiring().nameOf(source.text("nodeId", ""), source.text("name", ""));
            source.check("name", name, Rules::isName, Rules.NAME);
            ObjectNode made = list.addObject();
            if (source.has("prefix")) {
                made.put("prefix", source.text("prefix", ""));
            }
            ObjectNode ref = made.putObject(type + "Ref").put("name", name);
            if (source.flag("optional", false)) {
                ref.put("optional", true);
            }
        }
        if (!list.isEmpty()) {
            container.set("envFrom", list);
        }
    }
}
