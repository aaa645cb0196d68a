package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.sim.type.Json;

/// What holds an object back when it is deleted (`metadata.finalizers`).
public final class Finalizers {
    private Finalizers() {}

    public static boolean has(JsonNode object, String finalizer) {
        for (var one : object.path("metadata").path("finalizers")) {
            if (one.asText().equals(finalizer)) {
                return true;
            }
        }
        return false;
    }

    public static ObjectNode add(ObjectNode object, String finalizer) {
        if (!has(object, finalizer)) {
            Json.child(object, "metadata").withArray("finalizers").add(finalizer);
        }
        return object;
    }

    public static ObjectNode remove(ObjectNode object, String finalizer) {
        var all = Json.child(object, "metadata").withArray("finalizers");
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).asText().equals(finalizer)) {
                all.remove(i);
            }
        }
        return object;
    }
}
