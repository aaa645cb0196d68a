package orrery.sim.store;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import orrery.sim.type.Refusal;

/// The clusters of a simulated region, kept in one file.
public final class Region implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /// Above the versions of what a cluster begins with: a watch from version 1, which
    /// clients try as "the very beginning", is too old here as everywhere.
    private static final long FIRST_VERSION = 100;

    /// Of the heap: what is in memory of clusters in use, and of changes for watches.
    private static final int LOADED_SHARE = 2;
    private static final int HISTORIES_SHARE = 16;

    /// How long nobody asks for a cluster until its objects leave memory.
    public static final Duration IDLE = Duration.ofSeconds(20);

    private final Clock clock;
    private final Ids ids;
    private final Admission admission;
    private final Journal journal;
    private final Shelf shelf;
    private final Loaded loaded;
    private final Histories histories;
    private final Map<String, Cluster> clusters = new ConcurrentSkipListMap<>();
    private final List<RegionListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger lastId = new AtomicInteger();
    /// Clusters at rest whose operators have work again at a time, soonest first.
    private final PriorityQueue<Wake> wakes =
            new PriorityQueue<>(Comparator.comparing(Wake::at));
    private volatile Gate gate = (cluster, type, old, object) -> { };

    private record Wake(long at, Cluster cluster) {}

    private Region(
            Path file, Clock clock, Ids ids, Duration idle, Consumer<Throwable> onFailure) {
        this.clock = clock;
        this.ids = ids;
        this.admission = new Admission(clock, ids);
        this.journal = new Journal(file, onFailure);
        this.shelf = new Shelf(file);
        long memory = Runtime.getRuntime().maxMemory();
        this.loaded = new Loaded(this, idle, memory / LOADED_SHARE);
        this.histories = new Histories(
                Math.max(Feed.MAX_BYTES, memory / HISTORIES_SHARE));
    }

    /// As below, with clusters that leave memory when nobody asked for them in [#IDLE].
    public static Region open(Path file, Clock clock, Ids ids, Consumer<Throwable> onFailure) {
        return open(file, clock, ids, IDLE, onFailure);
    }

    /// Opens the region's file, made when it is absent. It takes no longer for many clusters:
    /// each is read when somebody asks for it.
    ///
    /// @param idle how long nobody asks for a cluster until its objects leave memory
    /// @param onFailure told when the disk refuses a write; the process must end then
    public static Region open(Path file, Clock clock, Ids ids, Duration idle,
            Consumer<Throwable> onFailure) {
        Region region = new Region(file, clock, ids, idle, onFailure);
        region.shelf.clusters().forEach(region::find);
        region.journal.start();
        region.loaded.start();
        return region;
    }

    private void find(Shelf.Stored stored) {
        Cluster cluster = new Cluster(this, stored.id(), stored.name(),
                stored.version() + Journal.SKIP, stored.rest());
        clusters.put(stored.name(), cluster);
        lastId.accumulateAndGet(stored.id(), Math::max);
        if (stored.rest() != null && stored.rest() > 0) {
            wakes.add(new Wake(stored.rest(), cluster));
        }
    }

    /// Makes a cluster with its first namespaces; a matter of milliseconds.
    ///
    /// @param name a DNS label: it becomes part of the cluster's address
    /// @throws Refusal 409 when the name is taken, 422 when it is no DNS label
    public Cluster create(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.plain(422, "Invalid", "cluster name \"" + name + "\": use a-z, 0-9 and"
                    + " -, at most 63, a letter or digit at both ends");
        }
        Cluster cluster = new Cluster(
                this, lastId.incrementAndGet(), name, FIRST_VERSION, null).begin();
        if (clusters.putIfAbsent(name, cluster) != null) {
            throw Refusal.plain(409, "AlreadyExists", "cluster \"" + name + "\" already exists");
        }
        loaded.add(cluster);
        journal.addCluster(cluster,
                () -> listeners.forEach(listener -> listener.opened(cluster)));
        cluster.complete();
        return cluster;
    }

    public Optional<Cluster> find(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    /// Whether it is one of the region's; it may be gone.
    boolean has(Cluster cluster) {
        return clusters.get(cluster.name()) == cluster;
    }

    /// All clusters in order of name.
    public Collection<Cluster> clusters() {
        return List.copyOf(clusters.values());
    }

    /// Removes a cluster and all that it holds.
    public void delete(String name) {
        Cluster cluster = clusters.remove(name);
        if (cluster != null) {
            loaded.remove(cluster);
            journal.dropCluster(cluster, () -> {
                histories.drop(cluster.feed());
                listeners.forEach(listener -> listener.closed(cluster));
            });
        }
    }

    /// The clusters that may hold an object of a type whose JSON contains a text; those that
    /// are in memory are among them without a look.
    ///
    /// @param text empty for any object
    public Collection<Cluster> holding(String type, String text) {
        Map<Integer, Cluster> found = new TreeMap<>();
        // These first: one that is unloaded meanwhile is found on disk.
        loaded.all().forEach(cluster -> found.put(cluster.id(), cluster));
        Set<Integer> stored = Set.copyOf(shelf.holding(type, text));
        for (Cluster cluster : clusters.values()) {
            if (stored.contains(cluster.id())) {
                found.put(cluster.id(), cluster);
            }
        }
        return found.values();
    }

    /// Unloads what can be unloaded at this moment, as happens to what nobody uses.
    ///
    /// @return how many clusters are in memory still
    public int unload() {
        loaded.all().forEach(cluster -> cluster.unload(Duration.ZERO));
        return loaded.all().size();
    }

    /// How many clusters' objects are in memory.
    public int loadedClusters() {
        return loaded.all().size();
    }

    /// Follows all clusters from now on. Those that were not at rest are told as opened at once,
    /// others when they are used for the first time.
    public void listen(RegionListener listener) {
        listeners.add(listener);
        clusters.values().stream().filter(Cluster::told).forEach(listener::opened);
    }

    void opened(Cluster cluster) {
        listeners.forEach(listener -> listener.opened(cluster));
    }

    /// How soon a listener has work for a cluster; empty for never.
    Optional<Duration> nextWork(Cluster cluster) {
        return listeners.stream().flatMap(listener -> listener.nextWork(cluster).stream())
                .min(Comparator.naturalOrder());
    }

    /// Uses the clusters whose operators have work now. Called on one thread.
    void wake() {
        while (!wakes.isEmpty() && wakes.peek().at() <= clock.millis()) {
            Cluster cluster = wakes.poll().cluster();
            if (has(cluster)) {
                cluster.get("namespaces", "", "default");
            }
        }
    }

    /// Lets a gate look at every write of every cluster from now on.
    public void guard(Gate gate) {
        this.gate = gate;
    }

    Gate gate() {
        return gate;
    }

    Clock clock() {
        return clock;
    }

    Ids ids() {
        return ids;
    }

    Admission admission() {
        return admission;
    }

    Journal journal() {
        return journal;
    }

    Shelf shelf() {
        return shelf;
    }

    Loaded loaded() {
        return loaded;
    }

    Histories histories() {
        return histories;
    }

    void changed(Cluster cluster, Change change) {
        for (RegionListener listener : listeners) {
            listener.changed(cluster, change);
        }
    }

    /// Writes out what is pending and closes the file.
    @Override
    public void close() {
        loaded.close();
        journal.close();
        shelf.close();
    }
}
