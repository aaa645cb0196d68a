package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// JSON patch (RFC 6902).
public final class JsonPatch {
    private static final int MAX_OPERATIONS = 10_000;

    private JsonPatch() {}

    /// The patched document; the given one may be changed on the way.
    ///
    /// @throws Refusal 400 for what is no patch, 413 for too many operations, 422 for an
    ///         operation that does not fit the document
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!patch.isArray()) {
            throw Refusal.badRequest("a JSON patch is an array of operations (RFC 6902)");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw Refusal.plain(413, "RequestEntityTooLarge",
                    "The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS);
        }
        for (JsonNode operation : patch) {
            if (!operation.isObject() && !operation.isNull()) {
                throw Refusal.badRequest("a JSON patch operation is an object: " + operation);
            }
        }
        JsonNode result = document;
        for (JsonNode operation : patch) {
            result = operation(result, operation);
        }
        return result;
    }

    private static JsonNode operation(JsonNode document, JsonNode operation) {
        List<String> path = pointer(operation.path("path"));
        return switch (operation.path("op").asText()) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> {
                get(document, path);
                yield path.isEmpty() ? value(operation)
                        : replace(document, path, value(operation));
            }
            case "move" -> {
                List<String> from = pointer(operation.path("from"));
                JsonNode moved = get(document, from);
                yield add(remove(document, from), path, moved);
            }
            case "copy" -> add(document, path,
                    get(document, pointer(operation.path("from"))).deepCopy());
            case "test" -> {
                if (!Json.same(get(document, path), value(operation))) {
                    throw unfit("testing path " + operation.path("path").asText()
                            + " failed: the value differs");
                }
                yield document;
            }
            default -> throw unfit("unknown JSON patch operation \""
                    + operation.path("op").asText() + "\"");
        };
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw unfit("a JSON patch operation lacks its value");
        }
        return value.deepCopy();
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        switch (parent(document, path)) {
            case ObjectNode object -> object.set(path.getLast(), value);
            case ArrayNode array -> {
                int at = path.getLast().equals("-")
                        ? array.size() : index(path.getLast(), array.size() + 1);
                array.insert(at, value);
            }
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode replace(JsonNode document, List<String> path, JsonNode value) {
        switch (parent(document, path)) {
            case ObjectNode object -> object.set(path.getLast(), value);
            case ArrayNode array -> array.set(index(path.getLast(), array.size()), value);
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, List<String> path) {
        get(document, path);
        if (path.isEmpty()) {
            throw unfit("the whole document cannot be removed");
        }
        switch (parent(document, path)) {
            case ObjectNode object -> object.remove(path.getLast());
            case ArrayNode array -> array.remove(index(path.getLast(), array.size()));
            default -> throw missing(path);
        }
        return document;
    }

    private static JsonNode get(JsonNode document, List<String> path) {
        JsonNode found = document;
        for (String piece : path) {
            found = found instanceof ArrayNode array
                    ? array.get(index(piece, array.size())) : found.get(piece);
            if (found == null) {
                throw missing(path);
            }
        }
        return found;
    }

    private static JsonNode parent(JsonNode document, List<String> path) {
        return get(document, path.subList(0, path.size() - 1));
    }

    private static int index(String piece, int size) {
        if (!piece.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(piece) >= size) {
            throw unfit("invalid array index \"" + piece + "\"");
        }
        return Integer.parseInt(piece);
    }

    private static List<String> pointer(JsonNode node) {
        String text = node.asText();
        if (!node.isTextual() || !text.isEmpty() && !text.startsWith("/")) {
            throw unfit("a JSON patch path must begin with /: \"" + text + "\"");
        }
        List<String> pieces = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String piece : text.substring(1).split("/", -1)) {
                pieces.add(piece.replace("~1", "/").replace("~0", "~"));
            }
        }
        return pieces;
    }

    private static Refusal missing(List<String> path) {
        return unfit("doc is missing path: /" + String.join("/", path));
    }

    private static Refusal unfit(String message) {
        return Refusal.plain(422, "Invalid",
                "the server rejected our request due to an error in our request: " + message);
    }
}
