package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Schema;

/// Who owns which fields of an object (`metadata.managedFields`), and server-side apply, which
/// goes by it: an applier sets the fields that it names, gives up those that it no longer names,
/// and is refused where another has set a field to another value.
public final class ManagedFields {
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    private final ResourceType type;
    private final Schema schema;
    private final String time;
    private final List<Entry> entries = new ArrayList<>();

    private static final class Entry {
        final String manager;
        final String operation;
        final String subresource;
        final String apiVersion;
        String time;
        FieldSet fields;

        Entry(String manager, String operation, String subresource, String apiVersion) {
            this.manager = manager;
            this.operation = operation;
            this.subresource = subresource;
            this.apiVersion = apiVersion;
            this.fields = new FieldSet();
        }

        boolean is(String manager, String operation, String subresource) {
            return this.manager.equals(manager) && this.operation.equals(operation)
                    && this.subresource.equals(subresource);
        }
    }

    private ManagedFields(ResourceType type, JsonNode old, Instant now) {
        this.type = type;
        this.schema = type.schema();
        this.time = now.toString();
        for (JsonNode node : old == null ? Json.object()
                : old.path("metadata").path("managedFields")) {
            Entry entry = new Entry(node.path("manager").asText(),
                    node.path("operation").asText(), node.path("subresource").asText(),
                    node.path("apiVersion").asText());
            entry.time = node.path("time").asText();
            entry.fields = FieldSet.read(node.path("fieldsV1"));
            entries.add(entry);
        }
    }

    /// Notes a plain write: its writer owns what it changed, and nobody else does any longer.
    ///
    /// @param old null for a new object
    /// @param now gets its `managedFields` here
    public static void written(ResourceType type, JsonNode old, ObjectNode now, String manager,
            String subresource, Instant time) {
        ManagedFields all = new ManagedFields(type, old, time);
        boolean reset = old != null && emptied(now);
        if (reset) {
            all.entries.clear();
        }
        FieldSet changed = Fields.changed(old, now, all.schema);
        FieldSet gone = old == null ? new FieldSet()
                : Fields.of(old, all.schema).minus(Fields.of(now, all.schema));
        if (!reset && (!changed.isEmpty() || !gone.isEmpty())) {
            Entry own = all.entry(manager, UPDATE, subresource);
            for (Entry entry : all.entries) {
                if (entry != own) {
                    entry.fields = entry.fields.minus(changed).minus(gone);
                }
            }
            all.give(own, own.fields.union(changed).minus(gone));
        }
        all.put(now);
    }

    /// Lays an applied configuration over an object.
    ///
    /// @param live the object as it is, or an empty one to be created
    /// @return what to write; its `managedFields` are in place
    /// @throws Refusal 409 that names each field that another manager has set differently
    public static ObjectNode apply(ResourceType type, ObjectNode live, ObjectNode applied,
            String manager, String subresource, boolean force, Instant time) {
        ManagedFields all = new ManagedFields(type, live, time);
        Entry own = all.entry(manager, APPLY, subresource);
        FieldSet before = own.fields;
        FieldSet wanted = Fields.of(applied, all.schema);
        ObjectNode merged = (ObjectNode) Fields.merge(live, applied, all.schema);
        FieldSet given = before.minus(wanted);
        for (Entry entry : all.entries) {
            if (entry != own) {
                given = given.minus(entry.fields);
            }
        }
        Fields.remove(merged, given, all.schema);
        FieldSet changed = Fields.changed(live, merged, all.schema);
        all.resolve(own, changed, force);
        all.give(own, wanted);
        all.put(merged);
        return merged;
    }

    /// Whether the writer asked for a clean slate: `managedFields: []` or one empty entry.
    private static boolean emptied(ObjectNode now) {
        JsonNode asked = now.path("metadata").get("managedFields");
        return asked != null && asked.isArray()
                && (asked.isEmpty() || asked.size() == 1 && asked.get(0).isEmpty());
    }

    private void resolve(Entry own, FieldSet changed, boolean force) {
        List<Cause> conflicts = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry == own) {
                continue;
            }
            FieldSet taken = entry.fields.intersect(changed);
            String with = "conflict with \"" + entry.manager + "\""
                    + (entry.subresource.isEmpty() ? ""
                            : " with subresource \"" + entry.subresource + "\"")
                    + (entry.operation.equals(UPDATE) ? " using " + entry.apiVersion : "");
            taken.paths().forEach(path ->
                    conflicts.add(new Cause("FieldManagerConflict", with, path)));
            entry.fields = entry.fields.minus(taken);
        }
        if (!conflicts.isEmpty() && !force) {
            throw conflict(conflicts);
        }
    }

    private Refusal conflict(List<Cause> conflicts) {
        StringBuilder text = new StringBuilder("Apply failed with " + conflicts.size()
                + (conflicts.size() == 1 ? " conflict: " : " conflicts: "));
        text.append(conflicts.getFirst().message()).append(':');
        if (conflicts.size() == 1) {
            text.append(' ').append(conflicts.getFirst().field());
        } else {
            conflicts.forEach(cause -> text.append("\n- ").append(cause.field()));
        }
        return new Refusal(409, "Conflict", text.toString(), type.ref(""), conflicts);
    }

    private Entry entry(String manager, String operation, String subresource) {
        for (Entry entry : entries) {
            if (entry.is(manager, operation, subresource)) {
                return entry;
            }
        }
        Entry made = new Entry(manager, operation, subresource, type.apiVersion());
        entries.add(made);
        return made;
    }

    /// A set that stays the same keeps its time, so that a write that changes nothing is none.
    private void give(Entry entry, FieldSet fields) {
        if (entry.time == null || !fields.equals(entry.fields)) {
            entry.time = time;
        }
        entry.fields = fields;
    }

    private void put(ObjectNode object) {
        ObjectNode metadata = Json.child(object, "metadata");
        ArrayNode list = Json.mapper().createArrayNode();
        for (Entry entry : entries) {
            if (!entry.fields.isEmpty()) {
                ObjectNode node = list.addObject().put("manager", entry.manager)
                        .put("operation", entry.operation).put("apiVersion", entry.apiVersion)
                        .put("time", entry.time == null ? time : entry.time)
                        .put("fieldsType", "FieldsV1");
                node.set("fieldsV1", entry.fields.write());
                if (!entry.subresource.isEmpty()) {
                    node.put("subresource", entry.subresource);
                }
            }
        }
        if (list.isEmpty()) {
            metadata.remove("managedFields");
        } else {
            metadata.set("managedFields", list);
        }
    }
}
