package orrery.sim.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.sim.type.Schema;

/// JSON as the values that expressions see, by its schema.
final class Values {
    /// Words that the language keeps for itself; a field of that name is written `__in__`.
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "in", "as",
            "break", "const", "continue", "else", "for", "function", "if", "import", "let",
            "loop", "package", "namespace", "return", "var", "void", "while");

    private Values() {}

    static Object of(JsonNode value, Schema schema) {
        return switch (value.getNodeType()) {
            case OBJECT -> object(value, schema);
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                value.forEach(item -> list.add(of(item, schema.items())));
                yield list;
            }
            case STRING -> text(value.asText(), schema.raw().path("format").asText());
            case BOOLEAN -> value.asBoolean();
            case NUMBER -> schema.type().equals("number") || !value.isIntegralNumber()
                    ? (Object) value.asDouble() : (Object) value.asLong();
            default -> dev.cel.common.values.NullValue.NULL_VALUE;
        };
    }

    private static Map<String, Object> object(JsonNode value, Schema schema) {
        Map<String, Object> map = new HashMap<>();
        boolean named = !schema.properties().isEmpty();
        value.properties().forEach(field -> {
            Schema child = schema.field(field.getKey());
            if (!field.getValue().isNull() || child != null && child.nullable()) {
                map.put(named ? escaped(field.getKey()) : field.getKey(),
                        of(field.getValue(), child == null ? Schema.OPEN : child));
            }
        });
        return map;
    }

    private static Object text(String text, String format) {
        try {
            return switch (format) {
                case "date-time" -> Instant.parse(text);
                case "date" -> Instant.parse(text + "T00:00:00Z");
                default -> text;
            };
        } catch (DateTimeParseException no) {
            return text;
        }
    }

    private static String escaped(String name) {
        return RESERVED.contains(name) ? "__" + name + "__"
                : name.replace("__", "__underscores__").replace(".", "__dot__")
                        .replace("-", "__dash__").replace("/", "__slash__");
    }
}
