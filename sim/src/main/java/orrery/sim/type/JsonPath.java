package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The JSON paths that CRDs use for printer columns and scale: `.a.b`, `.a['b.c']`, `.a[0]`,
/// `.a[*]` and `.a[?(@.type=="Ready")].status`.
public final class JsonPath {
    private static final Pattern STEP = Pattern.compile(
            "\\.([A-Za-z0-9_$\\\\./-]+?)(?=[.\\[]|$)"
            + "|\\['([^']+)'\\]|\\[(\\d{1,6}|\\*)\\]"
            + "|\\[\\?\\(\\s*@\\.([A-Za-z0-9_]+)\\s*==\\s*[\"']([^\"']*)[\"']\\s*\\)\\]");

    private JsonPath() {}

    /// What the path finds, in order; nothing when it cannot be read.
    public static List<JsonNode> find(JsonNode from, String path) {
        List<JsonNode> found = List.of(from);
        Matcher step = STEP.matcher(path.startsWith("[") || path.startsWith(".")
                ? path : "." + path);
        int end = 0;
        while (step.find() && step.start() == end) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : found) {
                take(node, step, next);
            }
            found = next;
            end = step.end();
        }
        return end == step.regionEnd() ? found : List.of();
    }

    private static void take(JsonNode node, Matcher step, List<JsonNode> into) {
        if (step.group(3) != null) {
            if (step.group(3).equals("*")) {
                node.forEach(into::add);
            } else if (node.has(Integer.parseInt(step.group(3)))) {
                into.add(node.get(Integer.parseInt(step.group(3))));
            }
        } else if (step.group(4) != null) {
            for (JsonNode one : node) {
                if (one.path(step.group(4)).asText().equals(step.group(5))) {
                    into.add(one);
                }
            }
        } else {
            String field = step.group(1) != null
                    ? step.group(1).replace("\\.", ".") : step.group(2);
            if (node.has(field)) {
                into.add(node.get(field));
            }
        }
    }
}
