package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.ResourceType;

/// What happens to an object on its way in: metadata that the server sets, defaults, validation.
final class Admission {
    private static final List<String> SERVER_SET = List.of(
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "selfLink", "generation");

    private final Clock clock;
    private final Ids ids;

    Admission(Clock clock, Ids ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /// A new object as it will be stored, save its resourceVersion and a generated name.
    ObjectNode create(ResourceType type, ObjectNode object, Write write) {
        ObjectNode metadata = Json.child(object, "metadata");
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        if (metadata.path("name").asText().isEmpty()
                && metadata.path("generateName").asText().isEmpty()) {
            throw Refusal.invalid(type.ref(""), List.of(new Cause("FieldValueRequired",
                    "Required value: name or generateName is required", "metadata.name")));
        }
        if (!metadata.path("resourceVersion").asText().isEmpty()) {
            throw Refusal.badRequest("resourceVersion should not be set on objects to be created");
        }
        metadata.remove(SERVER_SET);
        if (!type.namespaced()) {
            metadata.remove("namespace");
        }
        metadata.put("uid", ids.uid()).put("creationTimestamp", now().toString());
        if (type.has("status")) {
            object.remove("status");
            metadata.put("generation", 1);
        }
        return object;
    }

    /// What the cluster's other objects decide for a new one.
    void allocate(ResourceType type, ObjectNode object, Objects others) {
    }

    /// An object as it will be stored after an update, save its resourceVersion.
    ObjectNode update(ResourceType type, Item old, ObjectNode wanted, Write write) {
        ObjectNode metadata = Json.child(wanted, "metadata");
        ObjectNode before = (ObjectNode) old.tree().path("metadata");
        String asked = metadata.path("resourceVersion").asText();
        if (!asked.isEmpty() && !asked.equals(before.path("resourceVersion").asText())) {
            throw Refusal.conflict(type.ref(old.name()), "the object has been modified; please"
                    + " apply your changes to the latest version and try again");
        }
        String uid = metadata.path("uid").asText();
        if (!uid.isEmpty() && !uid.equals(old.uid())) {
            throw Refusal.conflict(type.ref(old.name()), "Precondition failed: UID in"
                    + " precondition: %s, UID in object meta: %s".formatted(uid, old.uid()));
        }
        ObjectNode now = type.has("status") ? separate(old, wanted, write) : wanted;
        ObjectNode kept = Json.child(now, "metadata");
        for (String field : SERVER_SET) {
            copy(before, kept, field);
        }
        copy(before, kept, "resourceVersion");
        now.put("apiVersion", old.tree().path("apiVersion").asText()).put("kind", type.kind());
        if (kept.has("generation") && !Json.same(spec(old.tree()), spec(now))) {
            kept.put("generation", kept.path("generation").asLong() + 1);
        }
        return now;
    }

    /// The object on its way out: marked with when and what it waits for.
    ObjectNode delete(ResourceType type, Item old, Deletion deletion) {
        String current = old.tree().path("metadata").path("resourceVersion").asText();
        precondition(type, old, "UID", deletion.uid(), old.uid());
        precondition(type, old, "ResourceVersion", deletion.resourceVersion(), current);
        ObjectNode now = old.copy();
        ObjectNode metadata = Json.child(now, "metadata");
        switch (deletion.propagation()) {
            case FOREGROUND -> addFinalizer(metadata, "foregroundDeletion");
            case ORPHAN -> addFinalizer(metadata, "orphan");
            case BACKGROUND -> { }
        }
        long grace = type.key().equals("pods") ? grace(now, deletion) : 0;
        if (!metadata.has("deletionTimestamp")) {
            metadata.put("deletionTimestamp", now().plusSeconds(grace).toString());
            metadata.put("deletionGracePeriodSeconds", grace);
            if (metadata.has("generation")) {
                metadata.put("generation", metadata.path("generation").asLong() + 1);
            }
        } else if (grace < metadata.path("deletionGracePeriodSeconds").asLong()) {
            metadata.put("deletionGracePeriodSeconds", grace);
        }
        if (type.key().equals("namespaces")) {
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

    String generateName(String base) {
        return ids.name(base);
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

    /// Status and the rest are written by different people: each write keeps the other's part.
    private static ObjectNode separate(Item old, ObjectNode wanted, Write write) {
        if (!write.status()) {
            copy(old.tree(), wanted, "status");
            return wanted;
        }
        ObjectNode now = old.copy();
        copy(wanted, now, "status");
        return now;
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

    private static ObjectNode spec(ObjectNode object) {
        ObjectNode rest = object.deepCopy();
        rest.remove(List.of("metadata", "status"));
        return rest;
    }

    private static void copy(JsonNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value.deepCopy());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
