package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// What happens to an object on its way out: it is marked with when, and waits for its
/// finalizers, for the kubelet, or for its namespace's content to go.
final class Departure {
    private static final Set<String> LASTING = Set.of("default", "kube-system", "kube-public");

    private Departure() {}

    /// The object as it will be stored, or removed when it is [#finished].
    ///
    /// @throws Refusal 403 for what cannot be deleted, 409 on a failed precondition
    static ObjectNode mark(ResourceType type, Item old, Deletion deletion, Instant time) {
        String current = old.tree().path("metadata").path("resourceVersion").asText();
        precondition(type, old, "UID", deletion.uid(), old.uid());
        precondition(type, old, "ResourceVersion", deletion.resourceVersion(), current);
        boolean namespace = type.key().equals("namespaces");
        if (namespace && LASTING.contains(old.name())) {
            throw Refusal.forbidden(type.ref(old.name()), "this namespace may not be deleted");
        }
        ObjectNode now = old.copy();
        ObjectNode metadata = Json.child(now, "metadata");
        switch (deletion.propagation()) {
            case FOREGROUND -> addFinalizer(metadata, "foregroundDeletion");
            case ORPHAN -> addFinalizer(metadata, "orphan");
            case BACKGROUND -> { }
        }
        long grace = type.key().equals("pods") ? grace(now, deletion) : 0;
        if (!metadata.has("deletionTimestamp")) {
            metadata.put("deletionTimestamp", time.plusSeconds(grace).toString());
            metadata.put("deletionGracePeriodSeconds", grace);
            if (metadata.has("generation")) {
                metadata.put("generation", metadata.path("generation").asLong() + 1);
            }
        } else if (grace < metadata.path("deletionGracePeriodSeconds").asLong()) {
            metadata.put("deletionGracePeriodSeconds", grace);
            metadata.put("deletionTimestamp", time.plusSeconds(grace).toString());
        }
        if (namespace) {
            Json.child(now, "status").put("phase", "Terminating");
        }
        return now;
    }

    /// Whether an object that is going has nothing left to wait for.
    static boolean finished(ResourceType type, ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.path("finalizers").isEmpty()
                && metadata.path("deletionGracePeriodSeconds").asLong() == 0
                && (!type.key().equals("namespaces")
                        || object.path("spec").path("finalizers").isEmpty());
    }

    /// A running pod is the kubelet's to remove; one that never started goes at once.
    private static long grace(ObjectNode pod, Deletion deletion) {
        String phase = pod.path("status").path("phase").asText();
        if (pod.path("spec").path("nodeName").asText().isEmpty()
                || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        return deletion.gracePeriodSeconds() != null
                ? Math.max(0, deletion.gracePeriodSeconds())
                : pod.path("spec").path("terminationGracePeriodSeconds").asLong(30);
    }

    private static void addFinalizer(ObjectNode metadata, String finalizer) {
        ArrayNode all = metadata.withArray("finalizers");
        for (JsonNode one : all) {
            if (one.asText().equals(finalizer)) {
                return;
            }
        }
        all.add(finalizer);
    }

    private static void precondition(
            ResourceType type, Item old, String what, String asked, String found) {
        if (asked != null && !asked.equals(found)) {
            throw Refusal.conflict(type.ref(old.name()),
                    "Precondition failed: %s in precondition: %s, %s in object meta: %s"
                            .formatted(what, asked, what, found));
        }
    }
}
