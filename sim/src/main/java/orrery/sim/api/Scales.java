package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import orrery.sim.patch.JsonPatch;
import orrery.sim.patch.MergePatch;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.JsonPath;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// The scale subresource (autoscaling/v1 Scale): the replicas of anything that has some.
final class Scales {
    private static final ResourceType.Scale BUILT_IN =
            new ResourceType.Scale(".spec.replicas", ".status.replicas", "");

    private Scales() {}

    static Answer answer(Call call, Target target) {
        Item item = call.cluster()
                .require(target.type().key(), target.namespace(), target.name());
        return switch (call.method()) {
            case "GET" -> Answer.json(200, of(target, item.tree()));
            case "PUT" -> {
                ObjectNode scale = Bodies.object(call);
                yield set(call, target, current -> scale);
            }
            case "PATCH" -> {
                JsonNode patch = Bodies.any(call);
                yield set(call, target, current -> patched(call, current, patch));
            }
            default -> throw Router.methodNotAllowed();
        };
    }

    private static ObjectNode patched(Call call, ObjectNode scale, JsonNode patch) {
        JsonNode result = call.contentType().equals("application/json-patch+json")
                ? JsonPatch.apply(scale, patch) : MergePatch.apply(scale, patch);
        if (result instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest("the patch leaves no Scale");
    }

    /// Works out and writes the scale in one step: an operator that writes the status meanwhile
    /// must not make a patch stale that names no version.
    private static Answer set(Call call, Target target, UnaryOperator<ObjectNode> edit) {
        Item now = call.cluster().change(target.type().key(), target.namespace(), target.name(),
                Requests.write(call), object -> {
                    ObjectNode scale = edit.apply(of(target, object));
                    int replicas = replicas(target, scale);
                    String version = scale.path("metadata").path("resourceVersion").asText();
                    if (!version.isEmpty()) {
                        Json.child(object, "metadata").put("resourceVersion", version);
                    }
                    put(object, paths(target.type()).specPath(), replicas);
                    return object;
                });
        return Answer.json(200, of(target, now.tree()));
    }

    private static int replicas(Target target, ObjectNode scale) {
        JsonNode replicas = scale.path("spec").path("replicas");
        if (!replicas.isMissingNode() && !replicas.isInt() || replicas.asInt() < 0) {
            throw Refusal.invalid(
                    new Refusal.ResourceRef("autoscaling", "scales", "Scale", target.name()),
                    List.of(new Refusal.Cause("FieldValueInvalid", "Invalid value: " + replicas
                            + ": must be a whole number, 0 or more", "spec.replicas")));
        }
        return replicas.asInt();
    }

    private static ObjectNode of(Target target, JsonNode object) {
        ResourceType.Scale paths = paths(target.type());
        ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion",
                "creationTimestamp")) {
            metadata.set(field, object.path("metadata").get(field));
        }
        scale.putObject("spec").put("replicas", number(object, paths.specPath()));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", number(object, paths.statusPath()));
        String selector = selector(object, paths);
        if (!selector.isEmpty()) {
            status.put("selector", selector);
        }
        return scale;
    }

    private static ResourceType.Scale paths(ResourceType type) {
        return type.scale() == null ? BUILT_IN : type.scale();
    }

    private static long number(JsonNode object, String path) {
        List<JsonNode> found = JsonPath.find(object, path);
        return found.isEmpty() ? 0 : found.getFirst().asLong();
    }

    private static String selector(JsonNode object, ResourceType.Scale paths) {
        if (!paths.selectorPath().isEmpty()) {
            List<JsonNode> found = JsonPath.find(object, paths.selectorPath());
            return found.isEmpty() ? "" : found.getFirst().asText();
        }
        JsonNode selector = object.path("spec").path("selector");
        List<String> parts = new ArrayList<>();
        (selector.has("matchLabels") ? selector.get("matchLabels") : selector).properties()
                .forEach(label -> {
                    if (label.getValue().isTextual()) {
                        parts.add(label.getKey() + "=" + label.getValue().asText());
                    }
                });
        return String.join(",", parts);
    }

    private static void put(ObjectNode object, String path, int replicas) {
        String[] pieces = path.substring(1).split("\\.");
        ObjectNode at = object;
        for (int i = 0; i < pieces.length - 1; i++) {
            at = Json.child(at, pieces[i]);
        }
        at.put(pieces[pieces.length - 1], replicas);
    }
}
