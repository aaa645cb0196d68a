package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import orrery.sim.kind.CustomTypes;
import orrery.sim.patch.ManagedFields;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Types;

/// One simulated cluster: its objects, and the one way to change them.
///
/// HTTP requests and operators write through the same methods, so both get the same defaults,
/// validation, versions and refusals. A write is visible to readers when the method returns,
/// and to followers and after a crash once it is [#flushed()].
///
/// Its objects are in memory only while they are used (see [Loaded]): whatever asks for them
/// reads them from disk first. What stays is this object, so it may be kept and compared.
public final class Cluster {
    private static final int NAME_TRIES = 8;
    private static final List<String> NAMESPACES =
            List.of("default", "kube-node-lease", "kube-public", "kube-system");

    private final Region region;
    private final int id;
    private final String name;
    private final Admission admission;
    private final Feed feed;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long used;
    /// Whether listeners know it, or will when they are registered.
    private volatile boolean told;
    /// Null while they are on disk alone. Changed with the lock held.
    private volatile Objects objects;
    /// Null while nobody knows which CRDs there are.
    private volatile Types types;
    private long version;
    /// What is on disk of its rest: see [Journal#rest]. Null since the last write.
    private Long resting;
    /// Whether an object is gone that is not on disk in the first place: see [Bootstrap].
    private boolean pinned;

    /// Part of a list.
    ///
    /// @param version the version to watch from
    /// @param more the key to go on after; null when this is all
    /// @param remaining how many follow, when that is known without looking; else −1
    public record Page(List<Item> items, long version, Key more, long remaining) {}

    /// @param resting when its operators have work again, in milliseconds since 1970; 0 for
    ///        never, null where that is not known
    Cluster(Region region, int id, String name, long version, Long resting) {
        this.region = region;
        this.id = id;
        this.name = name;
        this.version = version;
        this.resting = resting;
        this.told = resting == null;
        this.admission = region.admission();
        this.feed = new Feed(version);
    }

    /// A new cluster, with what every cluster has from its first moment.
    Cluster begin() {
        return locked(() -> {
            open(List.of());
            return this;
        });
    }

    /// The objects; read from disk when they are not in memory. With the lock held.
    private Objects open() {
        used = region.loaded().now();
        if (objects == null) {
            open(region.shelf().objects(id));
            complete();
            if (!told) {
                told = true;
                region.opened(this);
            }
        }
        return objects;
    }

    /// Makes the first namespaces that are not there: a crash may have come between them.
    void complete() {
        lock.lock();
        try {
            for (String namespace : NAMESPACES) {
                if (open().get(new Key("namespaces", "", namespace)).isEmpty()) {
                    ObjectNode object = Json.object();
                    object.putObject("metadata").put("name", namespace);
                    create("namespaces", object, Write.by("kube-apiserver"));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void open(List<Shelf.Row> rows) {
        Objects all = new Objects();
        Bootstrap.ITEMS.forEach(item -> all.put(null, item));
        for (Shelf.Row row : rows) {
            all.put(null, Item.load(new Key(row.type().intern(), row.namespace(), row.name()),
                    row.version(), row.json()));
        }
        objects = all;
        typesChanged();
        if (region.has(this)) {
            region.loaded().add(this);
        }
    }

    /// Lets its objects go from memory, if all of them are on disk and no operator needs them.
    ///
    /// @param quiet for how long operators must have nothing to do
    /// @return whether they are gone
    boolean unload(Duration quiet) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            // What is published has been told to operators before: their work is known.
            if (objects == null || pinned || feed.published() != version) {
                return false;
            }
            Optional<Duration> next = region.nextWork(this);
            if (next.isPresent() && next.get().compareTo(quiet) <= 0) {
                return false;
            }
            noteRest(next.map(delay -> region.clock().millis() + delay.toMillis()).orElse(0L));
            objects = null;
            types = types == Types.builtIn() ? types : null;
            region.loaded().remove(this);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void noteRest(long next) {
        if (resting == null || resting != next) {
            region.journal().rest(this, next);
            resting = next;
        }
    }

    /// When somebody asked for its objects last, in the time of [Loaded].
    long used() {
        return used;
    }

    boolean told() {
        return told;
    }

    /// About how much memory its objects take.
    long bytes() {
        Objects all = objects;
        return all == null ? 0 : all.bytes();
    }

    private void awaitDisk() {
        if (!lock.isHeldByCurrentThread()) {
            region.journal().awaitRoom();
        }
    }

    private <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    public String name() {
        return name;
    }

    /// Tells it from another cluster of the same name, before or after it: as is the custom,
    /// the uid of its namespace `kube-system`, which cannot be deleted.
    public String uid() {
        return require("namespaces", "", "kube-system").uid();
    }

    int id() {
        return id;
    }

    /// The types that it serves now.
    public Types types() {
        Types known = types;
        if (known != null) {
            return known;
        }
        return locked(() -> {
            open();
            return types;
        });
    }

    /// Its changes, for watches. Operators follow all clusters by [Region#listen].
    public Feed feed() {
        return feed;
    }

    /// The version of the last write.
    public long version() {
        return locked(() -> version);
    }

    /// Done once all writes so far are on disk and published.
    public CompletableFuture<Void> flushed() {
        return region.journal().flushed();
    }

    /// Done once everything that a reader can have seen so far is on disk and published.
    public CompletableFuture<Void> settled() {
        return feed.published() >= version() ? CompletableFuture.completedFuture(null)
                : flushed();
    }

    /// @param type `plural.group`, for example `pods` or `deployments.apps`
    /// @param namespace empty for cluster-wide types
    public Optional<Item> get(String type, String namespace, String name) {
        return locked(() -> open().get(new Key(type, namespace, name)));
    }

    /// @throws Refusal 404
    public Item require(String type, String namespace, String name) {
        return get(type, namespace, name)
                .orElseThrow(() -> Refusal.notFound(types().require(type).ref(name)));
    }

    /// All objects of a type in order of namespace and name.
    ///
    /// @param namespace empty for all namespaces
    public List<Item> list(String type, String namespace) {
        return list(type, namespace, item -> true, 0, null).items();
    }

    /// One page of a list.
    ///
    /// @param limit 0 for all
    /// @param after the last page's `more`; null for the first
    public Page list(
            String type, String namespace, Predicate<Item> filter, int limit, Key after) {
        lock.lock();
        try {
            List<Item> found = new ArrayList<>();
            Key last = null;
            for (Item item : open().range(type, namespace, after)) {
                if (limit > 0 && found.size() == limit) {
                    return new Page(found, version, last, -1);
                }
                last = item.key();
                if (filter.test(item)) {
                    found.add(item);
                }
            }
            return new Page(found, version, null, 0);
        } finally {
            lock.unlock();
        }
    }

    /// The objects that name this uid among their owners.
    public List<Item> dependents(String uid) {
        return locked(() -> open().dependents(uid));
    }

    /// Creates an object; `metadata.generateName` is honoured.
    ///
    /// @throws Refusal 404 for a missing namespace, 409, 422
    public Item create(String type, ObjectNode given, Write write) {
        awaitDisk();
        return create(types().require(type), given, write, false);
    }

    private Item create(ResourceType type, ObjectNode given, Write write, boolean applied) {
        String base = given.path("metadata").path("generateName").asText();
        boolean named = !given.path("metadata").path("name").asText().isEmpty();
        lock.lock();
        try {
            for (int i = 0; !named && !base.isEmpty() && i < NAME_TRIES; i++) {
                ObjectNode object = given.deepCopy();
                Json.child(object, "metadata").put("name", admission.generateName(base));
                if (open().get(key(type, object)).isEmpty()) {
                    return insert(type, object, write, applied);
                }
            }
            return insert(type, given.deepCopy(), write, applied);
        } finally {
            lock.unlock();
        }
    }

    private Item insert(ResourceType type, ObjectNode given, Write write, boolean applied) {
        requireNamespace(type, given);
        ObjectNode object = admission.create(type, given, write, applied, rules());
        Key key = key(type, object);
        if (open().get(key).isPresent()) {
            throw Refusal.alreadyExists(type.ref(key.name()));
        }
        region.gate().review(this, type, null, object);
        List<NamespaceRules.Charge> charges = rules().check(type, null, object);
        admission.allocate(type, object, open());
        if (!write.dryRun()) {
            charges.forEach(charge -> put(charge.quota(), charge.quota().key(), charge.now()));
        }
        return write.dryRun() ? Item.freeze(key, version, object) : put(null, key, object);
    }

    private static Key key(ResourceType type, ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return new Key(type.key(), type.namespaced() ? metadata.path("namespace").asText() : "",
                metadata.path("name").asText());
    }

    /// Server-side apply: creates the object or lays the configuration over it.
    ///
    /// @param write its manager is the applier
    /// @param force takes fields over from other managers
    /// @throws Refusal 404, 409 on conflicts with other managers, 422
    public Item apply(String type, ObjectNode applied, Write write, boolean force) {
        awaitDisk();
        ResourceType shape = types().require(type);
        ObjectNode given = applied.deepCopy();
        lock.lock();
        try {
            Item old = open().get(key(shape, given)).orElse(null);
            if (old == null) {
                if (!write.subresource().isEmpty()) {
                    throw Refusal.notFound(shape.ref(key(shape, given).name()));
                }
                requireNamespace(shape, given);
            }
            admission.shapeApplied(shape, given, write);
            ObjectNode live = old == null ? Json.object() : old.copy();
            ObjectNode merged = ManagedFields.apply(shape, live, given, write.manager(),
                    write.subresource(), force, admission.now());
            return old == null ? create(shape, merged, write, true)
                    : replace(shape, old, merged, write, true);
        } finally {
            lock.unlock();
        }
    }

    /// Replaces an object; refuses with 409 when it names a `resourceVersion` that has passed, and
    /// with 422 when it names none and its type asks for one.
    public Item update(String type, ObjectNode given, Write write) {
        ObjectNode metadata = Json.child(given, "metadata");
        ResourceType shape = types().require(type);
        if (shape.requiresVersion() && metadata.path("resourceVersion").asText().isEmpty()) {
            require(type, metadata.path("namespace").asText(), metadata.path("name").asText());
            throw Refusal.invalid(shape.ref(metadata.path("name").asText()), List.of(
                    new Refusal.Cause("FieldValueInvalid",
                            "Invalid value: 0x0: must be specified for an update",
                            "metadata.resourceVersion")));
        }
        return change(type, metadata.path("namespace").asText(), metadata.path("name").asText(),
                write, old -> given.deepCopy());
    }

    /// Reads, edits and writes back in one step that nothing comes between.
    ///
    /// @param edit gets a copy of its own and answers what to write; it may run long work no more
    ///        than any holder of a lock
    /// @throws Refusal 404, 409, 422
    public Item change(String type, String namespace, String name, Write write,
            UnaryOperator<ObjectNode> edit) {
        awaitDisk();
        ResourceType shape = types().require(type);
        return locked(() -> {
            Item old = require(type, namespace, name);
            return replace(shape, old, edit.apply(old.copy()), write, false);
        });
    }

    private Item replace(
            ResourceType type, Item old, ObjectNode wanted, Write write, boolean applied) {
        ObjectNode now = admission.update(type, old, wanted, write, applied);
        if (Json.same(old.tree(), now)) {
            return old;
        }
        region.gate().review(this, type, old, now);
        List<NamespaceRules.Charge> charges =
                write.subresource().isEmpty() ? rules().check(type, old, now) : List.of();
        if (write.dryRun()) {
            return Item.freeze(old.key(), version, now);
        }
        charges.forEach(charge -> put(charge.quota(), charge.quota().key(), charge.now()));
        return Departure.finished(type, now) ? remove(old, now) : put(old, old.key(), now);
    }

    /// Deletes an object, or marks it as going when finalizers or a running pod hold it.
    ///
    /// @return the object as it is now, or its last state when it is gone
    /// @throws Refusal 403 where the gate denies it, 404, 409 on a failed precondition
    public Item delete(String type, String namespace, String name, Deletion deletion) {
        awaitDisk();
        ResourceType shape = types().require(type);
        return locked(() -> {
            Item old = require(type, namespace, name);
            ObjectNode now = Departure.mark(shape, old, deletion, admission.now());
            region.gate().removal(this, old);
            if (deletion.dryRun()) {
                return Item.freeze(old.key(), version, now);
            }
            if (Departure.finished(shape, now)) {
                // Those who watch pods are told that one goes before it is gone.
                boolean told = type.equals("pods") && !Json.same(old.tree(), now);
                return remove(told ? put(old, old.key(), now.deepCopy()) : old, now);
            }
            return Json.same(old.tree(), now) ? old : put(old, old.key(), now);
        });
    }

    /// Takes the types of the CRDs that are there.
    void typesChanged() {
        List<ResourceType> custom = new ArrayList<>();
        for (Item definition : objects.range(CustomTypes.DEFINITIONS, "", null)) {
            custom.addAll(CustomTypes.of(definition.tree()));
        }
        types = Types.builtIn().with(custom);
    }

    private NamespaceRules rules() {
        return new NamespaceRules(open());
    }

    /// Called by the journal, in order, once the change is on disk.
    void publish(Change change) {
        // Operators first: who finds all published finds their work queued.
        region.changed(this, change);
        region.histories().keep(feed, feed.publish(change));
    }

    private Item put(Item old, Key key, ObjectNode object) {
        Item now = Item.freeze(key, ++version, object);
        open().put(old, now);
        if (key.type().equals(CustomTypes.DEFINITIONS)) {
            typesChanged();
        }
        append(new Change(version, old, now, null));
        return now;
    }

    private Item remove(Item old, ObjectNode object) {
        Item last = Item.freeze(old.key(), ++version, object);
        open().remove(old);
        if (old.type().equals(CustomTypes.DEFINITIONS)) {
            typesChanged();
        }
        // Watches tell of a removed object as it was stored, as etcd's previous value.
        Item before = Item.freeze(old.key(), version, old.copy());
        append(new Change(version, old, null, before));
        pinned |= Bootstrap.has(old.key());
        return last;
    }

    private void append(Change change) {
        resting = null;
        region.journal().append(this, change);
    }

    private void requireNamespace(ResourceType type, ObjectNode object) {
        if (!type.namespaced()) {
            return;
        }
        String namespace = object.path("metadata").path("namespace").asText();
        Item found = open().get(new Key("namespaces", "", namespace)).orElseThrow(
                () -> Refusal.notFound(types().require("namespaces").ref(namespace)));
        if (found.tree().path("metadata").has("deletionTimestamp")) {
            throw Refusal.terminating(
                    type.ref(object.path("metadata").path("name").asText()), namespace);
        }
    }

    /// All that exists, in order of key; for what has to look at everything.
    public List<Item> everything(Set<String> butTypes) {
        return locked(() ->
                open().all().stream().filter(i -> !butTypes.contains(i.type())).toList());
    }
}
