package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.sim.kind.CustomTypes;
import orrery.sim.kind.Kinds;
import orrery.sim.patch.Duplicates;
import orrery.sim.patch.ManagedFields;
import orrery.sim.rule.Rules;
import orrery.sim.type.Defaults;
import orrery.sim.type.Json;
import orrery.sim.type.Pruning;
import orrery.sim.type.Refusal;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Validation;

/// What happens to an object on its way in: what the server sets, defaults, checks, owners of
/// fields. The same for requests and for operators.
final class Admission {
    private static final List<String> SERVER_SET = List.of(
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "selfLink", "generation");

    /// Left out where they are empty: the wire format of ObjectMeta knows no empty ones.
    private static final List<String> NEVER_EMPTY =
            List.of("labels", "annotations", "finalizers", "ownerReferences");

    private final Clock clock;
    private final Ids ids;

    Admission(Clock clock, Ids ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /// A new object as it will be stored, save its resourceVersion and what is allocated.
    ///
    /// @param applied whether its `managedFields` are in place already
    /// @param rules of the object's namespace
    ObjectNode create(ResourceType type, ObjectNode object, Write write, boolean applied,
            NamespaceRules rules) {
        ObjectNode metadata = metadata(object);
        String uid = metadata.path("uid").asText();
        if (applied && !uid.isEmpty()) {
            throw Refusal.conflict(type.ref(metadata.path("name").asText()), ("uid mismatch: the"
                    + " provided object specified uid %s, and no existing object was found")
                    .formatted(uid));
        }
        if (!metadata.path("resourceVersion").asText().isEmpty()) {
            throw Refusal.badRequest("resourceVersion should not be set on objects to be created");
        }
        metadata.remove(SERVER_SET);
        if (!type.namespaced()) {
            metadata.remove("namespace");
        }
        if (type.has("status")) {
            object.remove("status");
        }
        shape(type, object, write);
        metadata.put("uid", ids.uid()).put("creationTimestamp", now().toString());
        if (Kinds.counted(type)) {
            metadata.put("generation", 1);
        }
        rules.fill(type, object);
        Kinds.admit(type, object);
        refuse(type, object, check(type, object, null));
        if (CustomTypes.isDefinition(type)) {
            CustomTypes.establish(object, now());
        }
        if (!applied) {
            ManagedFields.written(type, null, object, write.manager(), "", now());
        }
        return object;
    }

    /// What the cluster's other objects decide for a new one.
    void allocate(ResourceType type, ObjectNode object, Objects others) {
        if (type.key().equals("services")) {
            ServiceAddresses.allocate(object, others);
        }
    }

    /// An object as it will be stored after an update, save its resourceVersion.
    ///
    /// @param applied whether its `managedFields` are in place already
    ObjectNode update(
            ResourceType type, Item old, ObjectNode wanted, Write write, boolean applied) {
        ObjectNode metadata = metadata(wanted);
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
        ObjectNode kept = metadata(now);
        for (String field : SERVER_SET) {
            copy(before, kept, field);
        }
        for (String field : List.of("resourceVersion", "name", "namespace", "generateName")) {
            copy(before, kept, field);
        }
        shape(type, now, write);
        now.put("apiVersion", old.tree().path("apiVersion").asText());
        if (type.key().equals("services") && !write.status()) {
            ServiceAddresses.keep(old.tree(), now);
        }
        if (CustomTypes.isDefinition(type) && !write.status()) {
            CustomTypes.establish(now, now());
        }
        List<Cause> causes = write.status() && !type.custom()
                ? List.of() : check(type, now, old.tree());
        refuse(type, now, noNewFinalizers(before, kept, causes));
        if (kept.has("generation") && !Json.same(spec(old.tree()), spec(now))) {
            kept.put("generation", kept.path("generation").asLong() + 1);
        }
        if (!applied) {
            ManagedFields.written(
                    type, old.tree(), now, write.manager(), write.subresource(), now());
        }
        return now;
    }

    /// An applied configuration holds what the applier means and no defaults.
    void shapeApplied(ResourceType type, ObjectNode applied, Write write) {
        JsonNode metadata = metadata(applied);
        if (metadata.has("managedFields")) {
            throw Refusal.badRequest("metadata.managedFields must be nil");
        }
        if (type.has("status")) {
            List<String> kept = List.of("apiVersion", "kind", "metadata", "status");
            if (write.status()) {
                applied.retain(kept);
            } else {
                applied.remove("status");
            }
        }
        Optional<String> twice = Duplicates.find(applied, type.schema());
        List<String> unknown = Pruning.prune(applied.deepCopy(), type.schema());
        if (twice.isPresent() || !unknown.isEmpty() && !type.custom()) {
            throw Refusal.badRequest("failed to create typed patch object (%s; %s, Kind=%s): %s"
                    .formatted(metadata(applied).path("name").asText(), type.apiVersion(),
                            type.kind(), twice.orElseGet(() -> "." + unknown.getFirst()
                                    + ": field not declared in schema")));
        }
        known(type, applied, write);
    }

    /// Known fields only, of the right types, with defaults.
    private static void shape(ResourceType type, ObjectNode object, Write write) {
        known(type, object, write);
        ObjectNode metadata = metadata(object);
        for (String field : NEVER_EMPTY) {
            if (metadata.path(field).isContainerNode() && metadata.path(field).isEmpty()) {
                metadata.remove(field);
            }
        }
        Defaults.fill(object, type.schema());
        Kinds.defaults(type, object);
    }

    private static void known(ResourceType type, ObjectNode object, Write write) {
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        List<String> unknown = Pruning.prune(object, type.schema());
        if (write.strict() && !unknown.isEmpty()) {
            throw Refusal.badRequest("%s in version \"%s\" cannot be handled as a %s: strict"
                    .formatted(type.kind(), type.version(), type.kind())
                    + " decoding error: unknown field \""
                    + String.join("\", unknown field \"", unknown) + "\"");
        }
        write.dropped(unknown);
        for (Cause cause : Validation.check(object, type.schema())) {
            boolean unreadable = cause.reason().equals("FieldValueTypeInvalid");
            if (unreadable && (!type.custom() || cause.field().startsWith("metadata"))) {
                throw Refusal.badRequest("%s in version \"%s\" cannot be handled as a %s: %s: %s"
                        .formatted(type.kind(), type.version(), type.kind(), cause.field(),
                                cause.message()));
            }
        }
    }

    private static List<Cause> check(ResourceType type, ObjectNode object, JsonNode old) {
        List<Cause> causes = new ArrayList<>(Validation.check(object, type.schema()));
        causes.addAll(Kinds.check(type, object, old));
        if (CustomTypes.isDefinition(type)) {
            causes.addAll(CustomTypes.check(object, old));
        } else if (causes.isEmpty() && type.custom()) {
            // Rules may rely on what the schema promises.
            causes.addAll(Rules.check(object, old, type.schema()));
        }
        Set<String> seen = new HashSet<>();
        causes.removeIf(cause -> !seen.add(cause.reason() + cause.field()));
        return causes;
    }

    private static void refuse(ResourceType type, ObjectNode object, List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw Refusal.invalid(
                    type.ref(object.path("metadata").path("name").asText()), causes);
        }
    }

    private static List<Cause> noNewFinalizers(
            JsonNode before, JsonNode now, List<Cause> causes) {
        if (!before.has("deletionTimestamp")) {
            return causes;
        }
        Set<String> had = new HashSet<>();
        before.path("finalizers").forEach(one -> had.add(one.asText()));
        for (JsonNode one : now.path("finalizers")) {
            if (!had.contains(one.asText())) {
                List<Cause> more = new ArrayList<>(causes);
                more.add(new Cause("FieldValueForbidden", "Forbidden: no new finalizers can be"
                        + " added if the object is being deleted, found new finalizer "
                        + one.asText(), "metadata.finalizers"));
                return more;
            }
        }
        return causes;
    }

    String generateName(String base) {
        return ids.name(base);
    }

    /// Status and the rest are written by different people: each write keeps the other's part.
    private static ObjectNode separate(Item old, ObjectNode wanted, Write write) {
        if (!write.status()) {
            copy(old.tree(), wanted, "status");
            return wanted;
        }
        ObjectNode now = old.copy();
        copy(wanted, now, "status");
        JsonNode managers = wanted.path("metadata").get("managedFields");
        if (managers != null) {
            metadata(now).set("managedFields", managers);
        }
        return now;
    }

    private static ObjectNode metadata(ObjectNode object) {
        JsonNode metadata = object.get("metadata");
        if (metadata != null && !metadata.isObject()) {
            throw Refusal.badRequest("metadata must be an object");
        }
        return Json.child(object, "metadata");
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

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
