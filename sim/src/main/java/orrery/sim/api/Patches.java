package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.UnaryOperator;
import orrery.sim.patch.JsonPatch;
import orrery.sim.patch.MergePatch;
import orrery.sim.patch.StrategicMerge;
import orrery.sim.kind.ScalerVersions;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Refusal;

/// PATCH, in all its content types.
final class Patches {
    private Patches() {}

    record Outcome(Item item, boolean created) {}

    static Outcome apply(Call call, Target target, Write write) {
        if (call.contentType().equals("application/apply-patch+yaml")) {
            return serverSide(call, target, write);
        }
        if (call.flag("force")) {
            throw Refusal.badRequest("force: may not be specified for non-apply patch");
        }
        UnaryOperator<ObjectNode> plain = edit(call, target);
        UnaryOperator<ObjectNode> edit = ScalerVersions.differs(target.type())
                ? old -> ScalerVersions.stored(plain.apply(ScalerVersions.served(old))) : plain;
        Item item = call.cluster().change(target.type().key(), target.namespace(),
                target.name(), write, edit);
        return new Outcome(item, false);
    }

    private static Outcome serverSide(Call call, Target target, Write write) {
        if (call.query("fieldManager").isEmpty()) {
            throw Refusal.invalid(
                    new Refusal.ResourceRef("meta.k8s.io", "", "PatchOptions", ""),
                    List.of(new Refusal.Cause("FieldValueRequired",
                            "Required value: is required for apply patch", "fieldManager")));
        }
        ObjectNode applied = Bodies.object(call, target);
        if (!applied.has("apiVersion") || !applied.has("kind")) {
            throw Refusal.badRequest("apiVersion and kind must be set in an apply patch");
        }
        boolean existed = call.cluster()
                .get(target.type().key(), target.namespace(), target.name()).isPresent();
        Item item = call.cluster()
                .apply(target.type().key(), applied, write, call.flag("force"));
        return new Outcome(item, !existed);
    }

    private static UnaryOperator<ObjectNode> edit(Call call, Target target) {
        JsonNode patch = Bodies.any(call);
        return switch (call.contentType()) {
            case "application/json-patch+json" ->
                    old -> object(JsonPatch.apply(old, patch), target);
            case "application/merge-patch+json" -> {
                requireObject(patch);
                yield old -> object(MergePatch.apply(old, patch), target);
            }
            case "application/strategic-merge-patch+json" -> {
                if (target.type().custom()) {
                    throw unsupported("strategic merge patch is not supported for custom"
                            + " resources; send a merge patch");
                }
                ObjectNode changes = requireObject(patch);
                yield old -> object(StrategicMerge.apply(
                        old, changes, target.type().schema()), target);
            }
            default -> throw unsupported("the body of the request was in an unknown format; send"
                    + " application/json-patch+json, application/merge-patch+json,"
                    + " application/strategic-merge-patch+json or application/apply-patch+yaml");
        };
    }

    private static ObjectNode requireObject(JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest("the patch must be one object");
    }

    private static ObjectNode object(JsonNode patched, Target target) {
        if (patched instanceof ObjectNode object) {
            if (!object.path("kind").asText(target.type().kind()).equals(target.type().kind())) {
                throw Refusal.plain(422, "Invalid", "the patch makes the object a "
                        + object.path("kind").asText());
            }
            Bodies.address(object, target);
            return object;
        }
        throw Refusal.plain(422, "Invalid", "the patch leaves no object");
    }

    private static Refusal unsupported(String message) {
        return Refusal.plain(415, "UnsupportedMediaType", message);
    }
}
