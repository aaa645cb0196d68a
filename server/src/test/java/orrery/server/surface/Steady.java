package orrery.server.surface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// An answer without what differs from one server to the next, so that it can be written down:
/// identifiers and secrets keep what says their kind, everything else has a word in its place.
final class Steady {
    private static final Set<String> NUMBERS =
            Set.of("version", "durationMs", "estimatedDuration", "allocatedGb");
    /// What a loop finds out, sooner or later.
    private static final Set<String> FOUND = Set.of("availability");
    private static final Map<Pattern, String> TEXTS = texts();

    private Steady() {}

    private static Map<Pattern, String> texts() {
        var all = new LinkedHashMap<Pattern, String>();
        all.put(Pattern.compile("(?s)-----BEGIN CERTIFICATE.*-----\n?"), "<certificate>");
        all.put(Pattern.compile("\\b\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"), "<time>");
        all.put(Pattern.compile("\\b((?:[a-z]{2,7}_)+)[-0-9A-Za-z_]{20,}"), "$1…");
        all.put(Pattern.compile("\\b([a-z]{3}-)[0-9a-z]{24}\\b"), "$1…");
        all.put(Pattern.compile("=[-0-9A-Za-z_]{20,}"), "=…");
        all.put(Pattern.compile("https?://(?:localhost|127\\.0\\.0\\.1):\\d+"), "<host>");
        all.put(Pattern.compile("\\b[0-9A-F]{8}\\b"), "<serial>");
        all.put(Pattern.compile("\\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\\b"), "<mac>");
        return all;
    }

    static JsonNode of(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var copy = object.objectNode();
                object.properties().forEach(part ->
                        copy.set(part.getKey(), of(part.getKey(), part.getValue())));
                yield copy;
            }
            case ArrayNode array -> array.arrayNode().addAll(array.valueStream()
                    .map(Steady::of).sorted(Comparator.comparing(Steady::place)).toList());
            case TextNode text -> new TextNode(of(text.textValue()));
            default -> node;
        };
    }

    private static JsonNode of(String name, JsonNode value) {
        return NUMBERS.contains(name) && value.isNumber() ? new TextNode("<number>")
                : FOUND.contains(name) && value.isArray() ? new TextNode("<found>") : of(value);
    }

    /// What a management cluster says of a thing comes in any order.
    private static String place(JsonNode item) {
        return item.has("lastTransitionAt") ? item.path("type").asText() : "";
    }

    private static String of(String text) {
        var steady = text;
        for (var rule : TEXTS.entrySet()) {
            steady = rule.getKey().matcher(steady).replaceAll(rule.getValue());
        }
        return steady;
    }
}
