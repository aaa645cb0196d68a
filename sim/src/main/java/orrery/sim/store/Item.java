package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import orrery.sim.type.Json;

/// One version of one object. Immutable: a change makes a new Item.
///
/// It holds the object as JSON bytes, which lists and watches send as they are, and parses
/// the tree only when somebody asks (see [Trees]). What operators ask of thousands of objects at
/// a time it answers without the tree.
public final class Item {
    /// What one takes beside its JSON: itself, its key and its labels, as measured.
    private static final int OVERHEAD = 600;

    private final Key key;
    private final long version;
    private final String uid;
    private final Map<String, String> labels;
    private final byte[] json;
    private final String controller;
    private final String phase;
    private final boolean going;
    private final boolean ready;
    private WeakReference<ObjectNode> tree;

    private Item(Key key, long version, byte[] json, ObjectNode tree) {
        this.key = key;
        this.version = version;
        this.json = json;
        this.tree = Trees.hold(tree);
        this.uid = tree.path("metadata").path("uid").asText();
        this.labels = strings(tree.path("metadata").path("labels"));
        this.controller = controller(tree.path("metadata").path("ownerReferences"));
        this.phase = tree.path("status").path("phase").asText().intern();
        this.going = tree.path("metadata").has("deletionTimestamp");
        this.ready = ready(tree.path("status").path("conditions"));
    }

    private static String controller(JsonNode owners) {
        for (JsonNode owner : owners) {
            if (owner.path("controller").asBoolean()) {
                return owner.path("uid").asText();
            }
        }
        return "";
    }

    private static boolean ready(JsonNode conditions) {
        for (JsonNode one : conditions) {
            if (one.path("type").asText().equals("Ready")) {
                return one.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /// Freezes a tree; the caller must not touch it afterwards.
    static Item freeze(Key key, long version, ObjectNode tree) {
        Json.child(tree, "metadata").put("resourceVersion", Long.toString(version));
        return new Item(key, version, Json.write(tree), tree);
    }

    static Item load(Key key, long version, byte[] json) {
        return new Item(key, version, json, Json.readObject(json));
    }

    public Key key() {
        return key;
    }

    /// `plural.group` of its type.
    public String type() {
        return key.type();
    }

    /// Empty for cluster-wide objects.
    public String namespace() {
        return key.namespace();
    }

    public String name() {
        return key.name();
    }

    /// `metadata.resourceVersion` as a number; grows within a cluster with every write.
    public long version() {
        return version;
    }

    public String uid() {
        return uid;
    }

    public Map<String, String> labels() {
        return labels;
    }

    /// The uid of the owner that controls it; empty for none.
    public String controller() {
        return controller;
    }

    /// `status.phase`; empty for none.
    public String phase() {
        return phase;
    }

    /// Whether it is on its way out.
    public boolean going() {
        return going;
    }

    /// Whether its condition `Ready` is `True`.
    public boolean ready() {
        return ready;
    }

    /// The object as UTF-8 JSON. Not to be changed.
    public byte[] json() {
        return json;
    }

    /// About how much memory it takes.
    int bytes() {
        return OVERHEAD + json.length;
    }

    /// The object as a tree shared by all readers: it must not be changed. See [#copy()].
    public ObjectNode tree() {
        ObjectNode found = tree.get();
        if (found == null) {
            found = Json.readObject(json);
            tree = Trees.hold(found);
        }
        return found;
    }

    /// A tree of the caller's own, to change and to write back.
    public ObjectNode copy() {
        return tree().deepCopy();
    }

    @Override
    public String toString() {
        return key + "@" + version;
    }

    private static Map<String, String> strings(JsonNode node) {
        if (node.isEmpty()) {
            return Map.of();
        }
        Map<String, String> map = new TreeMap<>();
        node.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
        return Collections.unmodifiableMap(map);
    }
}
